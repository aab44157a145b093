"""What runs found, in a few rows: accuracy a method with its interval, whatever the experiment."""

from typing import Any

import numpy as np
import pandas as pd

from asyt.experiments import summaries

#: Columns that number draws, or that a finding is taken at, and so make no group.
DRAWS = (
    "seed",
    "chip",
    "trajectory",
    "epoch",
    "split",
    "accuracy",
    "value",
    "quantity",
    "count",
)


#: Columns that make the groups of a table without accuracies.
GROUPS = ("quantity", "method", "source", "scheme")


def findings(table: pd.DataFrame) -> pd.DataFrame:
    """The accuracies of a table of runs, `experiments.joined`, after their last epoch.

    Returns:
        A row a method and whatever else differs: mean and 95 % interval over seeds and chips where
        both are crossed, else median and 5-95 % range. Without accuracies, the median of each
        quantity; else the table.
    """
    if "quantity" in table and "accuracy" in set(table.quantity):
        table = table[table.quantity == "accuracy"]
        table = table.rename(columns={"value": "accuracy"})
    if "accuracy" in table and "method" in table:
        return _accuracies(table)
    if {"quantity", "value"} <= set(table):
        keys = [name for name in GROUPS if name in table]
        medians = table.groupby(keys, sort=False).value.median()
        return medians.reset_index()
    return table


def _accuracies(table: pd.DataFrame) -> pd.DataFrame:
    if "count" in table:  # equal draws share a row
        table = table.loc[table.index.repeat(table["count"])]
    if "split" in table:
        table = table[table.split == "test"]
    keys = ["method"]
    for name in table:
        if name != "method" and name not in DRAWS and table[name].nunique() > 1:
            keys.append(name)
    rows = []
    for key, group in table.groupby(keys, sort=False, dropna=False):
        last = summaries.final(group) if "epoch" in group else group
        row = dict(zip(keys, key, strict=True))
        rows.append({**row, **_spread(last)})
    return pd.DataFrame(rows)


def _spread(rows: pd.DataFrame) -> dict[str, Any]:
    """Of one group: percent, as text."""
    crossed = _crossed(rows)
    if crossed is None or rows.method.iloc[0] == "insilico-bp":
        kind = "median, 5-95 %"
        percent = summaries.spread(100 * rows.accuracy.to_numpy())
    else:
        kind = "mean, 95 % interval"
        percent = summaries.mean(100 * crossed, 2000)
    if percent["n"] == 1:
        kind = "one draw"
    return {
        "accuracy (%)": f"{percent['centre']:.2f}",
        "range (%)": f"{percent['low']:.2f} to {percent['high']:.2f}",
        "n": percent["n"],
        "what": kind,
    }


def _crossed(rows: pd.DataFrame) -> np.ndarray | None:
    """Accuracies (seeds, chips), or None where not every chip has every seed once."""
    for name in ("seed", "chip"):
        if name not in rows:
            rows = rows.assign(**{name: 0})
    if rows.duplicated(["seed", "chip"]).any():
        return None
    grid = rows.pivot(index="seed", columns="chip", values="accuracy").to_numpy()
    if np.isnan(grid).any():
        return None
    return grid
