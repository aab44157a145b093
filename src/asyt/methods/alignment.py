"""How the rows "FA" and "DFA" send an error back: through matrices that all devices share.

Entries are N(0, 1 / n), n the width of the layer that the error comes from: a scale of ours.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from asyt import streams
from asyt.methods import feedback
from asyt.methods.sources import Path
from asyt.twins import Neural, Twin, Weights
from asyt.twins.perceptron import opened, required

#: Seed of the matrices in stream `fabrication`, apart from the seeds of chips.
SEED = 2**31


@functools.cache
def _projector(
    layers: tuple[int, ...],
    dtype: torch.dtype,
    compute: torch.device,
) -> Tensor:
    """The rows of all B_i, (hidden neurons, P)."""
    hidden = sum(layers[1:-1])
    outputs = layers[-1]
    matrix = feedback.RandomFeedback(hidden, outputs, SEED, dtype).matrix
    return matrix.to(compute) / outputs**0.5


@functools.cache
def _matrices(
    layers: tuple[int, ...],
    dtype: torch.dtype,
    compute: torch.device,
) -> list[Tensor]:
    """One (out, in) a layer."""
    matrices = []
    shapes = zip(layers[1:], layers, strict=False)
    for l, shape in enumerate(shapes):
        width = shape[0]
        drawn = streams.normal(shape, "fabrication", SEED, l) / width**0.5
        matrices.append(drawn.to(compute, dtype))
    return matrices


@functools.lru_cache(maxsize=8)
def _aligned(twin: Neural) -> Neural:
    """The network with fixed weights in the way back, drawn as `_matrices` are."""

    def draw(l: int, shape: tuple[int, ...]) -> Tensor:
        return streams.normal(shape, "fabrication", SEED, l)

    return twin.aligned(draw)


def direct(twin: Twin, path: Path, error: Tensor) -> Weights:
    """Direct feedback alignment (Nokland 2016): one projection serves all hidden layers."""
    opened(twin, "direct feedback alignment")
    widths = tuple(state.shape[-1] for state in path.states)
    projected = error[..., :0]
    if twin.depth > 1:
        matrix = _projector(widths, error.dtype, error.device)
        projected = error @ matrix.T
    return feedback.dfa(twin, path.states, path.weights, error, projected)


def fixed(twin: Twin, path: Path, error: Tensor) -> Weights:
    """Feedback alignment (Lillicrap et al. 2016): layer by layer, as back-propagation does."""
    if isinstance(twin, Neural):
        aligned = _aligned(twin)
        return aligned.vjp(path.states, path.weights, error)
    network = required(twin, "feedback alignment")
    matrices = _matrices(network.layers, error.dtype, error.device)
    return feedback.fa(network, path.states, path.weights, error, matrices)
