"""The one chip of the authors' public demo, and the demo's initial values, drawn number by number.

All come from NumPy's legacy generator with fixed seeds, layer i = 0, 1, 2 ("AsyT code"):

- initial weights and biases of layer i both start at the first number of seed 42 + i;
- the chip's errors are one sequence of seed 42, so those of the first layer's weights are exactly
  six times its initial weights;
- update errors of layer i are one sequence of seed 42 (3 i + 3).
"""

from itertools import pairwise

import numpy as np
import torch

from asyt.twins import Layer, Weights

SEED = 42
WEIGHT_SCALE = 0.1
BIAS_SCALE = 0.5
#: Standard deviation of the relative errors of the chip and of its updates.
DISTORTION = 0.6


def initial(layers: tuple[int, ...]) -> Weights:
    """Initial weights (out, in) and biases (out,) a layer."""
    drawn = []
    for l, (n_in, n_out) in enumerate(pairwise(layers)):
        weight = _normal(_from(SEED + l), n_out, n_in, WEIGHT_SCALE)
        bias = _normal(_from(SEED + l), n_out, 1, BIAS_SCALE)
        drawn.append(Layer(weight, bias[:, 0]))
    return drawn


def masks(layers: tuple[int, ...], distortion: float = DISTORTION) -> Weights:
    """Relative errors of the chip's weights (out, in) and biases (out,) a layer."""
    one_sequence = _from(SEED)
    return _errors(layers, [one_sequence] * len(layers), distortion)


def update_errors(layers: tuple[int, ...], distortion: float = DISTORTION) -> Weights:
    """Relative errors of every update, (out, in) and (out,) a layer."""
    sequences = []
    for l in range(len(layers)):
        sequences.append(_from(SEED * (3 * l + 3)))
    return _errors(layers, sequences, distortion)


def _errors(
    layers: tuple[int, ...],
    sequences: list[np.random.RandomState],
    distortion: float,
) -> Weights:
    drawn = []
    for sequence, (n_in, n_out) in zip(sequences, pairwise(layers), strict=False):
        weight = _normal(sequence, n_out, n_in, distortion)
        bias = _normal(sequence, n_out, 1, distortion)
        drawn.append(Layer(weight, bias[:, 0]))
    return drawn


def _from(seed: int) -> np.random.RandomState:
    return np.random.RandomState(seed)


def _normal(
    sequence: np.random.RandomState,
    n_out: int,
    n_in: int,
    scale: float,
) -> torch.Tensor:
    """The next n_out x n_in numbers of a sequence, float32."""
    numbers = scale * sequence.randn(n_out, n_in)
    return torch.from_numpy(numbers).float()
