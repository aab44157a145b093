"""The panels that AsyT Figs. 5e and 5f share: accuracy, and the gap below it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.claims.published import number
from asyt.experiments import _sweep, mnist_structure
from asyt.figures import _panels
from asyt.figures import _style as style

GAP_TICKS = (0, 1, 3, 10, 30, 100)


def gaps(
    table: pd.DataFrame,
    key: str,
    label: str,
    claim: str,
) -> tuple[Figure, pd.DataFrame]:
    """Accuracy of ideal BP and AsyT and, below, their gap; a column a reading of the noise.

    Args:
        table: runs of `asyt.experiments.mnist_structure`.
        key: the column that varies.
        label: of the axis of `key`.
        claim: the claim on the gap, whose bound is marked.
    """
    shown = _sweep.summary(table, key)
    apart = mnist_structure.gaps(table, key)
    noises = _panels.readings(apart)
    figure, axes = plt.subplots(
        2,
        len(noises),
        figsize=(style.PAGE, 0.6 * style.PAGE),
        sharex=True,
        sharey="row",
        squeeze=False,
    )
    bound = number(claim)
    trained = shown[shown.method == "asyt"]
    for (top, bottom), noise in zip(axes.T, noises, strict=True):
        _line(top, shown[shown.method == "ideal-bp"], key, "ideal-bp")
        _line(top, trained[trained.noise == noise], key, "asyt")
        gap = apart[apart.noise == noise]
        style.interval(bottom, gap[key], gap.centre, gap.low, gap.high, "asyt")
        told = f"reported: below {bound:g}" if noise == noises[0] else ""
        style.reported(bottom, bound, told)
        top.set_title(_panels.NOISE_TITLES[noise])
        bottom.set_xlabel(label)
        bottom.set_xticks(sorted(set(apart[key])))
    axes[0, 0].set(ylabel="test accuracy (%)", ylim=(0, 100))
    _gap_axis(axes[1, 0], lowest=apart.centre.min())
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=2)
    style.panel_letters(axes.flat)
    below = apart.rename(columns={"centre": "gap"})
    return figure, pd.concat([shown, below], ignore_index=True)


def _line(ax: Axes, rows: pd.DataFrame, key: str, method: str) -> None:
    """Mean and band, a marker a value of `key`."""
    line, look = rows.sort_values(key), style.look(method)
    style.band(
        ax,
        line[key],
        line.centre,
        line.low,
        line.high,
        method,
        n=int(line.n.iloc[0]),
    )
    ax.plot(
        line[key],
        line.centre,
        linestyle="none",
        color=look.colour,
        marker=look.marker,
    )


def _gap_axis(ax: Axes, lowest: float) -> None:
    """From tenths of a point to all that can be lost."""
    ax.set_ylabel("ideal BP minus AsyT (points)")
    ax.set_yscale("symlog", linthresh=1)
    ax.set_yticks(GAP_TICKS, map(str, GAP_TICKS))
    ax.set_ylim(min(0, lowest), GAP_TICKS[-1])
