"""Intervals and ranges: properties, a model with known truth, and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from asyt.errors import ResultError
from asyt.statistics import crossed_bootstrap, paired_difference, population, prediction

TABLES = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.floats(-100, 100),
)


def limits(interval):
    return np.array([interval.low, interval.high])


@given(TABLES)
@settings(max_examples=50, deadline=None)
def test_interval_contains_the_mean(values):
    interval = crossed_bootstrap(values, n=500)
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low - 1e-9 <= interval.mean <= interval.high + 1e-9
    assert interval.n == values.size


@given(TABLES, st.floats(-50, 50), st.floats(0.1, 10))
@settings(max_examples=50, deadline=None)
def test_interval_follows_shift_and_scale(values, shift, scale):
    expected = shift + scale * limits(crossed_bootstrap(values, n=200))
    assert limits(crossed_bootstrap(shift + scale * values, n=200)) == pytest.approx(
        expected, abs=1e-9
    )


@given(TABLES)
@settings(max_examples=25, deadline=None)
def test_interval_turns_with_the_sign(values):
    expected = -limits(crossed_bootstrap(values, n=200))[::-1]
    assert limits(crossed_bootstrap(-values, n=200)) == pytest.approx(expected, abs=1e-9)


def test_interval_depends_on_nothing_but_values_and_seed():
    values = np.random.default_rng(0).normal(size=(5, 7))
    assert crossed_bootstrap(values, n=100) == crossed_bootstrap(values.tolist(), n=100)
    assert crossed_bootstrap(values, n=100) != crossed_bootstrap(values, n=100, seed=1)


def test_replicates_equal_those_of_a_plain_loop():
    """The mean over indices drawn one by one has the same quantiles but for their stretch."""
    values = np.random.default_rng(1).normal(size=(6, 8))
    generator = np.random.default_rng(2)
    means = [
        values[np.ix_(generator.integers(6, size=6), generator.integers(8, size=8))].mean()
        for _ in range(10_000)
    ]
    interval = crossed_bootstrap(values)
    expected = np.quantile(means, [0.025, 0.975]) - values.mean()
    rows, columns = (values.mean(axis=axis).var(ddof=1) / n for axis, n in ((1, 6), (0, 8)))
    student = stats.t.ppf(
        0.975, (rows + columns) ** 2 / (rows**2 / 5 + columns**2 / 7)
    ) / stats.norm.ppf(0.975)
    stretch = student * ((rows + columns) / (rows * 5 / 6 + columns * 7 / 8)) ** 0.5
    assert limits(interval) - values.mean() == pytest.approx(stretch * expected, rel=0.05)


@pytest.mark.parametrize("count", [5, 40])
def test_interval_of_one_axis_has_students_reach(count):
    values = np.random.default_rng(3).normal(size=count)
    reference = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    for table in (values[:, None], values[None, :]):
        interval = crossed_bootstrap(table)
        assert interval.high - interval.low == pytest.approx(reference[1] - reference[0], rel=0.1)


def test_interval_of_one_axis_leans_as_the_bootstrap_does():
    values = np.random.default_rng(3).exponential(size=40)
    reference = stats.bootstrap((values,), np.mean, method="percentile", rng=4).confidence_interval
    interval = crossed_bootstrap(values[:, None])
    lean = [
        (high - values.mean()) / (values.mean() - low)
        for low, high in (limits(interval), reference)
    ]
    assert lean[0] == pytest.approx(lean[1], rel=0.1) and lean[0] > 1.05


@pytest.mark.parametrize(
    ("shape", "seeds", "devices", "rest"),
    [
        ((3, 1), 1, 0, 0),
        ((5, 1), 1, 0, 0),
        ((3, 5), 1, 0.7, 0.5),
        ((3, 5), 0.2, 1, 0.5),
        ((2, 50), 0.3, 1, 1),
    ],
)
def test_coverage_with_the_few_draws_that_this_book_has(shape, seeds, devices, rest):
    generator = np.random.default_rng(5)
    hits = 0
    for _ in range(500):
        by_seed, by_device = (
            seeds * generator.normal(size=(shape[0], 1)),
            devices * generator.normal(size=shape[1]),
        )
        interval = crossed_bootstrap(
            by_seed + by_device + rest * generator.normal(size=shape), n=500
        )
        hits += interval.low <= 0 <= interval.high
    assert 0.91 <= hits / 500 <= 0.99


def test_coverage_on_a_crossed_normal_model():
    """Seed, device and residual effects of known size around 0: about 95 % of intervals hold it."""
    generator = np.random.default_rng(5)
    hits, naive_hits = 0, 0
    for _ in range(300):
        seeds, devices = generator.normal(size=(15, 1)), 0.7 * generator.normal(size=(1, 20))
        values = seeds + devices + 0.5 * generator.normal(size=(15, 20))
        interval = crossed_bootstrap(values, n=500)
        naive = crossed_bootstrap(values.reshape(-1, 1), n=500)
        hits += interval.low <= 0 <= interval.high
        naive_hits += naive.low <= 0 <= naive.high
    assert 0.90 <= hits / 300 <= 0.99
    assert naive_hits / 300 < 0.6, "resampling 300 values as if independent must be far too narrow"


def test_higher_level_is_wider():
    values = np.random.default_rng(6).normal(size=(5, 5))
    narrow, wide = crossed_bootstrap(values, level=0.5), crossed_bootstrap(values, level=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_one_value_has_no_interval():
    interval = crossed_bootstrap([[3.0]])
    assert (interval.mean, interval.n) == (3.0, 1)
    assert np.isnan(limits(interval)).all()


def test_pairing_removes_what_both_share():
    generator = np.random.default_rng(7)
    shared = 10 * generator.normal(size=(6, 9))
    a, b = shared + 1, shared + 0.01 * generator.normal(size=(6, 9))
    difference = paired_difference(a, b)
    assert difference.mean == pytest.approx((a - b).mean())
    assert limits(difference) == pytest.approx([1, 1], abs=0.02)


def test_a_method_without_devices_is_paired_by_seed():
    a, b = np.arange(12.0).reshape(3, 4), np.array([[0.0], [4.0], [8.0]])
    assert paired_difference(a, b, n=100) == crossed_bootstrap(a - b, n=100)


def test_population_is_median_and_range():
    found = population(np.arange(101.0).reshape(1, 101))
    assert (found.median, found.low, found.high, found.mean, found.n) == (50, 5, 95, 50, 101)


@given(TABLES, st.floats(0, 0.4))
def test_population_contains_its_share(values, tail):
    found = population(values, tail, 1 - tail)
    inside = np.mean((values >= found.low - 1e-9) & (values <= found.high + 1e-9))
    assert inside >= 1 - 2 * tail - 2 / values.size
    assert found.low <= found.median <= found.high


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: crossed_bootstrap([1.0, 2.0]), r"shape \(2,\): use \(seeds, devices\)"),
        (lambda: crossed_bootstrap(np.empty((0, 3))), r"shape \(0, 3\)"),
        (lambda: crossed_bootstrap([[1.0, float("nan")]]), r"values\[0, 1\] is nan"),
        (lambda: crossed_bootstrap([[1.0, 2.0]], level=95), "level = 95"),
        (lambda: crossed_bootstrap([[1.0, 2.0]], n=0), "n = 0"),
        (lambda: paired_difference(np.ones((2, 3)), np.ones((3, 3))), r"\(2, 3\) and b \(3, 3\)"),
        (lambda: paired_difference(np.ones((2, 3)), np.ones((2, 4))), r"\(2, 3\) and b \(2, 4\)"),
        (lambda: population([]), "nothing to average"),
        (lambda: population([1.0, float("inf")]), r"values\[1\] is inf"),
        (lambda: population([1.0], 0.95, 0.05), "0.95 and 0.05"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ResultError, match=named):
        call()


def test_prediction_interval_holds_the_next_draw_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(3.0, 2.0, (4000, 6))
    intervals = [prediction(row[:5]) for row in draws]
    inside = [
        found.low <= row[5] <= found.high for found, row in zip(intervals, draws, strict=True)
    ]
    assert np.mean(inside) == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 4000) ** 0.5)
    assert intervals[0].n == 5 and intervals[0].mean == pytest.approx(draws[0, :5].mean())


@pytest.mark.parametrize("values", [[1.0], [], [1.0, float("nan")]])
def test_prediction_from_too_little_is_refused(values):
    with pytest.raises(ResultError):
        prediction(values)
