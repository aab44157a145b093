"""Model-free training: simultaneous perturbation stochastic approximation (Spall 1992)."""

from __future__ import annotations

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import Device
from asyt.errors import AsytError
from asyt.methods.contract import Method
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Perceptron, Weights


class SPSA(Method):
    """All controls step aside at once, both ways: two read-outs a step, whatever the number of controls.

        g = (L(W + c D) - L(W - c D)) / (2 c D),    D = +-1 a control (its own inverse)

    Args:
        size: c, in units of a control.
        seed: of the directions.

    Raises:
        AsytError: a size that is not positive.
    """

    name, label = "spsa", "SPSA"

    def __init__(self, size: float = 0.01, seed: int = 0):
        if not 0 < size < float("inf"):
            raise AsytError(f"perturbation of {size}: give a positive number.")
        self.size, self.seed, self.steps = size, seed, 0

    def gradient(
        self,
        twin: Perceptron,
        step: DigitalStep,
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """As `Method.gradient`; unbiased to second order in the size, and very noisy: the error grows with controls."""
        generator = streams.torch_generator(x.device, "search", self.seed, self.steps)
        self.steps += 1
        directions = [Layer(*(_signs(t, generator) for t in layer)) for layer in controls]

        def loss(side: float) -> Tensor:
            readout = device(_moved(controls, directions, side * self.size), x)
            return twin.loss_value(readout, target).sum(-1) * scale

        slope = (loss(1) - loss(-1)) / (2 * self.size)  # along the direction, (C,)
        return [
            Layer(
                d.weight * slope[..., None, None],
                None if d.bias is None else d.bias * slope[..., None],
            )
            for d in directions
        ]

    def state(self) -> dict[str, int]:
        """The number of steps: it addresses the next direction."""
        return {"steps": self.steps}

    def load_state(self, state: dict[str, int]) -> None:
        """Continue from `state`."""
        self.steps = state["steps"]


def _signs(like: Tensor | None, generator: torch.Generator) -> Tensor | None:
    if like is None:
        return None
    coins = torch.randint(
        0, 2, like.shape, generator=generator, device=like.device, dtype=like.dtype
    )
    return coins.mul_(2).sub_(1)


def _moved(controls: Weights, directions: Weights, by: float) -> Weights:
    return [
        Layer(
            *(None if t is None else torch.add(t, d, alpha=by) for t, d in zip(*pair, strict=True))
        )
        for pair in zip(controls, directions, strict=True)
    ]
