"""AsyT Figs. 5e and 5f: the gap between ideal BP and AsyT on MNIST, against width and against depth."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments
from asyt.claims import Measurement
from asyt.figures import Drawing, sweep_runs, sweeps
from asyt.figures.sweep_runs import NOISES, Config, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "Config", "jobs", "measurements", "run"]

EXPERIMENT = "mnist-structure"
PAGE = "sweeps.html"
#: Figure by what varies: key, axis label, published bound in points.
WIDTH, DEPTH = (
    ("width", "neurons in each of two hidden layers", 2.0),
    ("depth", "hidden layers of 128 neurons", 2.5),
)
CLAIMS = ("asyt-5e-width", "asyt-5f-depth")
FIGURES = {
    "asyt-fig5e": Drawing(
        EXPERIMENT,
        "draw_width",
        "MNIST against the width of two hidden layers, at one sigma_phy, 20 epochs. Top, test "
        "accuracy of ideal BP and "
        "AsyT; bottom, their gap beside the bound the paper reports. Means with 95 % intervals "
        "over draws of seed and "
        "chip, paired. Widths are ours; 1024 is without noise alone.",
        "Accuracy of two methods and their gap against width, a column a reading of the noise.",
    ),
    "asyt-fig5f": Drawing(
        EXPERIMENT,
        "draw_depth",
        "MNIST against the number of hidden layers of 128 neurons, at one sigma_phy, 20 epochs. "
        "Top, test accuracy of "
        "ideal BP and AsyT; bottom, their gap beside the bound the paper reports. Means with 95 % "
        "intervals over draws "
        "of seed and chip, paired.",
        "Accuracy of two methods and their gap against depth, a column a reading of the noise.",
    ),
}

WIDTHS = (32, 64, 128, 256, 512)  # of two hidden layers
DEPTHS = tuple(range(1, 9))  # hidden layers of 128 neurons
#: Layers -> the readings of the noise its chip is trained under. Beyond the paper a width without
#: noise, for its cost.
STRUCTURES = {
    **{(784, w, w, 10): tuple(NOISES) for w in WIDTHS},
    **{(784, *[128] * d, 10): tuple(NOISES) for d in DEPTHS},
    (784, 1024, 1024, 10): ("none",),
}
#: The chip at one sigma_phy in every reading of the noise; 20 epochs, chosen for their cost before
#: any of these runs.
PROFILES = {
    "smoke": Config(samples=1200, epochs=1),
    "quick": Config(epochs=10),
    "paper": Config(epochs=20),
}


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """One run a structure and draw; two hidden layers of 128 serve both figures. `--only 1024` is the widest alone."""
    bases = [
        replace(
            PROFILES[profile], layers=layers, trained=tuple((noise, (1.0,)) for noise in noises)
        )
        for layers, noises in STRUCTURES.items()
    ]
    return sweep_runs.jobs(bases, profile, seeds, devices)


def by_width(table: pd.DataFrame) -> pd.DataFrame:
    """The runs of Fig. 5e."""
    return table[table.depth == 2]


def by_depth(table: pd.DataFrame) -> pd.DataFrame:
    """The runs of Fig. 5f."""
    return table[table.width == 128]


def draw_width(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Fig. 5e."""
    return sweeps.draw_gaps(by_width(table), *WIDTH)


def draw_depth(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Fig. 5f."""
    return sweeps.draw_gaps(by_depth(table), *DEPTH)


def measurements(profile: str = "paper") -> list[Measurement]:
    """The largest gaps."""
    table = experiments.table(EXPERIMENT, profile)
    return [
        sweeps.largest_gap(by_width(table), WIDTH[0], "asyt-5e-width", WIDTH[2], PAGE),
        sweeps.largest_gap(by_depth(table), DEPTH[0], "asyt-5f-depth", DEPTH[2], PAGE),
    ]
