"""The demo's chip at other widths and depths: the reading `authors` of AsyT Figs. 5e and 5f.

A chip of other layers is drawn from the same numbers. Three orders of the samples.
"""

from dataclasses import replace
from itertools import product

import pandas as pd

from asyt.experiments import _sweep, authors, base, mnist_structure
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
#: Epochs, as a share of those of Fig. 5a: 100 of 300.
SHORTER = 3
PROFILES = {
    name: replace(config, epochs=max(1, config.epochs // SHORTER))
    for name, config in authors.PROFILES.items()
}


def plan(profile: str, seeds: Seeds = None) -> list[authors.Config]:
    """Every order with every structure, without update error."""
    config = PROFILES[profile]
    orders = base.seeds_of(profile, seeds, SEEDS)
    runs = product(orders, mnist_structure.STRUCTURES)
    return [replace(config, seed=seed, layers=layers) for seed, layers in runs]


def fig5ef(
    swept: pd.DataFrame | None = None,
    chip: pd.DataFrame | None = None,
    longer: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Figs. 5e and 5f: tables of `mnist_structure`, this and `structure_readings`, or some of them.

    A reading that two of them have is drawn from the longer runs, see `_sweep.last`.
    """
    parts = []
    if chip is not None:
        parts.append(authors.as_fig5(chip))
    for table in (longer, swept):
        if table is not None:
            parts.append(_sweep.shared(table))
    return pd.concat(parts, ignore_index=True)


EXPERIMENT = Experiment(
    "authors-structure",
    PROFILES,
    plan,
    authors.run,
)
