"""Panels of many methods on many kinds of device: curves with bands, draws as dots."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments import robustness, summaries
from asyt.experiments._comparison import Condition
from asyt.figures import _style as style

#: Condition -> what a panel is called: each in the unit of what it changes.
TITLES = {
    "perturbation 0.6": "second relative error of 0.6",
    "perturbation 1.2": "second relative error of 1.2",
    "perturbation 2.4": "second relative error of 2.4",
    "power 10 dB": "noise 0.10 of the signal",
    "mean-square 10 dB = power 5 dB": "noise 0.32 of the signal (10 dB)",
    "mean-square 5 dB": "noise 0.56 of the signal (5 dB)",
    "0 dB": "noise as large as the signal (0 dB)",
    "common 10 dB": "one noisy gain a layer, 10 dB",
    "common 0 dB": "one noisy gain a layer, 0 dB",
}


def percent(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with accuracies in percent, as they are plotted."""
    return rows.assign(accuracy=100 * rows.accuracy)


def curve(ax: Axes, rows: pd.DataFrame, method: str) -> None:
    """Mean accuracy of the draws against epoch, with its 95 % band."""
    line = summaries.interval(rows, ["epoch"], chips=None, replicates=2000)
    style.summary(ax, line, method)


def draws(ax: Axes, place: float, accuracies: pd.Series, method: str, *, across: bool) -> None:
    """Draws (percent) as dots with a bar at their mean; `across`: they run along x, not y."""
    places = [place] * len(accuracies)
    dots = (accuracies, places) if across else (places, accuracies)
    colour = style.look(method).colour
    ax.plot(*dots, "o", color=colour, markersize=3, alpha=0.6, markeredgewidth=0)
    bar, half = (ax.vlines, 0.3) if across else (ax.hlines, 0.05)
    bar(accuracies.mean(), place - half, place + half, color=colour, linewidth=2)


def severities(
    table: pd.DataFrame, conditions: Sequence[Condition], height: float, *, struck: bool
) -> style.Drawn:
    """AsyT and PAT against epoch, one panel a condition, three in a row.

    `struck` marks the middle of training, where a perturbation strikes.
    """
    curves = robustness.curves(table)
    curves = curves[curves.condition.isin([condition.name for condition in conditions])]
    figure, axes = style.panels(
        len(conditions) // 3,
        3,
        height,
        xlabel="epoch",
        **style.ACCURACY,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for ax, condition in zip(axes.flat, conditions, strict=True):
        for method in robustness.COMPARED:
            line = curves[(curves.condition == condition.name) & (curves.method == method)]
            style.summary(ax, line.sort_values("epoch"), method, counted=True)
        if struck:
            ax.axvline(int(curves.epoch.max()) // 2, color="0.6", linewidth=0.8, zorder=0)
        ax.set_title(TITLES.get(condition.name, condition.name))
    style.legend_above(axes[0, 0], 2)
    return figure, curves
