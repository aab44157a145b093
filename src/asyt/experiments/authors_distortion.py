"""The demo's chip at other distortions: the reading `authors` of AsyT Fig. 5d.

Three orders of the samples, with the settings of `authors`.
"""

from dataclasses import replace
from itertools import product

import pandas as pd

from asyt.devices import demo
from asyt.experiments import _sweep, authors, base, mnist_distortion
from asyt.experiments.base import Experiment, Seeds

SEEDS = (0, 1, 2)
#: At 0 AsyT is ideal BP itself.
SEVERITIES = mnist_distortion.PAPER_RANGE[1:]
PROFILES = {
    name: replace(config, severities=SEVERITIES) for name, config in authors.PROFILES.items()
}


def plan(profile: str, seeds: Seeds = None) -> list[authors.Config]:
    """Every order with and without update error."""
    config = PROFILES[profile]
    orders = base.seeds_of(profile, seeds, SEEDS)
    runs = product(orders, (0.0, demo.DISTORTION))
    return [replace(config, seed=seed, update_error=error) for seed, error in runs]


def as_fig5d(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the three methods as `_sweep.run` has them, in reading `authors`.

    On a chip without errors in-silico BP is the digital model of its run, trained by the demo's
    procedure, update error included. AsyT there is ideal BP, which has rows of its own.
    """
    digital = table[table.fleet == "digital"]
    digital = digital.assign(reading="authors", severity=0.0)
    ideal = digital[digital.update_error == 0]
    perfect = digital[digital.update_error == demo.DISTORTION]
    chips = authors.as_fig5(table[table.fleet == "demo"])
    parts = [
        ideal,
        perfect.assign(method="insilico-bp"),
        chips.assign(severity=[SEVERITIES[chip] for chip in chips.chip]),
    ]
    return pd.concat(parts, ignore_index=True)


def fig5d(
    swept: pd.DataFrame,
    chip: pd.DataFrame | None = None,
    further: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """AsyT Fig. 5d in every reading: tables of `mnist_distortion`, this, `distortion_readings`."""
    parts = []
    if chip is not None:
        parts.append(as_fig5d(chip))
    parts.append(_sweep.shared(swept))
    if further is not None:
        parts.append(_sweep.shared(further))
    return pd.concat(parts, ignore_index=True)


EXPERIMENT = Experiment(
    "authors-distortion",
    PROFILES,
    plan,
    authors.run,
)
