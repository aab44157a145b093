"""Intervals of means over seeds and devices, and ranges of populations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from asyt.errors import ResultError


@dataclass(frozen=True)
class Interval:
    """A mean and its interval, in the unit of the values; n is the number of values."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Population:
    """The middle and the range of a population, in the unit of the values; n is its size."""

    median: float
    low: float
    high: float
    mean: float
    n: int


def crossed_bootstrap(
    values: ArrayLike, n: int = 10_000, seed: int = 0, level: float = 0.95
) -> Interval:
    """Mean and bootstrap interval of values crossed over seeds and devices.

    Each replicate resamples the seeds (rows) and, independently, the devices (columns), and takes
    the mean of the resampled table: the pigeonhole bootstrap of Owen, Ann. Appl. Stat. 1, 386
    (2007), slightly too wide where neither axis matters. Its quantiles are those of a normal
    distribution with the variance of what was seen, too narrow for a few rows or columns: 80 % of
    such intervals from five values hold the truth. So their distances from the mean are stretched
    to Student's reach (`_stretch`), beyond the values seen if need be.

    An axis of length 1 carries no variation: the interval then speaks of the other axis alone. A
    single value has no interval: low and high are NaN.

    Args:
        values: (seeds, devices), finite.
        n: number of replicates.
        seed: of the resampling.
        level: how often such an interval holds the truth, between 0 and 1.

    Raises:
        ResultError: values are not a finite, non-empty table, or n or level is out of range.
    """
    values = _table(values, "values")
    if n < 1 or not 0 < level < 1:
        raise ResultError(f"n = {n}, level = {level}: use n >= 1 and a level between 0 and 1")
    mean = float(values.mean())
    if values.size == 1:
        return Interval(mean, float("nan"), float("nan"), 1)
    generator = np.random.default_rng(seed)
    weights = [
        generator.multinomial(size, np.full(size, 1 / size), size=n) / size for size in values.shape
    ]
    # a replicate is the table's mean with resampled rows and columns weighted by how often they
    # were drawn
    means = ((weights[0] @ values) * weights[1]).sum(axis=1)
    low, high = mean + _stretch(values, level) * (
        np.quantile(means, [(1 - level) / 2, (1 + level) / 2]) - mean
    )
    return Interval(mean, float(low), float(high), values.size)


def _stretch(values: np.ndarray, level: float) -> float:
    """Student's reach over the bootstrap's: t / z * sqrt(v / v_boot).

    v = s_r^2 / R + s_c^2 / C, from the variances of the R row and C column means; v_boot has them
    divided by R and C instead of R - 1 and C - 1; t has the degrees of freedom of a sum of two
    variances (Satterthwaite, Biometrics Bull. 2, 110 (1946)). For one axis the stretched interval
    is, but for its skewness, the mean +- t s / sqrt(n).
    """
    size = np.array([length for length in values.shape if length > 1])
    means = [values.mean(axis=1 - axis) for axis, length in enumerate(values.shape) if length > 1]
    variance = np.array([one.var(ddof=1) for one in means]) / size
    if not variance.any():
        return 1.0
    share = variance / variance.max()
    freedom = share.sum() ** 2 / (share**2 / (size - 1)).sum()
    student = stdtrit(freedom, (1 + level) / 2) / ndtri((1 + level) / 2)
    return float(student * (share.sum() / (share * (size - 1) / size).sum()) ** 0.5)


def paired_difference(
    a: ArrayLike, b: ArrayLike, n: int = 10_000, seed: int = 0, level: float = 0.95
) -> Interval:
    """Mean and interval of a - b, paired by seed and device; see `crossed_bootstrap`.

    Args:
        a: (seeds, devices), or one column where the method has no device.
        b: as `a`, the same seeds and devices in the same order.
        n: number of replicates.
        seed: of the resampling.
        level: share of the replicates inside the interval, between 0 and 1.

    Raises:
        ResultError: a and b have different seeds or devices, or see `crossed_bootstrap`.
    """
    a, b = _table(a, "a"), _table(b, "b")
    if len(a) != len(b) or (a.shape != b.shape and 1 not in (a.shape[1], b.shape[1])):
        raise ResultError(
            f"a has shape {a.shape} and b {b.shape}: pair values of the same seeds and devices"
        )
    return crossed_bootstrap(a - b, n=n, seed=seed, level=level)


def prediction(values: ArrayLike, level: float = 0.95) -> Interval:
    """Mean, and the interval that one more draw falls into with probability `level`, were draws normal.

    Mean +- t s sqrt(1 + 1/n), s the standard deviation of the n values and t the quantile of
    Student's distribution with n - 1 degrees of freedom.

    Args:
        values: (n,), n at least 2, finite.
        level: between 0 and 1.

    Raises:
        ResultError: fewer than two values, values that are not finite, or a level out of range.
    """
    values = _finite(values, "values").ravel()
    if values.size < 2 or not 0 < level < 1:
        raise ResultError(
            f"{values.size} values, level {level}: use at least two values and a level between 0 "
            "and 1"
        )
    mean, n = float(values.mean()), values.size
    reach = float(stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) * (1 + 1 / n) ** 0.5)
    return Interval(mean, mean - reach, mean + reach, n)


def population(values: ArrayLike, low: float = 0.05, high: float = 0.95) -> Population:
    """Median, mean and the range between two quantiles (linear interpolation) of all values.

    Args:
        values: any shape, finite.
        low: lower quantile.
        high: upper quantile.

    Raises:
        ResultError: no values, values that are not finite, or quantiles out of order.
    """
    if not 0 <= low < high <= 1:
        raise ResultError(f"quantiles {low} and {high}: use 0 <= low < high <= 1")
    values = _finite(values, "values")
    lowest, median, highest = (float(value) for value in np.quantile(values, [low, 0.5, high]))
    return Population(median, lowest, highest, float(values.mean()), values.size)


def _table(values: ArrayLike, name: str) -> np.ndarray:
    values = _finite(values, name)
    if values.ndim != 2:
        raise ResultError(f"{name} has shape {values.shape}: use (seeds, devices)")
    return values


def _finite(values: ArrayLike, name: str) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    if values.size == 0:
        raise ResultError(f"{name} has shape {values.shape}: there is nothing to average")
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        raise ResultError(
            f"{name}{bad[0].tolist()} is {values[tuple(bad[0])]}: find out why, no run may be "
            "dropped"
        )
    return values
