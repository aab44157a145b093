"""Digital models that are not perceptrons: one function a layer, differentiated by torch.func.

The gradient family asks any twin for states, an output error and a vector-Jacobian product. Here
each layer is differentiated at the input it is given, so with measured states the product is the
backward pass of physics-aware training (Wright et al. 2022, Methods), and with its own states that
of ordinary BP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.twins.contract import Layer, Weights

#: One layer: its controls, (..., out, in) or any shape of two axes, and its inputs (..., B, n) ->
#: outputs (..., B, m).
Stage = Callable[[Layer, Tensor], Tensor]


@dataclass(frozen=True)
class Functional:
    """A chain of differentiable layers, a softmax on the last read-out, cross-entropy as loss.

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
        """dL/d(read-out), a sample (..., B, P), from a read-out of any origin, one-hot targets."""
        probability = (self.scale * readout).softmax(-1)
        return self.scale * (probability - target)

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
        """Back-propagate an output error, each layer linearised at the state that enters it.

        Args:
            states: what enters each layer (..., B, n): the twin's own, or measured ones (PAT). The
                last is not used.
            weights: the controls to go back through; leading axes broadcast to those of the error.
            error: dL/d(read-out) (..., B, P).
            at: not needed.

        Returns:
            The gradient a layer, summed over the batch, in the shape of its controls with the
            leading axes of the error.
        """
        leading, gradient = error.shape[:-2], []
        for l in range(self.depth - 1, -1, -1):
            entered = states[l].expand(*leading, *states[l].shape[-2:])
            held = _expanded(weights[l], leading)

            def stage(a: Tensor, *controls: Tensor, l: int = l) -> Tensor:
                return self.stages[l](_layer(controls), a)

            pull = torch.func.vjp(stage, entered, *held)[1]
            error, *update = pull(error)
            gradient.append(_layer(update))
        return gradient[::-1]


def _expanded(layer: Layer, leading: torch.Size) -> list[Tensor]:
    held = [layer.weight.expand(*leading, *layer.weight.shape[-2:])]
    if layer.bias is not None:
        held.append(layer.bias.expand(*leading, *layer.bias.shape[-1:]))
    return held


def _layer(tensors: Sequence[Tensor]) -> Layer:
    """Weight and bias, or the weight alone."""
    weight, *bias = tensors
    return Layer(weight, bias[0] if bias else None)
