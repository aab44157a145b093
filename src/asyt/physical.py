"""Any controllable system as a layer of an ordinary torch network: bring your own device.

A `PhysicalModule` is made of two callables (as in Wright et al. 2022): a device that can only be
run, and a differentiable twin. One argument says how it trains:

| method    | forward in training           | backward                                             |
|-----------|-------------------------------|------------------------------------------------------|
| in-silico | twin                          | twin                                                 |
| pat       | device                        | twin, at the device's controls and the input given   |
| asyt      | twin, then device (`asyt`)    | twin, at the digital controls and input              |

In evaluation mode every forward pass is the device's. PAT needs what enters each module; AsyT does
not: the digital model makes its own, so a chain of devices may stay closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from asyt.errors import AsytError, DeviceFailedError, DeviceOutputError, lookup

TRAINED_BY = ("pat", "asyt", "insilico-bp")
#: What a device raises when a cable, a socket or a driver gives up; anything else is a bug.
FAILURES = (OSError, DeviceOutputError)


class PhysicalModule(nn.Module):
    """A device and its twin as one layer, trained by any torch optimizer.

    Args:
        device: (controls, x) -> y, a tensor or NumPy array: a function, a driver, a socket.
        twin: (controls, x) -> y of the same shape, differentiable by torch.
        controls: initial controls: a tensor, or tensors in lists, tuples or dicts. Both callables
            get them in this form. The module's copies are its parameters.
        method: one of `TRAINED_BY`, else an `UnknownNameError`.
        mixing: AsyT's M1, M2 (AsyT Eq. 3).
        attempts: how often a pass is tried before it counts as failed.
        pause_s: seconds before another attempt.
    """

    def __init__(
        self,
        device: Callable[[Any, Tensor], Any],
        twin: Callable[[Any, Tensor], Tensor],
        controls: Any,
        method: str = "pat",
        *,
        mixing: tuple[float, float] = (0.5, 0.5),
        attempts: int = 1,
        pause_s: float = 0.0,
    ):
        super().__init__()
        if attempts < 1:
            raise AsytError(f"attempts {attempts}: a pass must be tried at least once.")
        self.method = lookup(method, TRAINED_BY, "method")
        self.device, self.twin, self.mixing = device, twin, mixing
        self.attempts, self.pause_s = attempts, pause_s
        leaves, self._form = tree_flatten(controls)
        self._given = [leaf is not None for leaf in leaves]
        tensors = [leaf for leaf in leaves if leaf is not None]
        if not tensors:
            raise AsytError("controls hold no tensor: give the device something to be set to.")
        self.controls = _parameters(tensors)
        self.digital = _parameters(tensors if method == "asyt" else [])  # W_(0,dig) = W_(0,phy)
        self._pass: str | None = None
        self._digital_inputs: list[Tensor] = []  # one a call, taken in order by the physical pass

    def forward(self, x: Tensor) -> Tensor:
        """One pass of a batch; in training an "asyt" module needs to be inside of `asyt`."""
        if not self.training:
            return self.read(list(self.controls), x)
        if self.method == "insilico-bp":
            return self.model(list(self.controls), x)
        if self.method == "pat":
            return _Through.apply(self, None, 1.0, x, *self.controls)
        if self._pass == "digital":
            self._digital_inputs.append(x.detach())
            pairs = zip(self.digital, self.controls, strict=True)
            mixed = [_Mix.apply(self.mixing[0], digital, control) for digital, control in pairs]
            return self.model(mixed, x)
        if self._pass == "physical":
            if not self._digital_inputs:
                raise AsytError(
                    "the physical pass met a module more often than the digital pass: they must be "
                    "alike."
                )
            at = (self._digital_inputs.pop(0), list(self.digital))
            return _Through.apply(self, at, self.mixing[1], x, *self.controls)
        raise AsytError(
            "an 'asyt' module trains in two passes: loss = asyt.physical.asyt(network, x, "
            "criterion)."
        )

    def model(self, controls: list[Tensor], x: Tensor) -> Tensor:
        """The twin's answer."""
        return self.twin(self._formed(controls), x)

    def read(self, controls: list[Tensor], x: Tensor) -> Tensor:
        """The device's answer; a `DeviceFailedError` after `attempts` of `FAILURES`."""
        settings, x = self._formed([c.detach() for c in controls]), x.detach()
        for attempt in range(1, self.attempts + 1):
            try:
                y = torch.as_tensor(self.device(settings, x)).to(dtype=x.dtype, device=x.device)
                if not y.isfinite().all():
                    raise DeviceOutputError(
                        f"{int((~y.isfinite()).sum())} of {y.numel()} read-outs are not finite."
                    )
                return y
            except FAILURES as error:
                if attempt == self.attempts:
                    raise DeviceFailedError(
                        f"the device failed {attempt} of {self.attempts} attempts, last with "
                        f"{type(error).__name__}: {error} Check its connection, or allow more "
                        "attempts=."
                    ) from error
                time.sleep(self.pause_s)
        raise AssertionError("unreachable")

    def begin(self, name: str | None) -> None:
        """Enter a pass of `asyt`, digital or physical, or leave it (None)."""
        self._pass = name
        if name == "digital":
            self._digital_inputs.clear()

    def _formed(self, tensors: list[Tensor]) -> Any:
        rest = iter(tensors)
        return tree_unflatten([next(rest) if given else None for given in self._given], self._form)


def _parameters(tensors: list[Tensor]) -> nn.ParameterList:
    return nn.ParameterList(nn.Parameter(t.detach().clone()) for t in tensors)


class _Through(torch.autograd.Function):
    """Forward through the device; backward through the twin, at digital inputs and controls."""

    @staticmethod
    def forward(ctx, module, digital, share, x, *controls):
        ctx.module, ctx.digital, ctx.share = module, digital, share
        ctx.save_for_backward(x, *controls)
        return module.read(list(controls), x)

    @staticmethod
    def backward(ctx, error):
        x, *controls = ctx.saved_tensors
        if ctx.digital is not None:
            x, controls = ctx.digital
        held = [c.detach() for c in controls]
        _, pull = torch.func.vjp(lambda a, *c: ctx.module.model(list(c), a), x.detach(), *held)
        back, *gradient = pull(error.contiguous())
        return None, None, None, back, *(ctx.share * g for g in gradient)


class _Mix(torch.autograd.Function):
    """The digital controls; the share M1 of their gradient is the device's too (AsyT Eq. 3)."""

    @staticmethod
    def forward(ctx, share, digital, _controls):
        ctx.share = share
        return digital.view_as(digital)

    @staticmethod
    def backward(ctx, gradient):
        return None, gradient, ctx.share * gradient


def asyt(network: nn.Module, x: Tensor, criterion: Callable[[Tensor], Tensor]) -> Tensor:
    """The loss of an AsyT step of a network; `backward()` on it fills every gradient.

    Two passes, one through the twins with the digital controls, one through the devices. Of the
    second only the network's final output is used: each module takes the error back through its
    twin as it stood in the first pass. So

    * digital controls get their own gradient (AsyT Eq. 2),
    * a device's controls M1 times that, plus M2 times the pseudo update (Eq. 3),
    * conventional layers, which serve both passes, the sum of both gradients.

    The criterion makes a scalar loss of an output. Without a module of method "asyt" in training
    mode this is an `AsytError`.
    """
    with _pass(network, "digital"):
        digital = criterion(network(x))
    with _pass(network, "physical"):
        return digital + criterion(network(x))


@contextmanager
def _pass(network: nn.Module, name: str):
    modules = [m for m in network.modules() if isinstance(m, PhysicalModule) and m.method == "asyt"]
    if not modules or not network.training:
        raise AsytError(
            "asyt() needs a network in training mode with a PhysicalModule of method 'asyt'."
        )
    for module in modules:
        module.begin(name)
    try:
        yield
    finally:
        for module in modules:
            module.begin(None)
