"""What "pseudo IP-BP" could mean: every reading of it on the chips of AsyT Fig. 3."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from asyt.experiments import summaries
from asyt.experiments.base import HERE, Execution
from asyt.experiments.chips import iris_chip, runs, summary
from asyt.experiments.chips.fleets import Config, Fleet, Scale, Study
from asyt.methods.pseudo import readings

#: Without ideal BP alone, which `iris_chip` has.
PROFILES = {
    "smoke": Scale(4, 0, 2, 2, 4),
    "quick": Scale(100, 0, 2, 2, 60),
    "paper": Scale(100, 0, 4, 4, 60),
}
READINGS = tuple(Fleet(name) for name in readings())
STUDY = Study(iris_chip.ENCODINGS, {"readings": READINGS}, PROFILES)


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """As `runs.run`, with the readings as methods."""
    return runs.run(config, execution, readings())


def shares(table: pd.DataFrame, reported: float, within: float = 5.0) -> pd.DataFrame:
    """Each reading and encoding: its population, and the share of draws near the reported value."""
    rows = []
    for encoding, (name, method) in itertools.product(table.encoding.unique(), readings().items()):
        values = summary.draws(summary.select(table, encoding=encoding), name, "train")
        centre, low, high, n = summaries.spread(values).values()
        near = 100 * float(np.mean(np.abs(values - reported) <= within))
        rows.append((encoding, method.label, centre, low, high, near, n))
    near_reported = f"within {within:g} points of {reported:g} (%)"
    columns = ["encoding", "reading", "median (%)", "5 % (%)", "95 % (%)", near_reported, "n"]
    return pd.DataFrame(rows, columns=columns)


EXPERIMENT = runs.experiment("iris-pseudo", STUDY, run)
