"""The rare event by three ways, layers, and the angle between updates."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from asyt import breaking
from asyt.twins import Layer


@pytest.mark.parametrize("s", [0.1, 0.25, 0.6])
def test_formula_and_importance_sampling_agree_with_the_integral_of_the_density(s):
    tail = 2 * integrate.quad(stats.norm(0, s).pdf, 1, 1 + 20 * s**2 + s, epsabs=0)[0]
    mean, error = breaking.sampled(s, 50_000, seed=3)
    assert breaking.broken(s) == pytest.approx(tail, rel=1e-3)
    assert abs(mean - tail) < 4 * error
    assert error < 0.05 * tail


def test_a_layer_of_one_connection_breaks_half_as_often_as_the_two_sided_formula():
    share, exact = breaking.layers(0.6, 1, 50_000, seed=0)
    assert exact == pytest.approx(breaking.broken(0.6) / 2)
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact / 50_000))


def test_exact_probability_of_a_layer_is_what_counting_finds():
    share, exact = breaking.layers(1.2, 16, 50_000, seed=0)
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact / 50_000))


def test_an_update_at_right_angles_turns_asyt_by_45_degrees():
    digital = Layer(torch.tensor([[3.0, 0.0]]), torch.tensor([0.0]))
    pseudo = Layer(torch.tensor([[[0.0, 3.0]]]), torch.tensor([[0.0]]))
    asyt = Layer((digital.weight + pseudo.weight) / 2, (digital.bias + pseudo.bias) / 2)
    angle, ratio = breaking.turned(asyt, digital, (0.5, 0.5))
    assert (angle.item(), ratio.item()) == pytest.approx((45, 1))


def test_no_pseudo_update_turns_asyt_further_than_the_bound():
    d, p = np.random.default_rng(0).standard_normal((2, 5000, 3))
    length = np.linalg.norm(d, axis=1)
    cosine = ((d + p) * d).sum(1) / (np.linalg.norm(d + p, axis=1) * length)
    angle = np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))
    bound = breaking.largest(np.linalg.norm(p, axis=1) / length)
    assert (angle <= bound + 1e-6).all()
    assert (angle > 0.95 * bound).any()
