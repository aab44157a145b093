"""AsyT Figs. 5e and 5f in further readings, and five times as long as `mnist_structure`."""

from dataclasses import replace
from itertools import product

from asyt.experiments import _sweep, mnist_structure
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
READINGS = ("independent", "floor", "common-gain")
PROFILES = {
    "smoke": _sweep.Config(samples=1200, epochs=1),
    "quick": _sweep.Config(epochs=10),
    "paper": _sweep.Config(epochs=100),
}


def plan(profile: str, seeds: Seeds = None) -> list[_sweep.Config]:
    """A run a draw and structure, in which the readings share the digital trajectory."""
    if not seeds:
        seeds = SEEDS[:1] if profile == "smoke" else SEEDS
    trained = tuple((name, (1.0,)) for name in READINGS)
    base = replace(PROFILES[profile], trained=trained)
    runs = product(seeds, mnist_structure.STRUCTURES)
    return [replace(base, layers=layers, seed=seed) for seed, layers in runs]


EXPERIMENT = Experiment("structure-readings", PROFILES, plan, _sweep.run)
