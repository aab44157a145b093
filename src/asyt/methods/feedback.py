"""Direct feedback alignment and feedback alignment: the output error goes back through fixed random matrices.

DFA (Light-in-the-loop, Eq. 3): delta W_i = -[(B_i e) * f'(a_i)] h_{i-1}^T. One projection of the
error serves all hidden layers: the rows of B_1, B_2, ... stacked. Any callable (B, P) -> (B, hidden
neurons) is a projector: a `RandomFeedback`, or the `project` of an optical processing unit. The
output layer always sees the error itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError
from asyt.twins import Perceptron, products
from asyt.twins.perceptron import Layer, Weights

Projector = Callable[[Tensor], Tensor]
THRESHOLD = 0.1
"""Of Eq. 4."""


def ternarise(error: Tensor, threshold: float = THRESHOLD) -> Tensor:
    """Light-in-the-loop Eq. 4: -1, 0 or 1 an entry; an entry of exactly +-threshold gives 0.

    Raises:
        AsytError: for a negative threshold or an error that is not finite.
    """
    if threshold < 0:
        raise AsytError(f"threshold {threshold}: give zero or a positive number.")
    if not torch.isfinite(error).all():
        raise AsytError(
            f"{int((~torch.isfinite(error)).sum())} errors are not finite: lower the learning rate."
        )
    return error.sign() * (error.abs() > threshold)


class RandomFeedback(torch.nn.Module):
    """A fixed matrix B (hidden neurons of all layers, P), entries N(0, 1); saved with `state_dict`."""

    def __init__(self, hidden: int, outputs: int, seed: int, dtype: torch.dtype = torch.float32):
        """Draw B; raises AsytError for sizes below one."""
        super().__init__()
        if hidden < 1 or outputs < 1:
            raise AsytError(f"feedback matrix of {hidden} x {outputs}: both must be at least 1.")
        self.register_buffer(
            "matrix", streams.normal((hidden, outputs), "fabrication", seed).to(dtype)
        )

    def forward(self, error: Tensor) -> Tensor:
        """B e, samples in rows: (B, P) to (B, hidden)."""
        return error @ self.matrix.T


def dfa(
    twin: Perceptron, states: list[Tensor], weights: Weights, error: Tensor, projected: Tensor
) -> Weights:
    """Gradient of every layer by DFA (Eq. 3), summed over the batch.

    Args:
        twin: the network.
        states: activations of all layers, input first.
        weights: current weights; only whether a layer has a bias matters.
        error: dL/dz at the output, (..., B, P): used as it is by the output layer.
        projected: the projection of the (perhaps quantised) error, (..., B, all hidden neurons).

    Raises:
        AsytError: if the projection's width is not the number of hidden neurons.
    """
    hidden = list(twin.layers[1:-1])
    if projected.shape[-1] != sum(hidden):
        raise AsytError(
            f"projection of width {projected.shape[-1]} for hidden layers {hidden}: give "
            f"{sum(hidden)}."
        )
    parts = projected.split(hidden, -1) if hidden else ()
    deltas = [part * twin.derivative(l, states[l + 1]) for l, part in enumerate(parts)] + [error]
    return [
        Layer(
            products.gradient(delta, state), None if layer.bias is None else products.total(delta)
        )
        for delta, state, layer in zip(deltas, states, weights, strict=False)
    ]


def fa(
    twin: Perceptron, states: list[Tensor], weights: Weights, error: Tensor, backward: list[Tensor]
) -> Weights:
    """Feedback alignment: back-propagation with fixed random matrices in place of the weights.

    Args:
        twin: the network.
        states: activations of all layers, input first.
        weights: only whether a layer has a bias matters.
        error: dL/dz at the output, (..., B, P).
        backward: a matrix (out, in) a layer, as the weights; the first layer's is not used.
    """
    fixed = [Layer(matrix, layer.bias) for matrix, layer in zip(backward, weights, strict=True)]
    return twin.vjp(states, fixed, error)


def angles(a: Weights, b: Weights) -> list[float]:
    """Angle in degrees between two gradients, a layer (weights only)."""
    pairs = [(x.weight.flatten(), y.weight.flatten()) for x, y in zip(a, b, strict=True)]
    cosines = [torch.cosine_similarity(x, y, dim=0) for x, y in pairs]
    return [math.degrees(math.acos(max(-1.0, min(1.0, float(c))))) for c in cosines]
