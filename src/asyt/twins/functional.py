"""Digital models that are not perceptrons: one function a layer, differentiated by torch.func.

Each layer is differentiated at the input it is given: with measured states this is the backward
pass of physics-aware training (Wright et al. 2022, Methods), with its own that of ordinary BP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.twins.contract import Layer, Weights

#: Controls of a layer, any shape of two axes behind the leading ones, and inputs (..., B, n) ->
#: outputs (..., B, m).
Stage = Callable[[Layer, Tensor], Tensor]


@dataclass(frozen=True)
class Functional:
    """A chain of differentiable layers, a softmax on the last read-out, cross-entropy as loss.

    `scale` is a factor on the read-out before the softmax (an inverse temperature).
    """

    stages: tuple[Stage, ...]
    scale: float = 1.0

    def activate(self, l: int, layer: Layer, a: Tensor) -> Tensor:
        """As `Twin.activate`."""
        return self.stages[l](layer, a)

    def forward(self, weights: Weights, x: Tensor) -> list[Tensor]:
        """Inputs and the outputs of all layers that `weights` has."""
        states = [x]
        for stage, layer in zip(self.stages, weights, strict=False):
            states.append(stage(layer, states[-1]))
        return states

    def error(self, readout: Tensor, target: Tensor) -> Tensor:
        """As `Twin.error`."""
        return self.scale * ((self.scale * readout).softmax(-1) - target)

    def loss_value(self, readout: Tensor, target: Tensor) -> Tensor:
        """The cross-entropy a sample (..., B), whose derivative `error` is."""
        return -(target * (self.scale * readout).log_softmax(-1)).sum(-1)

    def vjp(
        self,
        states: list[Tensor],
        weights: Weights,
        error: Tensor,
        at: list[Tensor] | None = None,  # noqa: ARG002 - a layer's slope follows from its input
    ) -> Weights:
        """As `Perceptron.vjp`; leading axes of states and weights broadcast to the error's."""
        leading, gradient = error.shape[:-2], []
        for l in reversed(range(len(self.stages))):
            entered = states[l].expand(*leading, *states[l].shape[-2:])

            def stage(a: Tensor, *controls: Tensor, l: int = l) -> Tensor:
                return self.stages[l](Layer(*controls), a)

            pull = torch.func.vjp(stage, entered, *weights[l].expand(*leading).tensors())[1]
            error, *update = pull(error)
            gradient.append(Layer(*update))
        return gradient[::-1]
