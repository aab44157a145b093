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
    found = table
    for name, value in wanted.items():
        found = found[found[name] == value]
    if found.empty:
        raise ResultError(f"the table has no row with {wanted}.")
    return found


def draws(table: pd.DataFrame, method: str, split: str) -> Draws:
    """Final accuracies in percent, one a draw (trajectory and chip)."""
    rows = select(table, quantity="accuracy", method=method, split=split)
    return 100 * np.repeat(rows.value.to_numpy(), rows["count"].to_numpy())


def ends(table: pd.DataFrame, split: str, by: str = "method") -> pd.DataFrame:
    """Final accuracies, percent, a row a value of a column: centre (the median), low, high, n.

    Raises:
        ResultError: the table has no accuracy on this split, or rows of two methods at one value.
    """
    found = {}
    rows = select(table, quantity="accuracy", split=split)
    for name, part in rows.groupby(by, sort=False):
        methods = part.method.unique()
        if len(methods) > 1:
            raise ResultError(f"{by} {name} has rows of {', '.join(methods)}: select one of them.")
        found[name] = summaries.spread(draws(part, methods[0], split))
    return pd.DataFrame(found).T


def ideal(table: pd.DataFrame, split: str, encoding: str) -> Draws:
    """Ideal BP over its own, larger set of splits and initial values, in percent."""
    return draws(select(table, runs="ideal BP only", encoding=encoding), "ideal-bp", split)


def primary(table: pd.DataFrame, reported: float) -> str:
    """The encoding whose median ideal BP (training) is nearest to the reported one: it is drawn.

    No chip has a say in the choice.
    """
    encodings = table.encoding.unique()
    medians = np.array([np.median(ideal(table, "train", encoding)) for encoding in encodings])
    return encodings[np.argmin(np.abs(medians - reported))]


def drawn(table: pd.DataFrame, reported: float) -> pd.DataFrame:
    """The chips of the encoding that is drawn, without headroom, at every estimation profile."""
    return select(table, encoding=primary(table, reported), runs="chips", headroom=1.0)


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
    wide = rows.pivot(index=["epoch", "count"], columns="quantity", values="value").reset_index()
    return wide.rename(columns={**names, "count": "n"})[["epoch", *summaries.SPREAD]]


def lead(table: pd.DataFrame, method: str, other: str) -> dict[str, Any]:
    """Mean training accuracy above that of another method on the same chips, points, 95 %."""
    names = [f"lead over {other} {what}" for what in ("mean", "low", "high")]
    rows = select(table, method=method, split="train").set_index("quantity").loc[names]
    values = *(100 * rows.value), int(rows["count"].iloc[0])
    return dict(zip(summaries.SPREAD, values, strict=True))


def lead_of_trajectories(
    table: pd.DataFrame, method: str, others: pd.DataFrame, other: str
) -> dict[str, Any]:
    """As `lead`, of methods from two tables: means over chips, paired by trajectory."""
    ours, theirs = _trajectories(table, method), _trajectories(others, other)
    return summaries.mean((ours - theirs.loc[ours.index]).to_numpy()[:, None])


def _trajectories(table: pd.DataFrame, method: str) -> pd.Series:
    """Mean final training accuracy of the chips on each trajectory, percent."""
    rows = select(table, quantity="accuracy", method=method, split="train")
    weighted = rows.assign(total=100 * rows.value * rows["count"]).groupby("trajectory")
    return weighted.total.sum() / weighted["count"].sum()


def confusion(table: pd.DataFrame) -> NDArray[np.floating]:
    """Mean confusion matrix of the chips under AsyT on test data, (true, said), percent."""
    rows = select(table, method="asyt")
    cells = rows.quantity.str.extract(CONFUSION).dropna().astype(int)
    matrix = np.full(cells.max().to_numpy() + 1, np.nan)
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
        about = dict(zip(keys, key, strict=True))
        row = {**about, "headroom": f"{about['headroom']:g}"}
        for split in ("train", "test"):
            found = summaries.spread(draws(fleet, about["method"], split))
            row[f"{split} (%)"] = RANGE.format(**found)
        rows.append({**row, "n": found["n"]})
    return pd.DataFrame(rows)
