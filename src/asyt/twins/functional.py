"""Digital models that are not perceptrons: one function a layer, differentiated by torch.func.

Each layer is differentiated at the input it is given: with measured states this is the backward
pass of physics-aware training (Wright et al. 2022, Methods), with its own that of ordinary BP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from asyt.errors import lookup
from asyt.twins.contract import Layer, Weights

#: Controls of a layer, a `Layer` (two axes behind the leading ones) or a `Named`, and inputs
#: (..., B, n) -> outputs (..., B, m).
Stage = Callable[[Any, Tensor], Tensor]
LOSSES = ("cross-entropy", "mse")


@dataclass(frozen=True)
class Functional:
    """A chain of differentiable layers.

    Attributes:
        stages: one function a layer.
        scale: a factor on the read-out before the softmax (an inverse temperature).
        loss: cross-entropy of a softmax on the scaled read-out, or mse (half the squared error of
            the read-out itself, summed over the outputs); others are an `UnknownNameError`.

    Example:
        >>> import torch
        >>> from asyt.twins import Functional, Layer
        >>> twin = Functional((lambda layer, a: torch.sin(a @ layer.weight.mT),))
        >>> weights, x = [Layer(torch.ones(3, 4))], torch.rand(5, 4)
        >>> (change,) = twin.vjp(twin.forward(weights, x), weights, torch.ones(5, 3))
        >>> change.weight.shape
        torch.Size([3, 4])
    """

    stages: tuple[Stage, ...]
    scale: float = 1.0
    loss: str = "cross-entropy"

    def __post_init__(self):
        lookup(self.loss, LOSSES, "loss")

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.stages)

    def activate(self, l: int, layer: Layer, a: Tensor) -> Tensor:
        """As `Twin.activate`."""
        return self.stages[l](layer, a)

    def net(self, l: int, layer: Layer, a: Tensor) -> Tensor:
        """As `Twin.net`: a function's whole output, its non-linearity included."""
        return self.stages[l](layer, a)

    def settle(self, l: int, z: Tensor) -> Tensor:  # noqa: ARG002 - the same for every layer
        """As `Twin.settle`: nothing follows."""
        return z

    def derivative(self, l: int, a: Tensor) -> Tensor:  # noqa: ARG002 - the same for every layer
        """As `Twin.derivative`."""
        return torch.ones_like(a)

    def forward(self, weights: Weights, x: Tensor) -> list[Tensor]:
        """Inputs and the outputs of all layers that `weights` has."""
        states = [x]
        for l, layer in enumerate(weights):
            states.append(self.activate(l, layer, states[-1]))
        return states

    def error(self, readout: Tensor, target: Tensor) -> Tensor:
        """As `Twin.error`."""
        target = target.to(readout.dtype)
        if self.loss == "mse":
            return readout - target
        return self.scale * ((self.scale * readout).softmax(-1) - target)

    def loss_value(self, readout: Tensor, target: Tensor) -> Tensor:
        """The loss a sample (..., B), whose derivative `error` is."""
        target = target.to(readout.dtype)
        if self.loss == "mse":
            return 0.5 * (readout - target).square().sum(-1)
        return -(target * (self.scale * readout).log_softmax(-1)).sum(-1)

    def gradient(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> Layer:
        """As `Twin.gradient`."""
        return self.back(l, layer, entered, delta)[1]

    def back(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> tuple[Tensor, Layer]:
        """As `Twin.back`; leading axes of layer and inputs broadcast to those of `delta`."""
        leading = delta.shape[:-2]
        entered = entered.expand(*leading, *entered.shape[-2:])
        layer = layer.expand(*leading)

        def stage(a: Tensor, *controls: Tensor) -> Tensor:
            return self.stages[l](layer.filled(controls), a)

        pull = torch.func.vjp(stage, entered, *layer.tensors())[1]
        error, *update = pull(delta)
        return error, layer.filled(update)

    def vjp(
        self,
        states: list[Tensor],
        weights: Weights,
        error: Tensor,
        at: list[Tensor] | None = None,  # noqa: ARG002 - a layer's slope follows from its input
    ) -> Weights:
        """As `Perceptron.vjp`; leading axes of states and weights broadcast to the error's."""
        gradient = []
        for l in reversed(range(1, self.depth)):
            error, update = self.back(l, weights[l], states[l], error)
            gradient.append(update)
        first = self.gradient(0, weights[0], states[0], error)
        return [first, *gradient[::-1]]
