"""What the runs of `vowels` say: draws, curves, who leads, and the choice of settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from asyt.experiments import summaries
from asyt.experiments.vowels import CHOICE, QUANTILES

VALIDATED = "validation accuracy (%)"
COMPARED = ("ideal-bp", "pat", "asyt", "pseudo-ip-bp", "insilico-bp")


def population(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the population, at the published spreads."""
    return table[table.part == "main"]


def draws(table: pd.DataFrame, method: str, split: str = "test") -> np.ndarray:
    """Final accuracies of the population in percent, (trajectories, benches)."""
    rows = population(table)
    rows = rows[rows.quantity == "accuracy"]
    rows = rows[rows.method == method]
    rows = rows[rows.split == split]
    return summaries.grid(rows, "value", rows="trajectory")


def curve(table: pd.DataFrame, method: str) -> pd.DataFrame:
    """Test accuracy of the population's draws, percent: epoch, centre (median), low, high."""
    rows = population(table)
    rows = rows[rows.method == method]
    rows = rows[rows.split == "test"]
    wide = rows[rows.quantity.isin(QUANTILES)].pivot(
        index="epoch",
        columns="quantity",
        values="value",
    )
    line = 100 * wide[list(QUANTILES)]
    line.columns = ["centre", "low", "high"]
    return line.reset_index()


def lead(table: pd.DataFrame) -> dict[str, Any]:
    """Points of test accuracy by which PAT leads in-silico BP, paired by initial values and bench.

    Returns:
        Centre (mean), low, high (95 % interval) and n.
    """
    return summaries.mean(draws(table, "pat") - draws(table, "insilico-bp"))


def collapsed(table: pd.DataFrame, method: str) -> float:
    """Percentage of the draws that end below half of the median of the twin alone."""
    half = np.median(draws(table, "ideal-bp")) / 2
    return 100 * float((draws(table, method) < half).mean())


def choice(table: pd.DataFrame) -> pd.DataFrame:
    """Mean validation accuracy in percent of every setting tried, best first."""
    rows = table[table.part == "choice"]
    rows = rows[rows.quantity == "accuracy"]
    rows = rows[rows.split == "test"]
    values = rows.groupby(list(CHOICE)).value
    tried = pd.DataFrame({VALIDATED: 100 * values.mean(), "n": values.count()})
    return tried.reset_index().sort_values(VALIDATED, ascending=False)
