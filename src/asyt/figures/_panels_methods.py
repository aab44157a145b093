"""Panels of many methods on many kinds of device: curves with bands, draws as dots."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments import robustness, summaries
from asyt.experiments._comparison import Condition
from asyt.figures import _style as style


def percent(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with accuracies in percent, as they are plotted."""
    return rows.assign(accuracy=100 * rows.accuracy)


def band(
    ax: Axes,
    line: pd.DataFrame,
    method: str,
    *,
    x: str = "epoch",
    label: str | None = None,
    n: int | None = None,
) -> None:
    """A summary (centre, low, high) against its column x: a line with a band, see `style.band`."""
    ends = line.low, line.high
    style.band(ax, line[x], line.centre, *ends, method, label=label, n=n)


def curve(ax: Axes, rows: pd.DataFrame, method: str) -> None:
    """Mean accuracy of the draws against epoch, with its 95 % band."""
    line = summaries.interval(rows, ["epoch"], chips=None, replicates=2000)
    band(ax, line, method)


def draws(
    ax: Axes,
    place: float,
    accuracies: pd.Series,
    method: str,
    *,
    across: bool,
) -> None:
    """Draws as dots with a bar at their mean.

    Args:
        ax: where to draw.
        place: of the dots on the other axis.
        accuracies: percent.
        method: whose look they have.
        across: accuracies run along x instead of y.
    """
    look = style.look(method)
    places, mean = [place] * len(accuracies), accuracies.mean()
    dots = (accuracies, places) if across else (places, accuracies)
    ax.plot(
        *dots,
        color=look.colour,
        marker="o",
        markersize=3,
        alpha=0.6,
        linestyle="none",
        markeredgewidth=0,
    )
    if across:
        ax.vlines(mean, place - 0.3, place + 0.3, color=look.colour, linewidth=2)
    else:
        ax.hlines(mean, place - 0.05, place + 0.05, color=look.colour, linewidth=2)


def severities(
    table: pd.DataFrame, conditions: Sequence[Condition], height: float, *, struck: bool
) -> tuple[Figure, pd.DataFrame]:
    """AsyT and PAT against epoch, one panel a condition, three in a row.

    Args:
        table: of the experiment "robustness".
        conditions: one a panel.
        height: of the figure, in widths of a page.
        struck: mark the middle of training, where a perturbation strikes.
    """
    curves = robustness.curves(table)
    curves = curves[curves.condition.isin([condition.name for condition in conditions])]
    figure, axes = plt.subplots(
        len(conditions) // 3,
        3,
        figsize=(style.PAGE, height * style.PAGE),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for ax, condition in zip(axes.flat, conditions, strict=True):
        for method in robustness.COMPARED:
            line = curves[(curves.condition == condition.name) & (curves.method == method)]
            line = line.sort_values("epoch")
            n = int(line.n.iloc[0])
            band(ax, line, method, n=n)
        if struck:
            ax.axvline(int(curves.epoch.max()) // 2, color="0.6", linewidth=0.8, zorder=0)
        ax.set(title=condition.name.replace(" = ", "\n= "), ylim=(0, 100))
    for ax in axes[-1]:
        ax.set_xlabel("epoch")
    for ax in axes[:, 0]:
        ax.set_ylabel("test accuracy (%)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2)
    style.panel_letters(axes.flat)
    return figure, curves
