"""Pixels from 0 to 1 instead of images of unit length, and the lower end of the paper's rates.

Two things that the paper leaves open beside the readings of the noise (`mnist`).
"""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from asyt.experiments import mnist, tasks
from asyt.experiments.base import Experiment, Seeds
from asyt.training import Data

#: Data set -> the readings under which its pixels are tried.
READINGS = {"fashion-mnist": ("independent", "floor"), "mnist": ("independent",)}
#: The lower end of "3e-5 to 1e-4", with one seed.
LOW_RATE = 3e-5


@dataclass(frozen=True)
class Config(mnist.Config):
    """A run of Fig. 5a or 5b on pixels as the data set has them."""

    scale: str = "pixels"

    def data(self, compute: str = "cpu") -> Data:
        """The task, scaled as the config says."""
        return tasks.load(
            self.dataset,
            samples=self.samples,
            scale=tasks.SCALES[self.scale],
            compute=compute,
        )

    @property
    def columns(self) -> dict[str, Any]:
        """As on MNIST, with data set, scale and rate."""
        return {
            "dataset": self.dataset,
            "scale": self.scale,
            "rate": self.rate,
            **super().columns,
        }

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.dataset}, {self.scale}, rate {self.rate:g}, {self.reading}, seed {self.seed}"


PROFILES = {name: Config(**vars(config)) for name, config in mnist.PROFILES.items()}


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Config]:
    """Every data set and reading with every seed, and one seed of each at the lower rate."""
    base = PROFILES[profile]
    if devices is not None:
        base = replace(base, devices=devices)
    seeds = seeds or mnist.SEEDS
    runs = []
    for dataset, names in READINGS.items():
        for name in names:
            run = replace(base, dataset=dataset, **mnist.READINGS[name])
            for seed in seeds:
                runs.append(replace(run, seed=seed))
            runs.append(replace(run, seed=seeds[0], rate=LOW_RATE))
    return runs


def as_fig5(table: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """The rows of a data set at the rate of Figs. 5a and 5b, in readings such as `floor + pixels`.

    The lower rate has one seed and is shown beside them.
    """
    own = table[(table.dataset == dataset) & (table.rate == mnist.Config.rate)]
    return own.assign(reading=own.reading + " + pixels")


EXPERIMENT = Experiment(
    "input-scale",
    PROFILES,
    plan,
    mnist.run,
    population=True,
)
