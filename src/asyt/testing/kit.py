"""What every check is given: a device under watch, controls and inputs to try, and a judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.errors import AsytError
from asyt.testing.judges import Exact, Statistical
from asyt.testing.probe import Probe
from asyt.twins import Weights, tensors

BATCH = 7


class Tries:
    """Controls, inputs, and other ones in the same range, to be changed to.

    Args:
        controls: valid controls.
        inputs: valid inputs, (largest, in).
    """

    def __init__(self, controls: Weights, inputs: Tensor):
        self._generator = torch.Generator().manual_seed(1)
        self.controls = controls
        self.crowd = inputs
        self.x = inputs[-BATCH:].clone()
        values = torch.cat([tensor.flatten() for tensor in tensors(controls)])
        self._range = _ends(values, values.new_zeros(()), values.max())
        if not values.any():
            raise AsytError("controls that are all zero: give some that are not (controls=).")

    def others(self) -> Weights:
        """Controls of which each differs, at either end of the range of its tensor."""
        return [layer.map(self.other) for layer in self.controls]

    def other_inputs(self) -> Tensor:
        """Inputs of which each differs, as `others`."""
        return self.other(self.x)

    def other(self, tensor: Tensor) -> Tensor:
        """Other values from the range of a tensor."""
        low, high = _ends(tensor, *self._range)
        uniform = torch.rand(tensor.shape, generator=self._generator)
        coin = uniform.to(tensor.device) < 0.5
        drawn = torch.where(coin, low, high)
        opposite = low + high - drawn
        return torch.where(drawn == tensor, opposite, drawn)


def _ends(tensor: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """The least and the largest value, or those given if all are alike."""
    least = tensor.min()
    most = tensor.max()
    if least < most:
        return least, most
    return low, high


@dataclass
class Kit:
    """A device and what its checks need.

    Attributes:
        make: builds the device again.
        probe: the device under watch.
        tries: controls and inputs.
        judge: says whether two ways to read agree.
        repeatable: whether `at` sets all noise.
        free: whether controls and inputs may leave the range of those given.
        sizes: populations of other sizes under watch.
        start: read-outs of the first passes, if no program can repeat them.
    """

    make: Callable[[], Device]
    probe: Probe
    tries: Tries
    judge: Exact | Statistical
    repeatable: bool
    free: bool
    sizes: list[Probe] = field(default_factory=list)
    start: Tensor | None = None

    @property
    def device(self) -> Device:
        """The device that is checked."""
        return self.probe.device

    def at(self, *moment: int) -> None:
        """Set the moment of all populations."""
        for probe in (self.probe, *self.sizes):
            probe.at(*moment)

    def read(self, controls: Weights | None = None, x: Tensor | None = None) -> Tensor:
        """One pass, (C, B, P)."""
        if controls is None:
            controls = self.tries.controls
        if x is None:
            x = self.tries.x
        return self.probe.read(controls, x)
