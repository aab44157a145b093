"""The demo's chip at other distortions, widths and depths, and on pixels from 0 to 1.

The reading `authors` of AsyT Figs. 5d to 5f, three orders of the samples each, with the settings of
`authors`: a chip of other layers is drawn from the same numbers.
"""

from dataclasses import replace
from itertools import product

from asyt.devices import demo
from asyt.experiments import authors, mnist_distortion, mnist_structure
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
#: At 0 AsyT is ideal BP itself.
SEVERITIES = mnist_distortion.PAPER_RANGE[1:]
PROFILES = authors.PROFILES
#: Epochs of a structure, as a share of those of a distortion: 100 of 300.
SHORTER = 3


def plan(profile: str, seeds: Seeds = None) -> list[authors.Config]:
    """A draw: the distortions, with and without update error; pixels; every structure."""
    base = PROFILES[profile]
    seeds = seeds or (SEEDS[:1] if profile == "smoke" else SEEDS)
    short = replace(base, epochs=max(1, base.epochs // SHORTER))
    runs = []
    for seed, error in product(seeds, (0.0, demo.DISTORTION)):
        drawn = replace(base, seed=seed, update_error=error)
        runs.append(replace(drawn, severities=SEVERITIES))
        pixels = replace(drawn, scale="pixels")
        runs += [pixels, replace(pixels, dataset="fashion-mnist")]
    for seed, layers in product(seeds, mnist_structure.STRUCTURES):
        runs.append(replace(short, seed=seed, layers=layers))
    return runs


EXPERIMENT = Experiment("authors-sweeps", PROFILES, plan, authors.run, planned=True)
