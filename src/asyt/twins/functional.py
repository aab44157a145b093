"""Digital models that are not perceptrons: one function a layer, differentiated by torch.func.

A twin of this kind stands wherever a `Perceptron` does: the gradient family asks it for states, an
output error and a vector-Jacobian product. Each layer is differentiated at the input it is given,
so with measured states the product is the backward pass of physics-aware training (Wright et al.
2022, Methods), and with its own states that of ordinary BP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.twins.perceptron import Layer, Weights

#: One layer: its controls, (..., out, in) or any shape of two axes, and its inputs (..., B, n) ->
#: outputs (..., B, m).
Stage = Callable[[Layer, Tensor], Tensor]


@dataclass(frozen=True)
class Functional:
    """A chain of differentiable layers with a softmax on the last read-out, and cross-entropy as loss.

    Attributes:
        stages: one function a layer.
        scale: factor on the read-out before the softmax (an inverse temperature).
    """

    stages: tuple[Stage, ...]
    scale: float = 1.0

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.stages)

    def activate(self, l: int, layer: Layer, a: Tensor) -> Tensor:
        """What layer l, set to `layer`, makes of its inputs (..., B, n)."""
        return self.stages[l](layer, a)

    def forward(self, weights: Weights, x: Tensor) -> list[Tensor]:
        """Inputs and the outputs of all layers that `weights` has."""
        states = [x]
        for stage, layer in zip(self.stages, weights, strict=False):
            states.append(stage(layer, states[-1]))
        return states

    def error(self, readout: Tensor, target: Tensor) -> Tensor:
        """dL/d(read-out), a sample: (..., B, P), from a read-out of any origin and one-hot targets (B, P)."""
        return self.scale * ((self.scale * readout).softmax(-1) - target)

    def loss_value(self, readout: Tensor, target: Tensor) -> Tensor:
        """The cross-entropy a sample (..., B), whose derivative `error` is."""
        return -(target * (self.scale * readout).log_softmax(-1)).sum(-1)

    def vjp(
        self, states: list[Tensor], weights: Weights, error: Tensor, at: object = None
    ) -> Weights:
        """Back-propagate an output error, each layer linearised at the state that enters it; summed over the batch.

        Args:
            states: what enters each layer (..., B, n): the twin's own, or measured ones (PAT). The
                last is not used.
            weights: the controls to go back through; leading axes broadcast to those of the error.
            error: dL/d(read-out) (..., B, P).
            at: not needed: the slope of a layer follows from its input.

        Returns:
            The gradient a layer, in the shape of its controls with the leading axes of the error.
        """
        leading, gradient = error.shape[:-2], []
        for l in range(self.depth - 1, -1, -1):
            held = [
                t.expand(*leading, *t.shape[-axes:])
                for t, axes in zip(weights[l], (2, 1), strict=True)
                if t is not None
            ]

            def stage(a: Tensor, *controls: Tensor, l: int = l) -> Tensor:
                return self.stages[l](
                    Layer(controls[0], controls[1] if len(controls) > 1 else None), a
                )

            _, pull = torch.func.vjp(
                stage, states[l].expand(*leading, *states[l].shape[-2:]), *held
            )
            error, *found = pull(error)
            gradient.append(Layer(found[0], found[1] if len(found) > 1 else None))
        return gradient[::-1]
