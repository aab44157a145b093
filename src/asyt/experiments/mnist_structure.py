"""The gap between ideal BP and AsyT on MNIST, by width and by depth (AsyT Figs. 5e and 5f)."""

from dataclasses import replace

import pandas as pd

from asyt import statistics
from asyt.experiments import _sweep, mnist, summaries
from asyt.experiments._sweep import build as build
from asyt.experiments.base import Experiment, Seeds
from asyt.methods import LABELS

WIDTHS = (32, 64, 128, 256, 512)  # of two hidden layers
DEPTHS = tuple(range(1, 9))  # hidden layers of 128 neurons
#: Layers -> the readings its chip is trained under. Beyond the paper a width without
#: noise, for its cost.
STRUCTURES: dict[tuple[int, ...], tuple[str, ...]] = {
    **{(784, width, width, 10): tuple(mnist.FIRST_NAMES) for width in WIDTHS},
    **{(784, *[128] * depth, 10): tuple(mnist.FIRST_NAMES) for depth in DEPTHS},
    (784, 1024, 1024, 10): ("none",),
}
#: The chip at one sigma_phy in every reading of the noise; 20 epochs, chosen for their cost before
#: any of these runs.
PROFILES = {
    "smoke": _sweep.Config(samples=1200, epochs=1),
    "quick": _sweep.Config(epochs=10),
    "paper": _sweep.Config(epochs=20),
}


def plan(profile: str, seeds: Seeds = None) -> list[_sweep.Config]:
    """One run a structure and draw; 128-128 serves both figures. `--only 1024` is the widest."""
    config = PROFILES[profile]
    bases = []
    for layers, noises in STRUCTURES.items():
        trained = tuple((noise, (1.0,)) for noise in noises)
        bases.append(replace(config, layers=layers, trained=trained))
    return _sweep.draws(bases, profile, seeds)


def by_width(table: pd.DataFrame) -> pd.DataFrame:
    """The runs of Fig. 5e."""
    return table[table.depth == 2]


def by_depth(table: pd.DataFrame) -> pd.DataFrame:
    """The runs of Fig. 5f."""
    return table[table.width == 128]


def each_gap(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """A reading, `key` and seed: final ideal BP minus AsyT, `gap`, both of the same run."""
    ends = _sweep.last(table).set_index(["reading", key, "seed"])
    ordered = ends.sort_index()
    asyt = ordered[ordered.method == "asyt"].accuracy
    ideal = ordered[ordered.method == "ideal-bp"].accuracy
    gaps = ideal.loc[asyt.index] - asyt
    return _sweep.in_order(gaps.rename("gap").reset_index())


def gaps(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The mean of `each_gap` over draws with its 95 % interval, points: a reading and `key`."""
    each = each_gap(table, key)
    return summaries.interval(
        each,
        ["reading", key],
        value="gap",
        chips=None,
    )


def failures(table: pd.DataFrame, key: str, below: float = 0.5) -> pd.DataFrame:
    """Draws of AsyT that end below an accuracy, a reading and `key`.

    Returns:
        Columns `failed`; `lost`, those of them that had been at or above `below`; `n`, all draws.
    """
    asyt = table[table.method == "asyt"]
    draw = ["reading", key, "seed"]
    end = _sweep.last(asyt).set_index(draw).accuracy
    best = asyt.groupby(draw).accuracy.max().loc[end.index]
    failed = end < below
    draws = pd.DataFrame({"failed": failed, "lost": failed & (best >= below)}).astype(int)
    by = draws.groupby(["reading", key])
    return by.sum().assign(n=by.size())


def another_draw(table: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """One more run of a structure beside 95 % prediction intervals of the published ones, percent.

    A row a method and reading, which says whether the draw lies inside.
    """
    by = ["method", "reading"]
    ours = 100 * summaries.final(drawn).set_index(by).accuracy
    published_ends = summaries.final(table)
    rows = []
    for (method, reading), draws in published_ends.groupby(by, sort=False):
        published = statistics.prediction(100 * draws.accuracy)
        this_draw = ours[method, reading]
        row = {
            "method": LABELS[method],
            "reading": reading,
            "published mean": published.mean,
            "low": published.low,
            "high": published.high,
            "n": published.n,
            "this draw": this_draw,
            "inside": published.low <= this_draw <= published.high,
        }
        rows.append(row)
    return pd.DataFrame(rows)


EXPERIMENT = Experiment("mnist-structure", PROFILES, plan, _sweep.run)
