"""Devices with noise that nobody can repeat: alarms come as often as stated."""

import good
import pytest
import torch
from scipy.stats import binom

from asyt.errors import AsytError
from asyt.testing import ConformanceError, check_device, permutation
from asyt.testing.judges import Statistical

#: What a reading is made of: (generator, passes) -> (N, 2, 6).
NOISES = {
    "normal": lambda g, n: torch.randn(n, 2, 6, generator=g),
    "skewed": lambda g, n: torch.randn(n, 2, 6, generator=g).exp(),
    "counts": lambda g, n: torch.poisson(torch.full((n, 2, 6), 0.7), generator=g),
    "one gain for all": lambda g, n: 3 + torch.randn(n, 1, 1, generator=g).expand(n, 2, 6),
    "none": lambda _g, n: torch.ones(n, 2, 6),
}


@pytest.mark.parametrize("noise", NOISES)
def test_equal_means_are_told_apart_no_more_often_than_stated(noise):
    generator, level, tries = torch.Generator().manual_seed(3), 0.1, 300
    alarms = torch.zeros(2)
    for _ in range(tries):
        series = [NOISES[noise](generator, 10) for _ in range(2)]
        alarms += permutation.p_values(*series, level, generator) <= level
    assert alarms.max() <= binom.ppf(1 - 1e-4, tries, level)


@pytest.mark.parametrize("moved", [(0, slice(None)), (1, slice(0, 1))])
def test_means_apart_are_told_apart_in_their_group(moved):
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(20, 2, 30, generator=generator) for _ in range(2))
    second[:, moved[0], moved[1]] += 3.0 if moved[0] else 1.0
    p = permutation.p_values(first, second, 1e-4, generator)
    assert p[moved[0]] < 1e-4 < p[1 - moved[0]]


def test_rounding_is_no_difference():
    judge = Statistical(1e-4, 10, 0.01, lambda _moment: None)
    first = torch.ones(10, 1, 1, 3)
    assert judge.alike(first, first + 1e-5).agree
    assert not judge.alike(first, first + 1e-2).agree


def test_good_instruments_fail_as_often_as_stated():
    """Each alarm is false; 0.5 in all comparisons together, so that 40 instruments show it."""
    generator, rate, tries, alarms = torch.Generator().manual_seed(7), 0.5, 40, 0

    class Instrument(good.Real):
        def noise_like(self, y):
            return torch.randn(y.shape, generator=generator)

    for _ in range(tries):
        try:
            check_device(Instrument, repeatable=False, passes=10, false_alarms=rate, largest=8)
        except ConformanceError:
            alarms += 1
    assert binom.ppf(1e-4, tries, rate / 2) <= alarms <= binom.ppf(1 - 1e-4, tries, rate)


def test_a_usual_check_raises_no_alarm():
    assert "repeats" in check_device(good.Real, repeatable=False)


@pytest.mark.parametrize(
    "options", [{"passes": 9}, {"false_alarms": 0.0}, {"false_alarms": 1.0}, {"largest": 0}]
)
def test_arguments_that_cannot_be_used_are_refused(options):
    with pytest.raises(AsytError, match="give at least 10 passes"):
        check_device(good.Chips, **options)


def test_passes_that_can_raise_no_alarm_are_refused():
    with pytest.raises(AsytError, match="passes 10: too few for false_alarms 1e-05"):
        check_device(good.Real, repeatable=False, passes=10, false_alarms=1e-5)
