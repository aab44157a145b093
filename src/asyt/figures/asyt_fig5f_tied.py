"""Beside AsyT Figs. 5b and 5f: what breaks AsyT on the authors' chip is its first layer."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments import tied_errors
from asyt.experiments.tied_errors import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "AsyT after the last epoch, without noise, a row a kind of chip, a dot a draw (three orders of "
    "the samples, and three chips where errors are independent); black, ideal BP. *Tied*: the "
    "first layer's errors are six times its initial weights, as on the authors' chip. Dashed, "
    "half of ideal BP's mean: fixed beforehand, AsyT fails below it. (a) MNIST, [784, 128, 128, "
    "128, 128, 10], images of unit length. (b) Fashion-MNIST, [784, 256, 256, 10], pixels from 0 "
    "to 1."
)
ALT = (
    "Dots of accuracy, two panels. Wherever the first layer is tied to its start AsyT ends far "
    "below ideal BP, whatever the other layers; wherever it is not, beside it."
)
#: (start, errors) -> what a row is called, from above.
ROWS = {
    ("demo", "demo"): "authors' chip",
    ("demo", "tied"): "its first layer,\nothers independent",
    ("demo", "untied"): "first independent,\nits other layers",
    ("demo", "independent"): "independent",
    ("own", "tied"): "own start, tied to it",
    ("own", "independent"): "own start, independent",
}


def draw(table: pd.DataFrame) -> style.Drawn:
    """A panel a task."""
    shown = tied_errors.ends(table)
    tasks = list(shown.task.unique())
    figure, axes = style.panels(
        1, len(tasks), 0.4, xlabel="test accuracy (%)", sharex=True, sharey=True, squeeze=False
    )
    for ax, task in zip(axes[0], tasks, strict=True):
        _task(ax, shown[shown.task == task])
        ax.set_title(f"{task}\nn = {shown[shown.task == task].seed.nunique()} a row")
    axes[0, 0].set(xlim=(0, 103), ylim=(len(ROWS) - 0.5, -0.5))
    axes[0, 0].set_yticks(range(len(ROWS)), list(ROWS.values()))
    style.legend_above(axes[0, 0], 2)
    return figure, shown


def _task(ax: Axes, shown: pd.DataFrame) -> None:
    """Every draw of AsyT, and of the ideal BP beside it, in the row of its chip."""
    row_of = {kind: row for row, kind in enumerate(ROWS)}
    at = [row_of[kind] for kind in zip(shown.start, shown.errors, strict=True)]
    style.points(ax, 100 * shown.ideal, at, "ideal-bp", label="Ideal BP")
    style.points(ax, 100 * shown.accuracy, at, "asyt", label="AsyT")
    half = 100 * tied_errors.FAILS * shown.ideal.mean()
    ax.axvline(half, color="0.4", linestyle="--", linewidth=0.8)
    for row, (_, errors) in enumerate(ROWS):
        if errors in ("demo", "tied"):
            ax.axhspan(row - 0.5, row + 0.5, color="0.94", zorder=0)
            ax.text(half + 2, row, "tied", va="center", fontsize="small")
