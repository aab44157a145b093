"""AsyT Figs. 5d to 5f in further readings: a noise floor, a common gain, and no noise for longer.

Three draws of each: nine distortions after 300 epochs, and every width and depth after 100.
"""

from dataclasses import replace
from itertools import product

from asyt.experiments import _sweep, mnist_distortion, mnist_structure
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
#: Readings of the distortions; `mnist_distortion` has independent.
NOISY = ("floor", "common-gain")
#: Readings of the structures.
ALL = ("independent", *NOISY)
PROFILES = {
    "smoke": _sweep.Config(samples=1200, epochs=1, population=1),
    "quick": _sweep.Config(epochs=10),
    "paper": _sweep.Config(),
}
#: Epochs of a structure, as a share of those of a distortion: 100 of 300.
SHORTER = 3


def plan(profile: str, seeds: Seeds = None) -> list[_sweep.Config]:
    """A run a draw and reading of the distortions, then one a draw and structure."""
    base = PROFILES[profile]
    seeds = seeds or (SEEDS[:1] if profile == "smoke" else SEEDS)
    range_ = mnist_distortion.PAPER_RANGE
    runs = []
    for seed, reading in product(seeds, NOISY):
        fleets = ((reading, range_),)
        runs.append(replace(base, trained=fleets, tested=fleets, seed=seed))
    epochs = max(1, base.epochs // SHORTER)
    trained = tuple((reading, (1.0,)) for reading in ALL)
    for seed, layers in product(seeds, mnist_structure.STRUCTURES):
        runs.append(replace(base, layers=layers, epochs=epochs, trained=trained, seed=seed))
    return runs


EXPERIMENT = Experiment("sweep-readings", PROFILES, plan, _sweep.run, planned=True)
