"""AsyT Fig. 5d in further readings: a noise floor and a common gain, three draws of each."""

from dataclasses import replace
from itertools import product

from asyt.experiments import _sweep, base, mnist_distortion
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
#: `mnist_distortion` has the others.
READINGS = ("floor", "common-gain")
PROFILES = {
    "smoke": _sweep.Config(samples=1200, epochs=1, population=1),
    "quick": _sweep.Config(epochs=10),
    "paper": _sweep.Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[_sweep.Config]:
    """A run a reading and draw, in which all nine distortions share the digital trajectory."""
    runs = []
    draws = base.seeds_of(profile, seeds, SEEDS)
    for reading, seed in product(READINGS, draws):
        fleets = ((reading, mnist_distortion.PAPER_RANGE),)
        run = replace(
            PROFILES[profile],
            trained=fleets,
            tested=fleets,
            seed=seed,
        )
        runs.append(run)
    return runs


EXPERIMENT = Experiment("distortion-readings", PROFILES, plan, _sweep.run)
