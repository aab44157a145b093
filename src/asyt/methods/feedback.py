"""Feedback alignment, direct or not: the output error goes back through fixed random matrices.

DFA (Light-in-the-loop, Eq. 3): delta W_i = -[(B_i e) * f'(a_i)] h_{i-1}^T. One projection of the
error serves all hidden layers: the rows of B_1, B_2, ... stacked. Any callable (B, P) -> (B, hidden
neurons) is a projector: a `RandomFeedback`, or the `project` of an optical processing unit. The
output layer always sees the error itself.

A rule gives the gradient of a digital network, (states, weights, error) -> weights; that of
back-propagation is `Perceptron.vjp`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError
from asyt.twins import Layer, Perceptron, Weights, products

Projector = Callable[[Tensor], Tensor]
#: A gradient, with None for a layer that is not trained.
Update = Sequence[Layer | None]
Rule = Callable[[list[Tensor], Weights, Tensor], Update]
THRESHOLD = 0.1
"""Of Eq. 4."""


def ternarise(error: Tensor, threshold: float = THRESHOLD) -> Tensor:
    """Light-in-the-loop Eq. 4: -1, 0 or 1 an entry; an entry of exactly +-threshold gives 0.

    Raises:
        AsytError: for a negative threshold or an error that is not finite.
    """
    if threshold < 0:
        raise AsytError(f"threshold {threshold}: give zero or a positive number.")
    wrong = int((~torch.isfinite(error)).sum())
    if wrong:
        raise AsytError(f"{wrong} errors are not finite: lower the learning rate.")
    return error.sign() * (error.abs() > threshold)


class RandomFeedback(torch.nn.Module):
    """A fixed matrix B (hidden neurons of all layers, P), entries N(0, 1).

    It is saved with `state_dict`.
    """

    matrix: Tensor

    def __init__(
        self,
        hidden: int,
        outputs: int,
        seed: int,
        dtype: torch.dtype = torch.float32,
    ):
        """Draw B; raises AsytError for sizes below one."""
        super().__init__()
        if hidden < 1 or outputs < 1:
            raise AsytError(f"feedback matrix of {hidden} x {outputs}: both must be at least 1.")
        drawn = streams.normal((hidden, outputs), "fabrication", seed)
        self.register_buffer("matrix", drawn.to(dtype))

    def forward(self, error: Tensor) -> Tensor:
        """B e, samples in rows: (B, P) to (B, hidden)."""
        return error @ self.matrix.T


def dfa(
    twin: Perceptron,
    states: list[Tensor],
    weights: Weights,
    error: Tensor,
    projected: Tensor,
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
    deltas = [part * twin.derivative(l, states[l + 1]) for l, part in enumerate(parts)]
    deltas.append(error)
    return [_layer(*layer) for layer in zip(deltas, states, weights, strict=False)]


def _layer(delta: Tensor, state: Tensor, layer: Layer) -> Layer:
    """Gradient of one layer from dL/dz (..., B, out) and what enters it (..., B, in)."""
    bias = None if layer.bias is None else products.total(delta)
    return Layer(products.gradient(delta, state), bias)


def fa(
    twin: Perceptron,
    states: list[Tensor],
    weights: Weights,
    error: Tensor,
    backward: list[Tensor],
) -> Weights:
    """Feedback alignment: back-propagation with fixed random matrices in place of the weights.

    Args:
        twin: the network.
        states: activations of all layers, input first.
        weights: only whether a layer has a bias matters.
        error: dL/dz at the output, (..., B, P).
        backward: a matrix (out, in) a layer, as the weights; the first layer's is not used.
    """
    pairs = zip(backward, weights, strict=True)
    fixed = [Layer(matrix, layer.bias) for matrix, layer in pairs]
    return twin.vjp(states, fixed, error)


def initial(twin: Perceptron, seed: int) -> Weights:
    """Weights N(0, 1 / inputs) of stream `initial`, biases zero."""
    drawn = twin.initial(seed, 1.0, 0.0)
    return [
        Layer(layer.weight / inputs**0.5, layer.bias)
        for layer, inputs in zip(drawn, twin.layers, strict=False)
    ]


def direct_rule(twin: Perceptron, project: Projector, threshold: float | None = None) -> Rule:
    """DFA; with a threshold, the projected error is ternary."""

    def gradient(states: list[Tensor], weights: Weights, error: Tensor) -> Weights:
        sent = error if threshold is None else ternarise(error, threshold)
        return dfa(twin, states, weights, error, project(sent))

    return gradient


def readout_rule(twin: Perceptron) -> Rule:
    """The output layer alone is trained; the hidden layers stay as they were drawn."""
    still = [None] * (twin.depth - 1)

    def gradient(states: list[Tensor], _weights: Weights, error: Tensor) -> Update:
        weight = products.gradient(error, states[-2])
        return [*still, Layer(weight, error.sum(-2))]

    return gradient


def angles(a: Update, b: Update) -> list[float]:
    """Angle in degrees between two gradients, a layer that both train (weights only)."""
    return [
        _angle(x.weight, y.weight)
        for x, y in zip(a, b, strict=True)
        if x is not None and y is not None
    ]


def _angle(x: Tensor, y: Tensor) -> float:
    cosine = float(torch.cosine_similarity(x.flatten(), y.flatten(), dim=0))
    bounded = max(-1.0, min(1.0, cosine))
    return math.degrees(math.acos(bounded))
