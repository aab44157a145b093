"""Optical DFA beyond the source: threshold, bits, width, and Fashion-MNIST."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments import dfa_sweeps
from asyt.figures import _style as style

EXPERIMENT = dfa_sweeps.EXPERIMENT
CAPTION = (
    "Optical DFA beyond the source, in short runs (12,800 training samples, five epochs, two at "
    "width 10,000, one seed). Test accuracy (a) against the threshold of the ternary error, (b) "
    "the bits of the camera, (c) the width of both hidden layers; (d) Fashion-MNIST at two rates "
    "beside back-propagation. Dots are runs."
)
ALT = (
    "Four panels of test accuracies: against threshold, camera bits and width, and on "
    "Fashion-MNIST for back-propagation and two rates of optical DFA."
)
LABELS = {
    "threshold": "threshold of the error",
    "bits": "bits of the camera",
    "width": "width",
}
#: (method, rate) on Fashion-MNIST -> its look and its tick.
FASHION = {
    ("bp", 0.001): ("ideal-bp", "BP"),
    ("dfa-optical", 0.01): ("dfa-optical", "DFA\n0.01"),
    ("dfa-optical", 0.001): ("dfa-optical", "DFA\n0.001"),
}


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a sweep."""
    accuracies = dfa_sweeps.finals(table)
    figure, axes = style.panels(1, 4, 0.36, sharey=True, **style.ACCURACY)
    for ax, (sweep, label) in zip(axes, LABELS.items(), strict=False):
        ends = accuracies[accuracies.sweep == sweep]
        style.points(ax, ends.x, ends.accuracy, "dfa-optical", markersize=4)
        ax.set_xlabel(label)
        runs = ends.groupby("x").size().max()
        style.note(
            ax,
            f"n = {runs} a point",
            (0, 1),
            (3, -8),
            xycoords="axes fraction",
        )
    axes[2].set_xscale("log")
    _fashion(axes[3], accuracies[accuracies.sweep == "fashion"])
    return figure, accuracies


def _fashion(ax: Axes, accuracies: pd.DataFrame) -> None:
    ticks: list[str] = []
    for (method, rate), (look, tick) in FASHION.items():
        ends = accuracies[(accuracies.method == method) & (accuracies.x == rate)]
        places = [len(ticks)] * len(ends)
        style.points(ax, places, ends.accuracy, look)
        ticks.append(tick)
    ax.set_xticks(range(len(ticks)), ticks)
    ax.set_xlim(-0.6, len(ticks) - 0.4)
    ax.set_xlabel("Fashion-MNIST (rate of DFA)")
