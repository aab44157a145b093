"""Panels that several figures share: table or summary in, axes drawn on."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asyt.claims.published import reported
from asyt.experiments import mnist
from asyt.figures import _style as style

#: Reading of the noise -> what a panel is called.
NOISE_TITLES = {
    "none": "no noise",
    "10 dB mean-square": "10 dB: noise 0.32 of the rms signal",
    "10 dB power": "10 dB: noise 0.10 of the rms signal",
}


def readings(table: pd.DataFrame) -> list[str]:
    """The readings of the noise that a table has, in the order of `NOISE_TITLES`."""
    return [noise for noise in NOISE_TITLES if noise in set(table.noise)]


def counted(n: int, what: str) -> str:
    """`n` with a noun: "1 chip", "5 chips"."""
    return f"{n} {what}{'' if n == 1 else 's'}"


def accuracy_against_epoch(
    table: pd.DataFrame,
    claims: Mapping[str, str],
) -> tuple[Figure, pd.DataFrame]:
    """Accuracy of the MNIST family, a column a reading of the noise; below, the top enlarged.

    Args:
        table: runs of `asyt.experiments.mnist`.
        claims: method -> the claim on its accuracy, whose reported value is marked.
    """
    shown = mnist.summary(table)
    shown = shown[shown.fleet.isin(["digital", mnist.TRAINED])]
    noises = readings(shown)
    published = {method: reported(claim) for method, claim in claims.items()}
    figure, axes = plt.subplots(
        2,
        len(noises),
        figsize=(style.PAGE, 0.65 * style.PAGE),
        sharex=True,
        sharey="row",
        height_ratios=(1.5, 1),
        squeeze=False,
    )
    last = shown.epoch.max()
    for column, noise in zip(axes.T, noises, strict=True):
        whole, enlarged = column
        for ax in column:
            _family(ax, shown[shown.noise == noise])
            for value in published.values():
                style.reported(ax, value, "", x=1.05 * last)
            ax.set_xlim(0, 1.1 * last)
        whole.set_title(f"{NOISE_TITLES[noise]}\n{_draws(table, noise)}")
        whole.set_ylim(0, 100)
        enlarged.set_xlabel("epoch")
    ideal = shown[shown.method == "ideal-bp"]
    best = ideal[ideal.epoch == last].centre.max()
    lowest = min(published["asyt"], best) - 4
    highest = max(published["ideal-bp"], best) + 1
    axes[1, 0].set_ylim(lowest, highest)
    for ax in axes[:, 0]:
        ax.set_ylabel("test accuracy (%)")
    _legend(figure, axes[0, 0])
    style.panel_letters(axes.flat)
    return figure, shown


def _draws(table: pd.DataFrame, noise: str) -> str:
    """How many chips and seeds were trained under a noise."""
    trained = table[table.method == "asyt"]
    trained = trained[trained.noise == noise]
    chips = counted(trained.chip.nunique(), "chip")
    seeds = counted(trained.seed.nunique(), "seed")
    return f"{chips} x {seeds}"


def _legend(figure: Figure, ax: Axes) -> None:
    """The methods of a panel and the mark of what is reported, above all panels."""
    handles, labels = ax.get_legend_handles_labels()
    mark = style.look("reported")
    diamond = Line2D([], [], color=mark.colour, marker=mark.marker, linestyle="none")
    figure.legend(
        [*handles, diamond],
        [*labels, "reported"],
        loc="outside upper center",
        ncols=4,
    )


def _family(ax: Axes, shown: pd.DataFrame) -> None:
    """Trained methods as lines with bands, in-silico BP as points with ranges."""
    for method, mark in (
        ("ideal-bp", style.band),
        ("asyt", style.band),
        ("insilico-bp", style.interval),
    ):
        rows = shown[shown.method == method]
        mark(ax, rows.epoch, rows.centre, rows.low, rows.high, method)
