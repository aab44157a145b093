"""Verdicts on Fig. 5d."""

import pandas as pd
import pytest

from asyt.claims.measured import mnist_distortion as judge
from asyt.experiments import _sweep
from asyt.experiments.mnist import PRIMARY


@pytest.fixture
def swept(crossed):
    """AsyT at 95.8 %, two draws; in-silico BP loses 50 points from 0 to 1, 20 with noise."""
    draws = crossed(severity=(0.0, 1.0, 2.0), seed=(0, 1), epoch=[300]).assign(chip=0, fleet="one")
    asyt = [draws.assign(method="asyt", noise=noise, accuracy=0.958) for noise in ("none", PRIMARY)]
    tested = []
    for noise in _sweep.NOISES:
        lost = 0.2 if noise == PRIMARY else 0.5
        accuracy = 0.9 - lost * draws.severity.clip(upper=1)
        tested.append(draws.assign(method="insilico-bp", noise=noise, accuracy=accuracy))
    return pd.concat([*asyt, *tested], ignore_index=True)


def lowered(swept, noise, severity, accuracy):
    at = (swept.method == "asyt") & (swept.noise == noise) & (swept.severity == severity)
    return swept.assign(accuracy=swept.accuracy.mask(at, accuracy))


def test_a_bound_for_every_distortion_breaks_at_the_lowest(swept, fig5a):
    table = lowered(lowered(swept, PRIMARY, 1, 0.6), "none", 2, 0.93)
    bound, _ = judge.measure(table, fig5a(asyt=0.912))
    assert (bound.claim, bound.holds) == ("asyt-5d-asyt", False)
    assert (bound.measured, bound.n) == (pytest.approx(60), 2)
    assert "the lowest mean, at 1 sigma_phy, of those at 0, 1, 2" in bound.reading
    assert (
        "without noise the lowest mean up to 2 is 93.0 (93.0 to 93.0, n = 2), at 2" in bound.reading
    )
    assert bound.reading.endswith("with other noise, at 1: 10 dB power 91.2")


def test_the_bound_is_left_open_where_no_distortion_breaks_it(swept, fig5a):
    bound, _ = judge.measure(swept, fig5a())
    assert (bound.measured, bound.holds) == (None, None)
    assert "not below it at 0, 1, 2 sigma_phy" in bound.reading


def test_the_fall_of_insilico_is_that_under_the_noise_that_decides(swept, fig5a):
    _, fall = judge.measure(swept, fig5a())
    assert (fall.measured, fall.n) == (pytest.approx(20), 2)
    assert not fall.holds
    assert fall.reading.endswith("with other noise: none 50.0; 10 dB power 50.0")
