"""The panels that AsyT Figs. 5e and 5f share: accuracy, and the gap below it."""

import pandas as pd

from asyt.claims.published import number
from asyt.experiments import _sweep, mnist_structure
from asyt.figures import _panels
from asyt.figures import _style as style

GAP_TICKS = (0, 1, 3, 10, 30, 100)


def gaps(table: pd.DataFrame, key: str, label: str, claim: str) -> style.Drawn:
    """Accuracy of ideal BP and AsyT and, below, their gap; a column a reading of the noise.

    The column `key` varies; the bound of the claim on the gap is marked.
    """
    shown = _sweep.summary(table, key)
    apart = mnist_structure.gaps(table, key)
    names = _panels.readings(apart)
    figure, axes = style.panels(
        2, len(names), 0.6, xlabel=label, sharex=True, sharey="row", squeeze=False
    )
    bound = number(claim)
    for (top, bottom), name in zip(axes.T, names, strict=True):
        for method in ("ideal-bp", "asyt"):
            line = shown[shown.method == method].sort_values(key)
            line = line if method == "ideal-bp" else line[line.reading == name]
            style.summary(top, line, method, x=key, counted=True)
            style.points(top, line[key], line.centre, method)
        gap = apart[apart.reading == name]
        style.summary(bottom, gap, "asyt", x=key, mark=style.interval)
        told = f"reported: below {bound:g}" if name == names[0] else ""
        style.reported(bottom, bound, told)
        top.set_title(_panels.reading_title(name))
        bottom.set_xticks(sorted(set(apart[key])))
    axes[0, 0].set(**style.ACCURACY)
    below = axes[1, 0]  # from tenths of a point to all that can be lost
    below.set_ylabel("ideal BP minus AsyT\n(points; linear below 1)")
    below.set_yscale("symlog", linthresh=1)
    below.set_yticks(GAP_TICKS, map(str, GAP_TICKS))
    below.set_ylim(min(0, apart.low.min()), GAP_TICKS[-1])
    style.legend_above(axes[0, 0], 2)
    return figure, pd.concat([shown, apart.rename(columns={"centre": "gap"})], ignore_index=True)
