"""Model-free training: simultaneous perturbation stochastic approximation (Spall 1992)."""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from asyt.errors import AsytError
from asyt.methods.contract import Drawing, Mark
from asyt.methods.sources import Batch
from asyt.twins import Weights


class SPSA(Drawing):
    """All controls step aside at once, both ways: two read-outs a step, whatever their number.

        g = (L(W + c D) - L(W - c D)) / (2 c D),    D = +-1 a control (its own inverse)

    The size c is in units of a control, and positive; the seed is that of the directions.
    """

    name = "spsa"
    label = "SPSA"
    cites = ("spall1992",)
    mark = Mark("#8A8A8A", (0, (1, 2)), "x")

    def __init__(self, size: float = 0.01, seed: int = 0):
        if not 0 < size < float("inf"):
            raise AsytError(f"perturbation of {size}: give a positive number.")
        super().__init__(seed)
        self.size = size

    def update(self, batch: Batch) -> Weights:
        """As `Method.update`; unbiased to second order in the size, and very noisy."""
        twin, _, device, controls, x, target, scale = batch
        generator = self.draws(x.device)
        directions = [layer.map(lambda t: _signs(t, generator)) for layer in controls]

        def loss(by: float) -> Tensor:
            step = functools.partial(torch.add, alpha=by)
            moved = []
            for layer, direction in zip(controls, directions, strict=True):
                moved.append(layer.map(step, direction))
            readout = device(moved, x)
            return twin.loss_value(readout, target).sum(-1) * scale

        difference = loss(self.size) - loss(-self.size)
        slope = difference / (2 * self.size)  # along the direction, (C,)
        return [layer.map(lambda d: _along(d, slope)) for layer in directions]


def _signs(like: Tensor, generator: torch.Generator) -> Tensor:
    """+-1 a control; of a complex one +-1 in each part."""
    if like.is_complex():
        parts = _signs(torch.view_as_real(like), generator)
        return torch.view_as_complex(parts)
    coins = torch.empty_like(like)
    coins.random_(0, 2, generator=generator)
    return coins.mul_(2).sub_(1)


def _along(direction: Tensor, slope: Tensor) -> Tensor:
    """Each chip's direction, (C, *shape), times its slope, (C,)."""
    behind = [1] * (direction.dim() - slope.dim())
    return direction * slope.reshape(*slope.shape, *behind)
