"""Optical DFA beyond the source: threshold, bits, width, and Fashion-MNIST."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments import dfa_sweeps
from asyt.experiments.dfa_sweeps import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

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
LABELS = {"threshold": "threshold of the error", "bits": "bits of the camera", "width": "width"}
#: (method, rate) on Fashion-MNIST -> its look and its tick.
FASHION = {
    ("bp", 0.001): ("ideal-bp", "BP"),
    ("dfa-optical", 0.01): ("dfa-optical", "DFA\n0.01"),
    ("dfa-optical", 0.001): ("dfa-optical", "DFA\n0.001"),
}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One panel a sweep."""
    accuracies = dfa_sweeps.finals(table)
    figure, axes = plt.subplots(
        1,
        4,
        figsize=(style.PAGE, 0.36 * style.PAGE),
        sharey=True,
    )
    for ax, (sweep, label) in zip(axes, LABELS.items(), strict=False):
        _swept(ax, accuracies[accuracies.sweep == sweep])
        ax.set_xlabel(label)
    axes[0].set(ylabel="test accuracy (%)", ylim=(0, 100))
    axes[2].set_xscale("log")
    _fashion(axes[3], accuracies[accuracies.sweep == "fashion"])
    style.panel_letters(axes)
    return figure, accuracies


def _swept(ax: Axes, accuracies: pd.DataFrame) -> None:
    look = style.look("dfa-optical")
    mean = accuracies.groupby("x").accuracy.mean()
    ax.plot(
        mean.index,
        mean,
        color=look.colour,
        linestyle=look.line,
        linewidth=1,
    )
    ax.plot(
        accuracies.x,
        accuracies.accuracy,
        color=look.colour,
        marker=look.marker,
        linestyle="none",
        markersize=4,
    )


def _fashion(ax: Axes, accuracies: pd.DataFrame) -> None:
    for at, ((method, rate), (key, _)) in enumerate(FASHION.items()):
        ends = accuracies[(accuracies.method == method) & (accuracies.x == rate)]
        look = style.look(key)
        ax.plot(
            [at] * len(ends),
            ends.accuracy,
            color=look.colour,
            marker=look.marker,
            linestyle="none",
        )
    ticks = [tick for _, tick in FASHION.values()]
    ax.set_xticks(range(len(ticks)), ticks)
    ax.set(xlabel="Fashion-MNIST", xlim=(-0.6, len(ticks) - 0.4))
