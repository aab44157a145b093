"""The demo's chip at other distortions: the reading `authors` of AsyT Fig. 5d.

Three orders of the samples, with the settings of `authors`.
"""

from dataclasses import replace
from itertools import product

from asyt.devices import demo
from asyt.experiments import authors, mnist_distortion
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
#: At 0 AsyT is ideal BP itself.
SEVERITIES = mnist_distortion.PAPER_RANGE[1:]
PROFILES = {
    name: replace(config, severities=SEVERITIES) for name, config in authors.PROFILES.items()
}


def plan(profile: str, seeds: Seeds = None) -> list[authors.Config]:
    """Every order with and without update error."""
    seeds = seeds or (SEEDS[:1] if profile == "smoke" else SEEDS)
    runs = product(seeds, (0.0, demo.DISTORTION))
    return [replace(PROFILES[profile], seed=seed, update_error=error) for seed, error in runs]


EXPERIMENT = Experiment("authors-distortion", PROFILES, plan, authors.run)
