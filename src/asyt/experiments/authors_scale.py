"""The demo's chip on pixels from 0 to 1 instead of images of unit length (AsyT Figs. 5a and 5b).

Three orders of the samples, with and without update error, with the settings of `authors`.
"""

from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from asyt.devices import demo
from asyt.experiments import authors, base
from asyt.experiments.base import Experiment, Seeds


@dataclass(frozen=True)
class Config(authors.Config):
    """A run of `authors` on pixels as the data set has them."""

    by = ("dataset", "update_error", "seed")

    scale: str = "pixels"


SEEDS = (0, 1, 2)
DATASETS = ("fashion-mnist", "mnist")
PROFILES = {
    name: Config(**{**vars(config), "scale": Config.scale})
    for name, config in authors.PROFILES.items()
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """Every data set and order with and without update error."""
    orders = base.seeds_of(profile, seeds, SEEDS)
    update_errors = (0.0, demo.DISTORTION)
    runs = []
    for dataset, seed, error in product(DATASETS, orders, update_errors):
        run = replace(
            PROFILES[profile],
            dataset=dataset,
            seed=seed,
            update_error=error,
        )
        runs.append(run)
    return runs


def as_fig5(table: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """As `authors.as_fig5`, of a data set, in reading `authors + pixels`."""
    own = authors.as_fig5(table[table.dataset == dataset])
    return own.assign(reading=own.reading + " + pixels")


EXPERIMENT = Experiment("authors-scale", PROFILES, plan, authors.run)
