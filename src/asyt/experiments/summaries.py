"""What a table says, group by group: means with intervals, ranges of populations, the last epoch.

Accuracies are fractions in tables and percent here. Every summary has the columns `centre`, `low`,
`high` and `n`. This is the one place that knows that a single draw has no interval: its ends are
its centre.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from asyt import statistics

SPREAD = ["centre", "low", "high", "n"]


def final(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last epoch."""
    return table[table.epoch == table.epoch.max()]


def grid(
    table: pd.DataFrame, value: str = "accuracy", rows: str = "seed", columns: str | None = "chip"
) -> np.ndarray:
    """Values crossed over seeds (rows) and chips (columns), percent; one column without chips."""
    if columns is None:
        return 100 * table.sort_values(rows)[[value]].to_numpy()
    return 100 * table.pivot(index=rows, columns=columns, values=value).to_numpy()


def mean(values: np.ndarray, replicates: int = 10_000) -> dict[str, Any]:
    """Mean and 95 % interval of the crossed bootstrap, values (seeds, chips), in their unit."""
    found = statistics.crossed_bootstrap(values, n=replicates)
    ends = (found.low, found.high) if found.n > 1 else (found.mean, found.mean)
    return dict(zip(SPREAD, (found.mean, *ends, found.n), strict=True))


def spread(values: np.ndarray) -> dict[str, Any]:
    """Median and 5-95 % range of a population, in the unit of the values."""
    found = statistics.population(values)
    return dict(zip(SPREAD, (found.median, found.low, found.high, found.n), strict=True))


def interval(
    table: pd.DataFrame,
    by: Sequence[str],
    *,
    value: str = "accuracy",
    chips: str | None = "chip",
    replicates: int = 10_000,
) -> pd.DataFrame:
    """Mean and 95 % interval of each group, percent: seeds and chips resampled separately.

    Args:
        table: tidy rows with `seed`, the columns of `by`, `value` as a fraction, and `chips`.
        by: columns that make a group; groups keep the order in which they appear.
        value: the column that is averaged.
        chips: the column that numbers the chips; None where a seed has one chip.
        replicates: of the bootstrap.

    Returns:
        The columns of `by`, then centre, low, high, n.
    """
    rows = []
    for key, group in _groups(table, by):
        rows.append({**key, **mean(grid(group, value, columns=chips), replicates)})
    return pd.DataFrame(rows, columns=[*by, *SPREAD])


def population(table: pd.DataFrame, by: Sequence[str], *, value: str = "accuracy") -> pd.DataFrame:
    """Median and 5-95 % range of all values of each group, percent; arguments as of `interval`."""
    rows = []
    for key, group in _groups(table, by):
        rows.append({**key, **spread(100 * group[value].to_numpy())})
    return pd.DataFrame(rows, columns=[*by, *SPREAD])


def by_method(
    table: pd.DataFrame, by: Sequence[str], *, chips: str | None = "chip", replicates: int = 10_000
) -> pd.DataFrame:
    """Trained methods as `interval` has them; in-silico BP, which only tests, as `population`.

    Args:
        table: tidy rows with `method`, `seed`, `accuracy` (fraction), and `chips`.
        by: columns that make a group, `method` among them.
        chips: the column that numbers the chips; None where a seed has one chip.
        replicates: of the bootstrap.

    Returns:
        The columns of `by`, then centre, low, high, n, in percent.
    """
    rows = []
    for key, group in _groups(table, by):
        if key["method"] == "insilico-bp":
            rows.append({**key, **spread(100 * group.accuracy.to_numpy())})
        else:
            rows.append({**key, **mean(grid(group, columns=chips), replicates)})
    return pd.DataFrame(rows, columns=[*by, *SPREAD])


def _groups(
    table: pd.DataFrame, by: Sequence[str]
) -> Iterable[tuple[dict[str, Any], pd.DataFrame]]:
    for key, group in table.groupby(list(by), sort=False):
        yield dict(zip(by, key, strict=True)), group
