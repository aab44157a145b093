"""What "pseudo IP-BP" could mean: every reading of it on the chips of AsyT Fig. 3."""

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
    "smoke": Scale(epochs=4, alone=0, devices=4),
    "quick": Scale(epochs=60, alone=0),
    "paper": Scale(epochs=60, main=20, other=20, alone=0),
}
READINGS = tuple(map(Fleet, readings()))
STUDY = Study(iris_chip.ENCODINGS, {"readings": READINGS}, PROFILES)


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """As `runs.run`, with the readings as methods."""
    return runs.run(config, execution, readings())


def first(config: Config) -> pd.DataFrame:
    """As `runs.first`, with the readings as methods."""
    return runs.first(config, readings())


def shares(
    table: pd.DataFrame,
    reported: float,
    within: float = 5.0,
) -> pd.DataFrame:
    """Each reading and encoding: its population, and the share of draws near the reported value."""
    near = f"within {within:g} points of {reported:g} (%)"
    pairs = itertools.product(table.encoding.unique(), readings().values())
    rows = []
    for encoding, method in pairs:
        fleets = summary.select(table, encoding=encoding)
        draws = summary.draws(fleets, method.name, "train")
        is_near = np.abs(draws - reported) <= within
        population = summaries.spread(draws)
        row = {
            "encoding": encoding,
            "reading": method.label,
            "median (%)": population["centre"],
            "5 % (%)": population["low"],
            "95 % (%)": population["high"],
            near: 100 * float(is_near.mean()),
            "n": population["n"],
        }
        rows.append(row)
    return pd.DataFrame(rows)


EXPERIMENT = runs.experiment("iris-pseudo", STUDY, run)
