"""What the runs of `vowels` say: draws, curves, who leads, and the choice of settings."""

from typing import Any

import numpy as np
import pandas as pd

from asyt.experiments import summaries
from asyt.experiments.chips.summary import select
from asyt.experiments.vowels import CHOICE, QUANTILES

VALIDATED = "validation accuracy (%)"
COMPARED = ("ideal-bp", "pat", "asyt", "pseudo-ip-bp", "insilico-bp")


def draws(table: pd.DataFrame, method: str, split: str = "test") -> np.ndarray:
    """Final accuracies of the population in percent, (trajectories, benches)."""
    rows = select(table, part="main", quantity="accuracy", method=method, split=split)
    return summaries.grid(rows, "value", rows="trajectory")


def curve(table: pd.DataFrame, method: str) -> pd.DataFrame:
    """Test accuracy of the population's draws, percent: epoch, centre (median), low, high."""
    rows = select(table, part="main", method=method, split="test")
    rows = rows[rows.quantity.isin(QUANTILES)]
    line = 100 * rows.pivot(index="epoch", columns="quantity", values="value")
    return line.rename(columns={"median": "centre"})[["centre", "low", "high"]].reset_index()


def lead(table: pd.DataFrame) -> dict[str, Any]:
    """Mean lead of PAT over in-silico BP with its 95 % interval, in points of test accuracy.

    Paired by initial values and bench.
    """
    return summaries.mean(draws(table, "pat") - draws(table, "insilico-bp"))


def collapsed(table: pd.DataFrame, method: str) -> float:
    """Percentage of the draws that end below half of the median of the twin alone."""
    half = np.median(draws(table, "ideal-bp")) / 2
    return 100 * float((draws(table, method) < half).mean())


def choice(table: pd.DataFrame) -> pd.DataFrame:
    """Mean validation accuracy in percent of every setting tried, best first."""
    rows = select(table, part="choice", quantity="accuracy", split="test")
    values = rows.groupby(list(CHOICE)).value
    tried = pd.DataFrame({VALIDATED: 100 * values.mean(), "n": values.count()})
    return tried.reset_index().sort_values(VALIDATED, ascending=False)
