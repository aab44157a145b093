"""What a table says, group by group: means with intervals, ranges of populations, the last epoch.

Accuracies are fractions in tables and percent here. Only this module knows that a single draw has
no interval: its ends are its centre.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from asyt import statistics

#: The columns of every summary.
SPREAD = ["centre", "low", "high", "n"]


def final(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last epoch."""
    last = table.epoch.max()
    return table[table.epoch == last]


def grid(
    table: pd.DataFrame,
    value: str = "accuracy",
    rows: str = "seed",
    columns: str | None = "chip",
) -> np.ndarray:
    """Values crossed over seeds (rows) and chips (columns), percent; one column without chips."""
    if columns is None:
        crossed = table.sort_values(rows)[[value]]
    else:
        crossed = table.pivot(
            index=rows,
            columns=columns,
            values=value,
        )
    return 100 * crossed.to_numpy()


def mean(values: np.ndarray, replicates: int = 10_000) -> dict[str, Any]:
    """Mean and 95 % interval of the crossed bootstrap, values (seeds, chips), in their unit."""
    found = statistics.crossed_bootstrap(values, n=replicates)
    low = found.low
    high = found.high
    if found.n == 1:
        low = found.mean
        high = found.mean
    return {
        "centre": found.mean,
        "low": low,
        "high": high,
        "n": found.n,
    }


def spread(values: np.ndarray) -> dict[str, Any]:
    """Median and 5-95 % range of a population, in the unit of the values."""
    draws = statistics.population(values)
    return {
        "centre": draws.median,
        "low": draws.low,
        "high": draws.high,
        "n": draws.n,
    }


def each(
    table: pd.DataFrame,
    by: Sequence[str],
    summary: Callable[[pd.DataFrame], dict[str, Any]],
) -> pd.DataFrame:
    """The columns of `by`, then the summary of each group, in the order of their appearance."""
    rows = []
    for key, group in table.groupby(list(by), sort=False):
        values = summary(group).values()
        rows.append([*key, *values])
    return pd.DataFrame(rows, columns=[*by, *SPREAD])


def interval(
    table: pd.DataFrame,
    by: Sequence[str],
    *,
    value: str = "accuracy",
    chips: str | None = "chip",
    replicates: int = 10_000,
) -> pd.DataFrame:
    """`mean` of each group, percent: seeds and chips resampled separately.

    The columns `by` make a group; `value` is a fraction, and `chips` the column that numbers the
    chips, None where a seed has one.
    """

    def summary(group: pd.DataFrame) -> dict[str, Any]:
        crossed = grid(group, value, columns=chips)
        return mean(crossed, replicates)

    return each(table, by, summary)


def population(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """`spread` of all accuracies of each group, percent."""

    def summary(group: pd.DataFrame) -> dict[str, Any]:
        percent = 100 * group.accuracy.to_numpy()
        return spread(percent)

    return each(table, by, summary)


def by_method(
    table: pd.DataFrame,
    by: Sequence[str],
    *,
    chips: str | None = "chip",
    replicates: int = 10_000,
) -> pd.DataFrame:
    """Trained methods as `interval` has them; in-silico BP, which only tests, as `population`."""

    def summary(group: pd.DataFrame) -> dict[str, Any]:
        method = group.method.iloc[0]
        if method == "insilico-bp":
            return spread(100 * group.accuracy.to_numpy())
        return mean(grid(group, columns=chips), replicates)

    return each(table, by, summary)
