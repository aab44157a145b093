"""Panels of many methods on many kinds of device: curves with bands, draws as dots."""

from collections.abc import Sequence
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments import robustness, robustness_schedule, summaries
from asyt.experiments._comparison import Condition
from asyt.figures import _panels
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

#: Reading -> what a panel of the paper's schedule is called.
KINDS = {
    "authors": "authors' chip",
    "independent": "independent chips",
    "floor": "noise floor",
    "common-gain": "one noisy gain a layer",
    "mean-square": "noise with the signal",
}


def percent(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with accuracies in percent, as they are plotted."""
    return rows.assign(accuracy=100 * rows.accuracy)


def curve(ax: Axes, rows: pd.DataFrame, method: str) -> None:
    """Mean accuracy of the draws against epoch, with its 95 % band."""
    line = summaries.interval(rows, ["epoch"], chips=None, replicates=2000)
    style.summary(ax, line, method)


def draws(
    ax: Axes,
    place: float,
    accuracies: pd.Series,
    method: str,
    *,
    across: bool,
) -> None:
    """Draws (percent) as dots with a bar at their mean; `across`: they run along x, not y."""
    places = [place] * len(accuracies)
    dots = (accuracies, places) if across else (places, accuracies)
    colour = style.look(method).colour
    ax.plot(
        *dots,
        "o",
        color=colour,
        markersize=3,
        alpha=0.6,
        markeredgewidth=0,
    )
    bar, half = (ax.vlines, 0.3) if across else (ax.hlines, 0.05)
    bar(accuracies.mean(), place - half, place + half, color=colour, linewidth=2)


def severities(
    bench: pd.DataFrame,
    schedule: pd.DataFrame | None = None,
    *,
    conditions: Sequence[Condition],
    panels: Sequence[str],
    columns: int,
    struck: bool,
) -> style.Drawn:
    """AsyT and PAT against epoch: `panels` of the paper's schedule, then conditions of the bench.

    Panels are named as in `robustness_schedule.labelled`, `columns` of them in a row; three without
    the schedule. `struck` marks the middle of training, where a perturbation strikes.
    """
    curves = robustness.curves(bench)
    names = [condition.name for condition in conditions]
    titles = TITLES
    if schedule is None:
        columns = 3
    else:
        curves = pd.concat([robustness_schedule.curves(schedule), curves], ignore_index=True)
        titles = {name: fill(f"bench: {title}", 24) for name, title in TITLES.items()}
        titles |= {name: _title(name) for name in panels}
        names = [*panels, *names]
    figure, axes = _panels.grid(
        len(names),
        0.28,
        xlabel="epoch",
        most=columns,
        **style.ACCURACY,
        sharex="row",
        sharey=True,
    )
    for ax, name in zip(axes[:, 0], names, strict=True):
        shown = curves[curves.condition == name].sort_values("epoch")
        for method in robustness.COMPARED:
            style.summary(ax, shown[shown.method == method], method, counted=True)
        if struck:
            ax.axvline(int(shown.epoch.max()) // 2, color="0.6", linewidth=0.8, zorder=0)
        ax.set_title(titles.get(name, name))
    style.legend_above(axes[0, 0], 2)
    return figure, curves[curves.condition.isin(names)]


def _title(panel: str) -> str:
    """Of a panel of the paper's schedule: its reading, then its severity."""
    reading, _, condition = panel.partition(", ")
    severity = TITLES[condition] if condition in robustness_schedule.BLOWS else condition
    return f"{KINDS[reading]}\n{severity}"
