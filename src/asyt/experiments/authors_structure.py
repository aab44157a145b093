"""The demo's chip at other widths and depths: the reading `authors` of AsyT Figs. 5e and 5f.

A chip of other layers is drawn from the same numbers. Three orders of the samples.
"""

from dataclasses import replace
from itertools import product

from asyt.experiments import authors, mnist_structure
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
    seeds = seeds or (SEEDS[:1] if profile == "smoke" else SEEDS)
    runs = product(seeds, mnist_structure.STRUCTURES)
    return [replace(PROFILES[profile], seed=seed, layers=layers) for seed, layers in runs]


EXPERIMENT = Experiment("authors-structure", PROFILES, plan, authors.run, planned=True)
