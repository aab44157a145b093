"""What the tables of `runs` say: draws, series, leads, confusion, and what is drawn of them."""

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
    rows = table
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    if rows.empty:
        raise ResultError(f"the table has no row with {wanted}.")
    return rows


def draws(table: pd.DataFrame, method: str, split: str) -> Draws:
    """Final accuracies in percent, one a draw (trajectory and chip)."""
    rows = select(table, quantity="accuracy", method=method, split=split)
    accuracies = rows.value.to_numpy()
    chips = rows["count"].to_numpy()
    return 100 * np.repeat(accuracies, chips)


def ends(
    table: pd.DataFrame,
    split: str,
    by: str = "method",
) -> pd.DataFrame:
    """Final accuracies, percent, a row a value of a column: centre (the median), low, high, n.

    Raises:
        ResultError: the table has no accuracy on this split, or rows of two methods at one value.
    """
    spreads = {}
    rows = select(table, quantity="accuracy", split=split)
    for name, group in rows.groupby(by, sort=False):
        methods = group.method.unique()
        if len(methods) > 1:
            raise ResultError(f"{by} {name} has rows of {', '.join(methods)}: select one of them.")
        spreads[name] = summaries.spread(draws(group, methods[0], split))
    return pd.DataFrame(spreads).T


def ideal(table: pd.DataFrame, split: str, encoding: str) -> Draws:
    """Ideal BP over its own, larger set of splits and initial values, in percent."""
    alone = select(table, runs="ideal BP only", encoding=encoding)
    return draws(alone, "ideal-bp", split)


def primary(table: pd.DataFrame, reported: float) -> str:
    """The encoding whose median ideal BP (training) is nearest to the reported one: it is drawn.

    No chip has a say in the choice.
    """
    encodings = table.encoding.unique()
    distances = []
    for encoding in encodings:
        median = np.median(ideal(table, "train", encoding))
        distances.append(abs(median - reported))
    return encodings[np.argmin(distances)]


def drawn(table: pd.DataFrame, reported: float) -> pd.DataFrame:
    """The chips of the encoding that is drawn, without headroom, at every estimation profile."""
    return select(
        table,
        encoding=primary(table, reported),
        runs="chips",
        headroom=1.0,
    )


def main(table: pd.DataFrame, reported: float) -> pd.DataFrame:
    """The rows that are drawn: of `drawn`, the main fleets, under the paper's profile."""
    return select(drawn(table, reported), part="main", profile="eq4")


def series(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Median and 5-95 % range of a quantity at every stop: epoch, centre, low, high, n.

    The table has the rows of one fleet, split and layer; accuracies, angles or magnitudes stay in
    its unit.
    """
    names = {
        f"{quantity} median": "centre",
        f"{quantity} low": "low",
        f"{quantity} high": "high",
    }
    rows = table[table.quantity.isin(names)]
    wide = rows.pivot(index=["epoch", "count"], columns="quantity", values="value")
    wide = wide.reset_index()
    wide = wide.rename(columns={**names, "count": "n"})
    return wide[["epoch", *summaries.SPREAD]]


def lead(
    table: pd.DataFrame,
    method: str,
    other: str,
) -> dict[str, Any]:
    """Mean training accuracy above that of another method on the same chips, points, 95 %."""
    names = [f"lead over {other} {end}" for end in ("mean", "low", "high")]
    rows = select(table, method=method, split="train").set_index("quantity")
    rows = rows.loc[names]
    centre, low, high = 100 * rows.value
    return {
        "centre": centre,
        "low": low,
        "high": high,
        "n": int(rows["count"].iloc[0]),
    }


def lead_of_trajectories(
    table: pd.DataFrame,
    method: str,
    others: pd.DataFrame,
    other: str,
) -> dict[str, Any]:
    """As `lead`, of methods from two tables: means over chips, paired by trajectory."""
    ours = _trajectories(table, method)
    theirs = _trajectories(others, other)
    lead = ours - theirs.loc[ours.index]
    return summaries.mean(lead.to_numpy()[:, None])


def _trajectories(table: pd.DataFrame, method: str) -> pd.Series:
    """Mean final training accuracy of the chips on each trajectory, percent."""
    rows = select(table, quantity="accuracy", method=method, split="train")
    rows = rows.assign(total=100 * rows.value * rows["count"])
    trajectories = rows.groupby("trajectory")
    return trajectories.total.sum() / trajectories["count"].sum()


def confusion(table: pd.DataFrame) -> NDArray[np.floating]:
    """Mean confusion matrix of the chips under AsyT on test data, (true, said), percent."""
    rows = select(table, method="asyt")
    cells = rows.quantity.str.extract(CONFUSION).dropna().astype(int)
    shape = cells.max().to_numpy() + 1
    matrix = np.full(shape, np.nan)
    matrix[cells.true, cells.said] = 100 * rows.value[cells.index]
    return matrix


def readings(table: pd.DataFrame) -> pd.DataFrame:
    """Every population of a table, and its final accuracies: median and 5-95 % range.

    The parts of an encoding share their digital models, which count once.
    """
    rows = []
    finals = select(table, quantity="accuracy", runs="chips")
    finals = finals[(finals.method != "ideal-bp") | (finals.part == "main")]
    keys = ["encoding", "method", "profile", "headroom"]
    for key, fleet in finals.groupby(keys, sort=False):
        encoding, method, profile, headroom = key
        train = summaries.spread(draws(fleet, method, "train"))
        test = summaries.spread(draws(fleet, method, "test"))
        row = {
            "encoding": encoding,
            "method": method,
            "profile": profile,
            "headroom": f"{headroom:g}",
            "train (%)": RANGE.format(**train),
            "test (%)": RANGE.format(**test),
            "n": test["n"],
        }
        rows.append(row)
    return pd.DataFrame(rows)
