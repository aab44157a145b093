"""What the tables of `runs` say: draws, series, leads, confusion, and the reading that decides."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asyt.errors import ResultError
from asyt.experiments import summaries

#: A population in words.
RANGE = "{centre:.0f} ({low:.0f} to {high:.0f})"
Draws = NDArray[np.floating]
CONFUSION = re.compile(r"confusion (?P<true>\d+)-(?P<said>\d+)")


def select(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The rows whose columns have these values.

    Raises:
        ResultError: if there are none.
    """
    found = table
    for name, value in wanted.items():
        found = found[found[name] == value]
    if found.empty:
        raise ResultError(f"the table has no row with {wanted}.")
    return found


def draws(table: pd.DataFrame, method: str, split: str) -> Draws:
    """Final accuracies in percent, one a draw (trajectory and chip)."""
    rows = select(table, quantity="accuracy", method=method, split=split)
    value, count = rows.value.to_numpy(), rows["count"].to_numpy()
    return 100 * np.repeat(value, count)


def ideal(table: pd.DataFrame, split: str, encoding: str) -> Draws:
    """Ideal BP over its own, larger set of splits and initial values, in percent."""
    alone = select(table, runs="ideal BP only", encoding=encoding)
    return draws(alone, "ideal-bp", split)


def primary(table: pd.DataFrame, reported: float) -> str:
    """The encoding whose median ideal BP (training) is nearest to the reported one: it decides.

    No chip has a say in the choice.
    """

    def distance(encoding: str) -> float:
        median = np.median(ideal(table, "train", encoding))
        return float(abs(median - reported))

    return min(table.encoding.unique(), key=distance)


def deciding(table: pd.DataFrame, reported: float) -> pd.DataFrame:
    """The chips of the encoding that decides, without headroom, at every estimation profile."""
    encoding = primary(table, reported)
    return select(table, encoding=encoding, runs="chips", headroom=1.0)


def main(table: pd.DataFrame, reported: float) -> pd.DataFrame:
    """The rows that are judged: of `deciding`, the main fleets, under the paper's profile."""
    return select(deciding(table, reported), part="main", profile="eq4")


def series(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Median and 5-95 % range of a quantity at every stop: epoch, centre, low, high, n.

    Args:
        table: rows of one fleet, split and layer.
        quantity: accuracy, angle or magnitude, in the unit of the table.
    """
    names = {
        f"{quantity} median": "centre",
        f"{quantity} low": "low",
        f"{quantity} high": "high",
    }
    rows = table[table.quantity.isin(names)]
    wide = rows.pivot(
        index=["epoch", "count"],
        columns="quantity",
        values="value",
    )
    found = wide.rename(columns=names).reset_index()
    found = found.rename(columns={"count": "n"})
    return found[["epoch", *summaries.SPREAD]]


def lead(table: pd.DataFrame, method: str, other: str) -> dict[str, Any]:
    """Mean training accuracy above that of another method on the same chips, points, 95 %."""
    rows = select(table, method=method, split="train").set_index("quantity")
    name = f"lead over {other}"
    return {
        "centre": 100 * rows.value[f"{name} mean"],
        "low": 100 * rows.value[f"{name} low"],
        "high": 100 * rows.value[f"{name} high"],
        "n": int(rows["count"][f"{name} mean"]),
    }


def confusion(table: pd.DataFrame) -> NDArray[np.floating]:
    """Mean confusion matrix of the chips under AsyT on test data, (true, said), percent."""
    rows = select(table, method="asyt")
    cells = rows.quantity.str.extract(CONFUSION)
    cells = cells.dropna().astype(int)
    share = 100 * rows.value[cells.index]
    matrix = np.full(cells.max().to_numpy() + 1, np.nan)
    matrix[cells.true, cells.said] = share
    return matrix


def readings(table: pd.DataFrame) -> pd.DataFrame:
    """Every population of a table, and its final accuracies: median and 5-95 % range."""
    rows = []
    finals = select(table, quantity="accuracy", runs="chips")
    keys = ["encoding", "method", "profile", "headroom"]
    for key, fleet in finals.groupby(keys, sort=False):
        about = dict(zip(keys, key, strict=True))
        train, test = (
            summaries.spread(draws(fleet, about["method"], split)) for split in ("train", "test")
        )
        rows.append(
            {
                **about,
                "headroom": f"{about['headroom']:g}",
                "train (%)": RANGE.format(**train),
                "test (%)": RANGE.format(**test),
                "n": test["n"],
            }
        )
    return pd.DataFrame(rows)
