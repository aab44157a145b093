"""Panels that several figures share: table or summary in, axes drawn on."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asyt.claims.published import reported
from asyt.experiments import authors, mnist
from asyt.figures import _style as style

#: Reading -> what a panel is called.
READING_TITLES = {
    "authors": "authors' chip, no noise",
    "independent": "independent chips, no noise",
    "floor": "noise floor, 10 dB at the start",
    "common-gain": "one noisy gain a layer, 10 dB",
    "power": "noise 0.10 of the signal",
    "mean-square": "noise 0.32 of the signal",
}
#: How a reported value is marked.
REPORTED: dict[str, Any] = {
    "marker": "D",
    "markersize": 4,
    "markeredgecolor": "black",
    "zorder": 4,
}
#: How each method of the family is drawn, and the end of the id of the claim on its accuracy.
FAMILY = {
    "ideal-bp": (style.band, "bp"),
    "asyt": (style.band, "asyt"),
    "insilico-bp": (style.interval, "insilico"),
}


def readings(table: pd.DataFrame) -> list[str]:
    """The readings that a table has: in the order of `READING_TITLES`, then others."""
    names = set(table.reading)
    known = [name for name in READING_TITLES if name in names]
    return known + sorted(names - set(known))


def reading_title(name: str) -> str:
    """What the panel of a reading is called: by its name where the book has no title for it."""
    return READING_TITLES.get(name, name)


def grid(
    number: int,
    height: float,
    *,
    xlabel: str,
    most: int = 3,
    parts: int = 1,
    **options: Any,
) -> tuple[Figure, np.ndarray]:
    """So many panels, at most `most` in a row, each of `parts` axes in a column.

    `height` is that of a panel, in page widths; the options are of `style.panels`. The lowest panel
    of each column has the label of x.

    Returns:
        The figure and its axes, (number, parts).
    """
    rows = math.ceil(number / most)
    columns = math.ceil(number / rows)
    options = {"sharex": True, "squeeze": False, **options}
    figure, axes = style.panels(
        rows * parts,
        columns,
        height * rows,
        xlabel=xlabel,
        **options,
    )
    by_panel = axes.reshape(rows, parts, columns).swapaxes(1, 2)
    cells = by_panel.reshape(-1, parts)
    for place in range(number, len(cells)):
        for ax in cells[place]:
            ax.remove()
        above = cells[place - columns, -1]
        above.tick_params(labelbottom=True)
        above.set_xlabel(xlabel)
    return figure, cells[:number]


def draws(rows: pd.DataFrame, what: str = "seed") -> str:
    """How many chips, and seeds or what they are called, some rows come from."""
    chips = _counted(rows.chip.nunique(), "chip")
    seeds = _counted(rows.seed.nunique(), what)
    return f"{chips} x {seeds}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def accuracy_against_epoch(table: pd.DataFrame, demo: pd.DataFrame, figure_id: str) -> style.Drawn:
    """Accuracy of the MNIST family, a panel a reading, on an axis that is stretched towards 100 %.

    `demo` holds runs of `authors`, whose panel comes first. Marked are the reported values of the
    claims whose ids begin with that of the figure.
    """
    table = pd.concat([authors.as_fig5(demo), table])
    shown = mnist.summary(table)
    trained = shown[shown.method == "asyt"].fleet
    shown = shown[shown.fleet.isin({"digital", *trained})]
    names = readings(shown)
    figure, axes = grid(
        len(names),
        0.36,
        xlabel="epoch",
        ylabel="test accuracy (%)",
        sharey=True,
    )
    last = shown.epoch.max()
    for ax, name in zip(axes[:, 0], names, strict=True):
        rows = shown[shown.reading == name]
        family(ax, rows, figure_id, last)
        own = table[(table.method == "asyt") & (table.reading == name)]
        counted = draws(own, "order" if name == "authors" else "seed")
        ax.set_title(f"{reading_title(name)}\n{counted}")
    style.stretched(axes[0, 0])
    family_legend(figure, axes[0, 0])
    return figure, shown


def family(ax: Axes, rows: pd.DataFrame, figure_id: str, last: int) -> None:
    """Every method of the family, and its reported value beside the last epoch."""
    for method, (mark, end) in FAMILY.items():
        style.summary(ax, rows[rows.method == method], method, mark=mark)
        published = reported(f"{figure_id}-{end}")
        style.points(ax, [1.06 * last], [published], method, **REPORTED)
    ax.set_xlim(0, 1.12 * last)


def family_legend(figure: Figure, ax: Axes) -> None:
    """The methods of a panel and the mark of reported values, above all panels."""
    handles, labels = ax.get_legend_handles_labels()
    diamond = Line2D([], [], color="0.3", linestyle="none", **REPORTED)
    figure.legend(
        [*handles, diamond],
        [*labels, "reported, in its method's colour"],
        loc="outside upper center",
        ncols=4,
    )
