"""The demo's chip on pixels from 0 to 1 instead of images of unit length (AsyT Figs. 5a and 5b).

Three orders of the samples, with and without update error, with the settings of `authors`.
"""

from dataclasses import replace
from itertools import product

from asyt.devices import demo
from asyt.experiments import authors, base
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
DATASETS = ("fashion-mnist", "mnist")
PROFILES = {name: replace(config, scale="pixels") for name, config in authors.PROFILES.items()}


def plan(profile: str, seeds: Seeds = None) -> list[authors.Config]:
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


EXPERIMENT = Experiment(
    "authors-scale",
    PROFILES,
    plan,
    authors.run,
    planned=True,
)
