"""What the runs of `vowels` say: draws, curves, who leads, and the choice of settings."""

from typing import Any

import numpy as np
import pandas as pd

from asyt.experiments import summaries
from asyt.experiments.chips.summary import select
from asyt.experiments.vowels import CHOICE, QUANTILES

VALIDATED = "validation accuracy (%)"
COMPARED = ("ideal-bp", "pat", "asyt", "pseudo-ip-bp", "insilico-bp")


def draws(
    table: pd.DataFrame,
    method: str,
    split: str = "test",
) -> np.ndarray:
    """Final accuracies of the population in percent, (trajectories, benches)."""
    rows = select(
        table,
        part="main",
        quantity="accuracy",
        method=method,
        split=split,
    )
    return summaries.grid(rows, "value", rows="trajectory")


def curve(table: pd.DataFrame, method: str) -> pd.DataFrame:
    """Test accuracy of the population's draws, percent: epoch, centre (median), low, high."""
    rows = select(
        table,
        part="main",
        method=method,
        split="test",
    )
    quantiles = rows[rows.quantity.isin(QUANTILES)]
    fractions = quantiles.pivot(
        index="epoch",
        columns="quantity",
        values="value",
    )
    line = (100 * fractions).rename(columns={"median": "centre"})
    return line[["centre", "low", "high"]].reset_index()


def lead(table: pd.DataFrame) -> dict[str, Any]:
    """Mean lead of PAT over in-silico BP with its 95 % interval, in points of test accuracy.

    Paired by initial values and bench.
    """
    pat = draws(table, "pat")
    insilico = draws(table, "insilico-bp")
    return summaries.mean(pat - insilico)


def lost(table: pd.DataFrame, method: str) -> np.ndarray:
    """Whether a draw ends below half of the median of the twin alone, (trajectories, benches)."""
    twin_alone = draws(table, "ideal-bp")
    return draws(table, method) < np.median(twin_alone) / 2


def collapsed(table: pd.DataFrame, method: str) -> float:
    """Percentage of the draws that are `lost`."""
    share = lost(table, method).mean()
    return 100 * float(share)


def split_by_collapse(table: pd.DataFrame) -> pd.DataFrame:
    """The draws of AsyT that collapsed beside the others, and in-silico BP on the same benches."""
    gone = lost(table, "asyt")
    insilico = draws(table, "insilico-bp")
    rows = []
    for kind, which in {"collapsed": gone, "others": ~gone}.items():
        median = pd.Series(insilico[which]).median()
        rows.append(
            {
                "draws": kind,
                "n": int(which.sum()),
                "trajectories": int(which.any(axis=1).sum()),
                "benches": int(which.any(axis=0).sum()),
                "median in-silico (%)": float(median),
            }
        )
    return pd.DataFrame(rows)


def where_collapsed(table: pd.DataFrame) -> pd.DataFrame:
    """By trajectory: the benches on which AsyT collapsed."""
    rows = []
    for trajectory, which in enumerate(lost(table, "asyt")):
        if which.any():
            numbers = np.flatnonzero(which)
            benches = ", ".join(map(str, numbers))
            rows.append((trajectory, benches))
    return pd.DataFrame(rows, columns=["trajectory", "benches that collapsed"])


def choice(table: pd.DataFrame) -> pd.DataFrame:
    """Mean validation accuracy in percent of every setting tried, best first."""
    rows = select(table, part="choice", quantity="accuracy", split="test")
    values = rows.groupby(list(CHOICE)).value
    tried = pd.DataFrame(
        {
            VALIDATED: 100 * values.mean(),
            "n": values.count(),
        }
    )
    return tried.reset_index().sort_values(VALIDATED, ascending=False)
