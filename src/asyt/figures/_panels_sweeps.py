"""The panels that AsyT Figs. 5e and 5f share: accuracy, and the gap below it."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import number
from asyt.experiments import _sweep, mnist_structure
from asyt.figures import _panels
from asyt.figures import _style as style

GAP_TICKS = (0, 1, 3, 10, 30, 100)
#: Where the axis of gaps ends: of a few draws of which one fails, intervals reach far beyond.
GAP_LIMITS = (-1, 130)


def gaps(table: pd.DataFrame, key: str, label: str, claim: str) -> style.Drawn:
    """Accuracy of ideal BP and AsyT and, below, their gap; two panels a reading.

    The column `key` varies; the bound of the claim on the gap is marked.
    """
    shown = _sweep.summary(table, key).sort_values(key)
    apart = mnist_structure.gaps(table, key)
    bound = number(claim)
    names = _panels.readings(apart)
    figure, axes = _panels.grid(
        len(names),
        0.56,
        xlabel=label,
        parts=2,
        sharey="row",
    )
    for (top, bottom), name in zip(axes, names, strict=True):
        gap = apart[apart.reading == name]
        _accuracies(top, shown[shown.reading == name], key)
        style.summary(bottom, gap, "asyt", x=key, mark=style.interval)
        told = f"reported: below {bound:g}" if name == names[-1] else ""
        style.reported(bottom, bound, told)
        bottom.set_xticks(sorted(set(apart[key])))
        epochs = table[table.reading == name].epoch.max()
        draws = f"{epochs} epochs, n = {gap.n.min()}"
        title = _panels.reading_title(name)
        top.set_title(f"{title}\n{draws}")
    for top, bottom in axes:
        top.set(ylim=style.ACCURACY["ylim"])
        _logarithmic(bottom)
        if top.get_subplotspec().is_first_col():
            top.set_ylabel(style.ACCURACY["ylabel"])
            bottom.set_ylabel("ideal BP minus AsyT\n(points; linear below 1)")
    style.legend_above(axes[0, 0], 2)
    gaps_shown = apart.rename(columns={"centre": "gap"})
    return figure, pd.concat([shown, gaps_shown], ignore_index=True)


def _accuracies(ax: Axes, shown: pd.DataFrame, key: str) -> None:
    """Ideal BP and AsyT of one reading."""
    for method in ("ideal-bp", "asyt"):
        line = shown[shown.method == method]
        style.summary(ax, line, method, x=key)
        style.points(ax, line[key], line.centre, method)


def _logarithmic(ax: Axes) -> None:
    """From tenths of a point to all that can be lost."""
    ax.set_yscale("symlog", linthresh=1)
    ax.set_yticks(GAP_TICKS, map(str, GAP_TICKS))
    ax.set_ylim(*GAP_LIMITS)
