"""Populations of single chips: a function of one chip is enough to start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from asyt.devices.contract import Device
from asyt.errors import AsytError, DeviceOutputError
from asyt.twins import Layer, Weights

#: (controls of one chip, x) -> read-out: `Layer`s of (out, in) and (out,), (B, in) -> (B, P).
Chip = Callable[[Weights, Tensor], Tensor]


class SingleChips(Device):
    """Chips that are run one after the other, each a function of its own controls.

    Each gets the controls of one chip, a `Layer` a layer with weight (out, in) and bias (out,) or
    None, and inputs x (B, in), and returns what its P detectors read, (B, P): a tensor, or anything
    that `torch.as_tensor` takes. A chip that has `at` is told the moment.

    Args:
        chips: one function, or one for each chip.
        layers: neurons a layer, input first.

    Raises:
        AsytError: no chip, or something that cannot be called.

    Example:
        >>> import torch
        >>> from asyt.devices import SingleChips
        >>> from asyt.twins import Layer
        >>> chips = [lambda c, x: x @ c[0].weight.mT, lambda c, x: 0.8 * x @ c[0].weight.mT]
        >>> device = SingleChips(chips, layers=(4, 3))
        >>> device([Layer(torch.ones(2, 3, 4))], torch.ones(1, 4))[:, 0, 0]
        tensor([4.0000, 3.2000])
    """

    def __init__(self, chips: Chip | Sequence[Chip], layers: tuple[int, ...]):
        self._chips = [chips] if callable(chips) else list(chips)
        for number, chip in enumerate(self._chips):
            if not callable(chip):
                raise AsytError(
                    f"chip {number} is a {type(chip).__name__}: give a function (controls, x) -> "
                    "read-out (B, P), or a list of such functions."
                )
        super().__init__(layers, len(self._chips))

    def at(self, *moment: int) -> None:
        """Tell each chip the moment, if it wants to know."""
        for chip in self._chips:
            follow = getattr(chip, "at", None)
            if follow is not None:
                follow(*moment)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """Inputs and read-outs (C, B, P); a `DeviceOutputError` names the chip and its shape.

        Raises:
            AsytError: controls of another number of chips.
        """
        chips = [layer.leading for layer in controls]
        if set(chips) != {(self.population,)}:
            raise AsytError(
                f"controls with leading axes {chips}: give each layer's weights as (C, out, in), "
                f"C = {self.population}."
            )
        readouts = []
        for number in range(self.population):
            of_chip = [_of(layer, number) for layer in controls]
            readouts.append(self._read(number, of_chip, x))
        return [x, torch.stack(readouts)]

    def _read(self, number: int, controls: Weights, x: Tensor) -> Tensor:
        """What one chip reads, (B, P)."""
        chip = self._chips[number]
        readout = torch.as_tensor(chip(controls, x))
        wanted = (x.shape[-2], self.layers[-1])
        if tuple(readout.shape) != wanted:
            raise DeviceOutputError(
                f"chip {number} returned shape {tuple(readout.shape)}; it must return (B, P) = "
                f"{wanted} for this batch."
            )
        if readout.is_complex():
            raise DeviceOutputError(
                f"chip {number} returned {readout.dtype}; return what detectors read, e.g. "
                "readout.abs() ** 2."
            )
        return readout.to(x)


def _of(layer: Layer, number: int) -> Layer:
    """The controls of one chip, without the axis of chips."""
    return layer.map(lambda tensor: tensor[number])
