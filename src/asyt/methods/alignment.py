"""How the rows "FA" and "DFA" send an error back: through matrices that are drawn once and never trained.

Entries are N(0, 1 / n), n the width of the layer that the error comes from; the same matrices for
all devices. The sources leave the scale open; this one is ours, close to that of the weights at the
start.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from asyt import streams
from asyt.methods import feedback
from asyt.methods.sources import Path
from asyt.twins import Perceptron, Weights

#: Seed of the matrices in stream `fabrication`, apart from the seeds of chips.
SEED = 2**31


@functools.cache
def _projector(layers: tuple[int, ...], dtype: torch.dtype, compute: torch.device) -> Tensor:
    """The rows of all B_i, (hidden neurons, P)."""
    matrix = feedback.RandomFeedback(sum(layers[1:-1]), layers[-1], SEED, dtype).matrix
    return matrix.to(compute) / layers[-1] ** 0.5


@functools.cache
def _matrices(layers: tuple[int, ...], dtype: torch.dtype, compute: torch.device) -> list[Tensor]:
    """One (out, in) a layer."""
    shapes = enumerate(zip(layers[1:], layers, strict=False))
    return [
        (streams.normal(s, "fabrication", SEED, l) / s[0] ** 0.5).to(dtype).to(compute)
        for l, s in shapes
    ]


def direct(twin: Perceptron, path: Path, error: Tensor) -> Weights:
    """Direct feedback alignment (Nokland 2016): one projection of the output error serves all hidden layers."""
    projected = (
        error @ _projector(twin.layers, error.dtype, error.device).T
        if twin.depth > 1
        else error[..., :0]
    )
    return feedback.dfa(twin, path.states, path.weights, error, projected)


def fixed(twin: Perceptron, path: Path, error: Tensor) -> Weights:
    """Feedback alignment (Lillicrap et al. 2016): layer by layer, as back-propagation does."""
    return feedback.fa(
        twin, path.states, path.weights, error, _matrices(twin.layers, error.dtype, error.device)
    )
