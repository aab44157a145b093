"""How likely distortion breaks the alignment, and how far AsyT turns an update (AsyT, Methods).

With a distortion P of standard deviation s, in units of the tunable range, one connection becomes
(1 + P) W. Beyond the whole range, |P| > 1, the paper counts the alignment as broken.
"""

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc, ndtr
from torch import Tensor

from asyt import streams
from asyt.twins import Layer


def broken(distortion: float) -> float:
    """P(|P_sys| > 1) of one connection, P_sys ~ N(0, s^2): erfc(1 / (s sqrt 2))."""
    return float(erfc(1 / (distortion * np.sqrt(2))))


def sampled(distortion: float, draws: int, seed: int) -> tuple[float, float]:
    """The same by sampling the rare event where it happens: mean and standard error.

    P(|P| > 1) = 2 E_q[1{x > 1} p(x) / q(x)], q = N(1, s^2), p / q = exp((1 - 2 x) / (2 s^2)).
    """
    generator = streams.generator("fabrication", seed, 0, 0, 0)
    x = 1 + distortion * generator.standard_normal(draws)
    ratio = np.exp((1 - 2 * x) / (2 * distortion**2))
    weight = np.where(x > 1, 2 * ratio, 0.0)
    error = weight.std(ddof=1) / np.sqrt(draws)
    return float(weight.mean()), float(error)


def layers(
    distortion: float,
    connections: int,
    draws: int,
    seed: int,
) -> tuple[float, float]:
    """The share of random layers W whose devices (1 + P) W point away from them, cos(beta) < 0.

    cos(beta) has the sign of sum W^2 (1 + P), which is normal given W; the mean of that exact
    probability, Phi(-sum W^2 / (s sqrt(sum W^4))), is the second number.
    """
    shape = (draws, connections)
    initial = streams.generator("initial", seed, 0, 0)
    fabrication = streams.generator("fabrication", seed, 1, 0, 0)
    power = initial.standard_normal(shape) ** 2
    error = distortion * fabrication.standard_normal(shape)
    product = (power * (1 + error)).sum(1)
    away = product < 0
    mean = power.sum(1)
    deviation = distortion * np.sqrt((power**2).sum(1))
    exact = ndtr(-mean / deviation)
    return float(away.mean()), float(exact.mean())


def turned(
    asyt: Layer,
    digital: Layer,
    mixing: tuple[float, float],
) -> tuple[Tensor, Tensor]:
    """How far the AsyT update of a layer is turned from the digital one, (C,), in degrees.

    And the magnitude of the pseudo over that of the digital update, (C,): Eq. 3 solved for the
    pseudo update, from the updates of each chip and of the digital model, and (M1, M2).
    """
    m1, m2 = mixing
    mixed = _flat(asyt)
    ideal = _flat(digital)
    pseudo = (mixed - m1 * ideal) / m2
    length = ideal.norm(dim=-1)
    product = (mixed * ideal).sum(-1)
    cosine = product / (mixed.norm(dim=-1) * length)
    angle = cosine.clamp(-1, 1).acos().rad2deg()
    return angle, pseudo.norm(dim=-1) / length


def _flat(layer: Layer) -> Tensor:
    """Weights and biases of a layer as one vector, float64."""
    weight, bias = layer.tensors()
    vector = torch.cat([weight.flatten(-2), bias], -1)
    return vector.double()


def largest(ratio: ArrayLike) -> NDArray[np.floating]:
    """The largest angle between d and d + p, degrees, over all p of magnitude r |d|: arcsin(r)."""
    ratio = np.asarray(ratio)
    sine = np.clip(ratio, 0, 1)
    angle = np.rad2deg(np.arcsin(sine))
    return np.where(ratio < 1, angle, 180.0)
