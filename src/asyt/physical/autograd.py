"""What `PhysicalModule` does in autograd: forward through a device, backward through a twin."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from asyt.errors import AsytError


def full_precision(like: Tensor) -> AbstractContextManager[Any]:
    """Autocast off where the tensor lies: physics has no half precision."""
    where = like.device.type
    if not torch.amp.is_autocast_available(where):
        return nullcontext()
    return torch.autocast(where, enabled=False)


class Through(torch.autograd.Function):
    """Forward through the device; backward through the twin, at given inputs and controls.

    Arguments: the module, the share of the gradient that its controls get, their number, inputs,
    the inputs to go back at, controls, the controls to go back at.
    """

    @staticmethod
    def forward(ctx, module, share, number, x, at_x, *tensors):
        """The device's read-out."""
        ctx.module = module
        ctx.share = share
        ctx.number = number
        ctx.save_for_backward(at_x, *tensors[number:])
        return module.read(tensors[:number], x)

    @staticmethod
    def backward(ctx, error):
        """The twin's vector-Jacobian product."""
        if torch.is_grad_enabled():
            raise AsytError(
                "second derivatives (create_graph=True) through a device: only its twin has any. "
                "Take them of method 'insilico-bp'."
            )
        at_x, *at = ctx.saved_tensors
        through_x = ctx.needs_input_grad[3]  # integers have no derivative
        variables = [at_x, *at] if through_x else at
        moved = [tensor.detach() for tensor in variables]

        def twin(*values):
            x = values[0] if through_x else at_x
            return ctx.module.model(values[-ctx.number :], x)

        output, pull = torch.func.vjp(twin, *moved)
        gradient = list(pull(error.to(output.dtype).contiguous()))
        back = gradient.pop(0) if through_x else None
        own = [ctx.share * g for g in gradient]
        of_twin = [None] * ctx.number
        return None, None, None, back, None, *own, *of_twin


class Mix(torch.autograd.Function):
    """The digital controls; the share M1 of their gradient is the device's too (AsyT Eq. 3)."""

    @staticmethod
    def forward(ctx, share, digital, _controls):
        """The digital controls as they are."""
        ctx.share = share
        return digital.view_as(digital)

    @staticmethod
    def backward(ctx, gradient):
        """The digital gradient to both."""
        return None, gradient, ctx.share * gradient
