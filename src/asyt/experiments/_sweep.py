"""MNIST under AsyT against distortion, width and depth: the runs behind AsyT Figs. 5d to 5f.

One run is one draw: a seed, and the chip of that number, trained on one digital trajectory at any
number of distortions and readings of the noise, so that curves belong to one pattern of errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pandas as pd

from asyt.experiments import base, mnist, summaries
from asyt.experiments.base import HERE, Execution, Seeds
from asyt.methods import METHODS
from asyt.training import Branch, Data, Trainer

#: One sigma_phy: the public demo's distortion, as in Fig. 5a.
SIGMA = mnist.Config.distortion
SEEDS = (0, 1, 2, 3, 4)
#: Names of readings, the nearest to the sources first.
READINGS = ("authors", *mnist.READINGS)
#: A reading, and distortions under it in units of one sigma_phy.
Fleet = tuple[str, tuple[float, ...]]


@dataclass(frozen=True)
class Config(base.Config):
    """One draw. Rate, batch, mixing, initial values, clip and place of distortion are Fig. 5a's."""

    dataset: str = "mnist"
    samples: int | None = None
    layers: tuple[int, ...] = (784, 256, 256, 10)
    epochs: int = 300
    trained: tuple[Fleet, ...] = ()  # chip number `seed`, by AsyT
    tested: tuple[Fleet, ...] = ()  # a population given the final digital weights
    population: int = 20
    seed: int = 0

    @property
    def columns(self) -> dict[str, Any]:
        """Width of the first hidden layer, number of hidden layers, and the seed."""
        hidden = self.layers[1:-1]
        return {
            "width": hidden[0],
            "depth": len(hidden),
            "seed": self.seed,
        }

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        fleets = []
        for noise, severities in self.trained:
            told = "/".join(f"{severity:g}" for severity in severities)
            fleets.append(f"{noise} at {told}")
        layers = "-".join(map(str, self.layers))
        trained = " + ".join(fleets) or "digital"
        return f"{self.dataset}, {layers}, {trained}, seed {self.seed}"

    def read(self, table: pd.DataFrame) -> pd.DataFrame:
        """With column `reading` in place of `noise`."""
        return mnist.renamed(table)

    def base(self, noise: str = "none") -> mnist.Config:
        """The run of Fig. 5a that this draw varies, under a reading."""
        reading = mnist.FIRST_NAMES.get(noise, noise)
        return mnist.Config(
            dataset=self.dataset,
            samples=self.samples,
            layers=self.layers,
            epochs=self.epochs,
            devices=1,
            seed=self.seed,
            **mnist.READINGS[reading],
        )


def draws(bases: Sequence[Config], profile: str, seeds: Seeds) -> list[Config]:
    """Every base with every seed, seed by seed; by default `SEEDS`, two of them at smoke scale."""
    seeds = base.seeds_of(profile, seeds, SEEDS, smoke=2)
    return [replace(config, seed=seed) for seed, config in product(seeds, bases)]


def evaluated(epoch: int) -> bool:
    """Each of the first three epochs, then every tenth."""
    return epoch <= 3 or epoch % 10 == 0


def build(config: Config, compute: str = "cpu", data: Data | None = None) -> Trainer:
    """The trainer of a draw: the digital trajectory, along it the chip under every noise."""
    fig5a = config.base()
    fig5a_trainer = mnist.build(fig5a, compute, data)
    asyt = METHODS["asyt"].mixing(*fig5a.mixing)
    branches = {}
    for noise, severities in config.trained:
        device = mnist.chips(
            config.base(noise),
            len(severities),
            [SIGMA * severity for severity in severities],
            compute,
            [config.seed] * len(severities),
        )
        branches[noise] = Branch(asyt, device)
    return Trainer(
        fig5a_trainer.twin,
        fig5a_trainer.digital,
        fig5a_trainer.data,
        fig5a_trainer.schedule,
        branches=branches,
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, test after each `evaluated` epoch; then put the digital weights on the populations.

    Returns:
        Tidy rows: noise ("none" of the digital model), severity (units of one sigma_phy), epoch,
        method (ideal-bp, asyt, insilico-bp), fleet, chip (of asyt: index of the severity), split,
        accuracy (fraction).
    """
    trainer = build(config, execution.compute)
    accuracies = trainer.fit(
        evaluated,
        execution.checkpoint,
        every=4,
        progress=execution.progress,
    )
    severities_of = dict(config.trained)
    rows = []
    for row in accuracies:
        noise = "none"
        severity = 0.0
        if row["fleet"] in severities_of:
            noise = row["fleet"]
            severity = severities_of[noise][row["chip"]]
        rows.append({"noise": noise, "severity": severity, **row})
    for noise, severities in config.tested:
        for severity in severities:
            chips = mnist.chips(
                config.base(noise),
                config.population,
                SIGMA * severity,
                execution.compute,
            )
            fleet = trainer.in_silico(f"{noise}, {severity:g}", chips)
            for row in trainer.test(*fleet):
                rows.append({"noise": noise, "severity": severity, **row})
    return pd.DataFrame(rows)


def shared(table: pd.DataFrame) -> pd.DataFrame:
    """Every reading with the ideal BP of its own runs, which these have once for all of theirs."""
    digital = table.method == "ideal-bp"
    ideal = table[digital]
    chips = table[~digital]
    parts = [chips]
    for reading in chips.reading.unique():
        parts.append(ideal.assign(reading=reading))
    return pd.concat(parts, ignore_index=True)


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows by their reading, the nearest to the sources first."""
    place = table.reading.map(READINGS.index)
    order = place.sort_values(kind="stable").index
    return table.loc[order].reset_index(drop=True)


def last(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of each reading after its own last epoch."""
    last_epoch = table.groupby("reading").epoch.transform("max")
    return table[table.epoch == last_epoch]


def summary(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Centre, range and draws after the last epoch, percent: a method, reading and value of `key`.

    A draw is a seed with its chip, resampled as one. Runs of a draw share ideal BP. Few draws that
    lie far apart have wide intervals, which end where accuracies do.
    """
    by = ["method", "reading", key]
    each = last(table).drop_duplicates([*by, "seed", "fleet", "chip"])
    spread = summaries.by_method(each, by, chips=None)
    return spread.assign(
        low=spread.low.clip(lower=0),
        high=spread.high.clip(upper=100),
    )
