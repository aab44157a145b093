"""Intervals of means over seeds and devices, and ranges of populations.

Values that are missing, not finite or of another shape, and levels out of range, are a
`ResultError`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from asyt.errors import ResultError


@dataclass(frozen=True)
class Interval:
    """A mean of n values and its interval, in their unit."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Population:
    """The middle and the range of a population of n values, in their unit."""

    median: float
    low: float
    high: float
    mean: float
    n: int


def crossed_bootstrap(
    values: ArrayLike,
    n: int = 10_000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Mean and bootstrap interval of values crossed over seeds and devices.

    Each replicate resamples the seeds (rows) and, independently, the devices (columns), and takes
    the mean of the resampled table: the pigeonhole bootstrap of Owen, Ann. Appl. Stat. 1, 386
    (2007). Its quantiles, too narrow for a few rows or columns (80 % of such intervals from five
    values hold the truth), are stretched to Student's reach (`_stretch`). An axis of length 1
    carries no variation; a single value has no interval: low and high are NaN.

    Args:
        values: (seeds, devices), finite.
        n: number of replicates.
        seed: of the resampling.
        level: how often such an interval holds the truth.
    """
    table = _table(values, "values")
    if n < 1 or not 0 < level < 1:
        raise ResultError(f"n = {n}, level = {level}: use n >= 1 and a level between 0 and 1")
    mean = float(table.mean())
    if table.size == 1:
        return Interval(mean, np.nan, np.nan, 1)
    generator = np.random.default_rng(seed)
    rows, columns = table.shape
    by_row = _resampled(rows, n, generator)
    by_column = _resampled(columns, n, generator)
    means = ((by_row @ table) * by_column).sum(axis=1)
    tails = [(1 - level) / 2, (1 + level) / 2]
    reach = np.quantile(means, tails) - mean
    low, high = mean + _stretch(table, level) * reach
    return Interval(mean, float(low), float(high), table.size)


def _resampled(size: int, n: int, generator: np.random.Generator) -> np.ndarray:
    """How often each of `size` values is drawn, as a share, in each of n replicates."""
    alike = np.full(size, 1 / size)
    return generator.multinomial(size, alike, size=n) / size


def _stretch(values: np.ndarray, level: float) -> float:
    """Student's reach over the bootstrap's: t / z * sqrt(v / v_boot).

    v = s_r^2 / R + s_c^2 / C, from the variances of the R row and C column means; v_boot has them
    divided by R and C instead of R - 1 and C - 1; t has the degrees of freedom of a sum of two
    variances (Satterthwaite, Biometrics Bull. 2, 110 (1946)).
    """
    axes = [axis for axis, length in enumerate(values.shape) if length > 1]
    size = np.take(values.shape, axes)
    of_means = [values.mean(axis=1 - axis).var(ddof=1) for axis in axes]
    variance = np.array(of_means) / size
    if not variance.any():
        return 1.0
    share = variance / variance.max()
    freedom = share.sum() ** 2 / (share**2 / (size - 1)).sum()
    tail = (1 + level) / 2
    student = stdtrit(freedom, tail) / ndtri(tail)
    bootstrap = (share * (size - 1) / size).sum()
    return float(student * (share.sum() / bootstrap) ** 0.5)


def paired_difference(a: ArrayLike, b: ArrayLike, n: int = 10_000) -> Interval:
    """Mean and interval of a - b, paired by seed and device; see `crossed_bootstrap`.

    Both are (seeds, devices) in the same order, or one column where a method has no device.
    """
    one = _table(a, "a")
    other = _table(b, "b")
    has_one_column = 1 in (one.shape[1], other.shape[1])
    paired = one.shape == other.shape or has_one_column
    if len(one) != len(other) or not paired:
        raise ResultError(
            f"a has shape {one.shape} and b {other.shape}: pair values of the same seeds and "
            "devices"
        )
    return crossed_bootstrap(one - other, n)


def prediction(values: ArrayLike, level: float = 0.95) -> Interval:
    """Mean, and the interval of one more draw with probability `level`, were draws normal.

    Mean +- t s sqrt(1 + 1/n), s the standard deviation of the n values and t the quantile of
    Student's distribution with n - 1 degrees of freedom; n is at least two.
    """
    draws = _finite(values, "values").ravel()
    n = draws.size
    if n < 2 or not 0 < level < 1:
        raise ResultError(
            f"{n} values, level {level}: use at least two values and a level between 0 and 1"
        )
    mean = float(draws.mean())
    student = stdtrit(n - 1, (1 + level) / 2)
    deviation = draws.std(ddof=1)
    reach = float(student * deviation * (1 + 1 / n) ** 0.5)
    return Interval(mean, mean - reach, mean + reach, n)


def population(
    values: ArrayLike,
    low: float = 0.05,
    high: float = 0.95,
) -> Population:
    """Median, mean and the range between two quantiles (linear interpolation) of all values."""
    if not 0 <= low < high <= 1:
        raise ResultError(f"quantiles {low} and {high}: use 0 <= low < high <= 1")
    draws = _finite(values, "values")
    lowest, median, highest = np.quantile(draws, [low, 0.5, high])
    return Population(
        median=float(median),
        low=float(lowest),
        high=float(highest),
        mean=float(draws.mean()),
        n=draws.size,
    )


def _table(values: ArrayLike, name: str) -> np.ndarray:
    table = _finite(values, name)
    if table.ndim != 2:
        raise ResultError(f"{name} has shape {table.shape}: use (seeds, devices)")
    return table


def _finite(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise ResultError(f"{name} has shape {array.shape}: there is nothing to average")
    for index in np.argwhere(~np.isfinite(array)):
        raise ResultError(
            f"{name}{index.tolist()} is {array[tuple(index)]}: find out why, no run may be dropped"
        )
    return array
