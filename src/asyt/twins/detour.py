"""Feedback alignment of a module: errors go back through fixed random weights (Lillicrap 2016).

    y = f(x', W) + (f(x, B) - f(x, B)'),    ' cuts the derivative

has the value of the linear layer f(x, W) and its derivative by W, but dy/dx is that at weights B.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from functools import partial

from torch import Tensor, nn
from torch.func import functional_call

from asyt.errors import AsytError

#: Modules that are linear in their inputs: what has weights to go back through.
LINEAR = (
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
)


def detoured(module: nn.Module, draw: Callable[[tuple[int, ...]], Tensor]) -> nn.Module:
    """A copy with the same outputs, through which errors go back another way.

    Args:
        module: its parameters all belong to `LINEAR` layers; all else is differentiated as it is.
        draw: N(0, 1) of a shape, for one layer after the other. Entries of B are N(0, 1 / n), n the
            outputs that an input of the layer reaches.

    Raises:
        AsytError: parameters of another kind of layer.
    """
    module = copy.deepcopy(module)
    for name, layer in module.named_modules():
        if not list(layer.parameters(recurse=False)):
            continue
        if not isinstance(layer, LINEAR):
            raise AsytError(
                f"feedback alignment knows fixed weights for {_names()}; '{name}' is a "
                f"{type(layer).__name__}. Use a method that asks for less: asyt, pseudo-ip-bp, pat."
            )
        back = copy.deepcopy(layer)
        back.bias = None
        weight = layer.weight
        channels = layer.in_features if isinstance(layer, nn.Linear) else layer.in_channels
        reached = weight.numel() / channels
        drawn = draw(tuple(weight.shape)) / math.sqrt(reached)
        fixed = drawn.to(weight)
        layer.__dict__["forward"] = partial(_by_detour, layer, back, fixed)
    return module


def _names() -> str:
    return ", ".join(kind.__name__ for kind in LINEAR)


def _by_detour(
    layer: nn.Module,
    back: nn.Module,
    fixed: Tensor,
    x: Tensor,
) -> Tensor:
    """The layer's output at its own weights, with the derivative by x of `back` at fixed ones."""
    exact = type(layer).forward(layer, x.detach())
    through = functional_call(back, {"weight": fixed.to(x.device)}, (x,))
    return exact + (through - through.detach())
