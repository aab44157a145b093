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
from asyt.twins import Twin, Weights
from asyt.twins.perceptron import required

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
    matrices = []
    for l, shape in enumerate(zip(layers[1:], layers, strict=False)):
        drawn = streams.normal(shape, "fabrication", SEED, l) / shape[0] ** 0.5
        matrices.append(drawn.to(compute, dtype))
    return matrices


def direct(twin: Twin, path: Path, error: Tensor) -> Weights:
    """Direct feedback alignment (Nokland 2016): one projection serves all hidden layers."""
    network = required(twin, "direct feedback alignment")
    projected = error[..., :0]
    if network.depth > 1:
        projected = error @ _projector(network.layers, error.dtype, error.device).T
    return feedback.dfa(network, path.states, path.weights, error, projected)


def fixed(twin: Twin, path: Path, error: Tensor) -> Weights:
    """Feedback alignment (Lillicrap et al. 2016): layer by layer, as back-propagation does."""
    network = required(twin, "feedback alignment")
    matrices = _matrices(network.layers, error.dtype, error.device)
    return feedback.fa(network, path.states, path.weights, error, matrices)
