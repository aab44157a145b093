"""Model-free training: simultaneous perturbation stochastic approximation (Spall 1992)."""

from __future__ import annotations

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.errors import AsytError
from asyt.methods.contract import Drawing, Mark
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Twin, Weights


class SPSA(Drawing):
    """All controls step aside at once, both ways: two read-outs a step, whatever their number.

        g = (L(W + c D) - L(W - c D)) / (2 c D),    D = +-1 a control (its own inverse)

    Args:
        size: c, in units of a control.
        seed: of the directions.

    Raises:
        AsytError: a size that is not positive.
    """

    name, label, cites = "spsa", "SPSA", ("spall1992",)
    mark = Mark("#8A8A8A", (0, (1, 2)), "x")

    def __init__(self, size: float = 0.01, seed: int = 0):
        if not 0 < size < float("inf"):
            raise AsytError(f"perturbation of {size}: give a positive number.")
        super().__init__(seed)
        self.size = size

    def gradient(
        self,
        twin: Twin,
        step: DigitalStep,  # noqa: ARG002 - no digital model is leant on
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """As `Method.gradient`; unbiased to second order in the size, and very noisy."""
        generator = self.draws(x.device)
        directions = [layer.map(lambda t: _signs(t, generator)) for layer in controls]

        def loss(side: float) -> Tensor:
            moved = _moved(controls, directions, side * self.size)
            return twin.loss_value(device(moved, x), target).sum(-1) * scale

        slope = (loss(1) - loss(-1)) / (2 * self.size)  # along the direction, (C,)
        return [_along(direction, slope) for direction in directions]


def _signs(like: Tensor, generator: torch.Generator) -> Tensor:
    coins = torch.randint(
        0, 2, like.shape, generator=generator, device=like.device, dtype=like.dtype
    )
    return coins.mul_(2).sub_(1)


def _moved(controls: Weights, directions: Weights, by: float) -> Weights:
    pairs = zip(controls, directions, strict=True)
    return [layer.map(lambda t, d: torch.add(t, d, alpha=by), step) for layer, step in pairs]


def _along(direction: Layer, slope: Tensor) -> Layer:
    return Layer(
        direction.weight * slope[..., None, None],
        None if direction.bias is None else direction.bias * slope[..., None],
    )
