"""Feedback alignment, direct or not: the output error goes back through fixed random matrices.

DFA (Light-in-the-loop, Eq. 3): delta W_i = -[(B_i e) * f'(a_i)] h_{i-1}^T. One projection of the
error serves all hidden layers: the rows of B_1, B_2, ... stacked. The output layer always sees the
error itself. Where a twin does not tell a layer's non-linearity apart, f' is part of that layer's
own derivative. A rule gives the gradient of a digital network; that of back-propagation is
`Perceptron.vjp`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError
from asyt.twins import Layer, Perceptron, Twin, Weights
from asyt.twins.perceptron import layer_gradient

#: (B, P) -> (B, hidden neurons): a `RandomFeedback`, or `project` of an optical processing unit.
Projector = Callable[[Tensor], Tensor]
#: A gradient, with None for a layer that is not trained.
Update = Sequence[Layer | None]
Rule = Callable[[list[Tensor], Weights, Tensor], Update]
#: Of Eq. 4.
THRESHOLD = 0.1


def ternarise(error: Tensor, threshold: float = THRESHOLD) -> Tensor:
    """Light-in-the-loop Eq. 4: -1, 0 or 1 an entry; an entry of exactly +-threshold gives 0.

    A negative threshold or an error that is not finite is an `AsytError`.
    """
    if threshold < 0:
        raise AsytError(f"threshold {threshold}: give zero or a positive number.")
    wrong = int((~torch.isfinite(error)).sum())
    if wrong:
        raise AsytError(f"{wrong} errors are not finite: lower the learning rate.")
    return error.sign() * (error.abs() > threshold)


class RandomFeedback(torch.nn.Module):
    """A fixed matrix B (hidden neurons of all layers, P), entries N(0, 1); in its `state_dict`."""

    matrix: Tensor

    def __init__(
        self,
        hidden: int,
        outputs: int,
        seed: int,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__()
        if hidden < 1 or outputs < 1:
            raise AsytError(f"feedback matrix of {hidden} x {outputs}: both must be at least 1.")
        drawn = streams.normal((hidden, outputs), "fabrication", seed)
        self.register_buffer("matrix", drawn.to(dtype))

    def forward(self, error: Tensor) -> Tensor:
        """B e, samples in rows: (B, P) to (B, hidden)."""
        return error @ self.matrix.T


def dfa(
    twin: Twin,
    states: list[Tensor],
    weights: Weights,
    error: Tensor,
    projected: Tensor,
) -> Weights:
    """Gradient of every layer by DFA (Eq. 3), summed over the batch.

    Arguments as those of `Twin.vjp`; of a perceptron's weights only whether there is a bias
    matters. `projected` is the projection of the (perhaps quantised) error, (..., B, all hidden
    neurons); another width is an `AsytError`.
    """
    hidden = [state.shape[-1] for state in states[1:-1]]
    if projected.shape[-1] != sum(hidden):
        raise AsytError(
            f"projection of width {projected.shape[-1]} for hidden layers {hidden}: give "
            f"{sum(hidden)}."
        )
    parts = projected.split(hidden, -1) if hidden else ()
    deltas = []
    for l, part in enumerate(parts):
        deltas.append(part * twin.derivative(l, states[l + 1]))
    deltas.append(error)
    gradient = []
    layers = zip(weights, states, deltas, strict=False)
    for l, (layer, entered, delta) in enumerate(layers):
        gradient.append(twin.gradient(l, layer, entered, delta))
    return gradient


def fa(
    twin: Perceptron,
    states: list[Tensor],
    weights: Weights,
    error: Tensor,
    backward: list[Tensor],
) -> Weights:
    """Back-propagation through fixed matrices, (out, in) a layer, in place of the weights."""
    fixed = []
    for matrix, layer in zip(backward, weights, strict=True):
        fixed.append(Layer(matrix, layer.bias))
    return twin.vjp(states, fixed, error)


def initial(twin: Perceptron, seed: int) -> Weights:
    """Weights N(0, 1 / inputs) of stream `initial`, biases zero."""
    drawn = twin.initial(seed, weight_scale=1.0, bias_scale=0.0)
    weights = []
    for layer, inputs in zip(drawn, twin.layers, strict=False):
        weight = layer.weight / inputs**0.5
        weights.append(Layer(weight, layer.bias))
    return weights


def direct_rule(
    twin: Perceptron,
    project: Projector,
    threshold: float | None = None,
) -> Rule:
    """DFA; with a threshold, the projected error is ternary."""

    def gradient(states: list[Tensor], weights: Weights, error: Tensor) -> Weights:
        sent = error if threshold is None else ternarise(error, threshold)
        projected = project(sent)
        return dfa(twin, states, weights, error, projected)

    return gradient


def readout_rule(twin: Perceptron) -> Rule:
    """The output layer alone is trained; the hidden layers stay as they were drawn."""

    def gradient(states: list[Tensor], weights: Weights, error: Tensor) -> Update:
        untrained = [None] * (twin.depth - 1)
        last = layer_gradient(error, states[-2], weights[-1])
        return [*untrained, last]

    return gradient


def angles(a: Update, b: Update) -> list[float]:
    """Angle in degrees between two gradients, a layer that both train (weights only)."""
    degrees = []
    for one, other in zip(a, b, strict=True):
        if one is None or other is None:
            continue
        x = one.weight.flatten()
        y = other.weight.flatten()
        cosine = torch.cosine_similarity(x, y, dim=0)
        radians = math.acos(cosine.clamp(-1, 1))
        degrees.append(math.degrees(radians))
    return degrees
