"""Light-in-the-loop: accuracies of training by light and without, and angles of the gradients."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from asyt.claims.published import reported
from asyt.experiments import dfa, summaries
from asyt.figures import _style as style

EXPERIMENT = dfa.EXPERIMENT
CAPTION = (
    "MNIST, [784, 1024, 1024, 10], ten epochs. (a) Test accuracy against epoch, mean with 95 % "
    "interval over seeds; first epochs of some runs lie below. (b) Where every run ends, and "
    "beside it the mean with its 95 % interval; diamonds are the values the source reports. (c) "
    "Angle between the gradient used and that of back-propagation, colours and markers as in (a), "
    "mean with 95 % interval; 90 degrees is no relation. Pixels from 0 to 1."
)
ALT = (
    "Accuracy of back-propagation, feedback alignment, DFA with and without ternary errors, "
    "optical DFA and training of the read-out alone; final accuracies as dots; angles falling from "
    "90 degrees."
)
#: (method, rate) of the table -> its look and its tick.
SHOWN = {
    ("bp", 0.001): ("ideal-bp", "BP"),
    ("fa", 0.001): ("fa", "FA"),
    ("dfa", 0.001): ("dfa", "DFA"),
    ("dfa-ternary", 0.001): ("dfa-ternary", "ternary\nDFA"),
    ("dfa-optical", 0.01): ("dfa-optical", "optical\nDFA"),
    ("readout-only", 0.001): ("readout-only", "read-\nout"),
}
#: The claim on an accuracy.
CLAIMS = {"dfa-optical": "opu-optical", "dfa-ternary": "opu-ternary", "dfa": "opu-dfa"}
WITH_ANGLES = [("fa", 0.001), ("dfa", 0.001), ("dfa-ternary", 0.001)]


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy against epoch, final accuracies, alignment angles."""
    figure, axes = style.panels(1, 3, 0.46, width_ratios=(1, 1.1, 0.9))
    last = table.epoch.max()
    accuracy = dfa.accuracies(table)
    angles = [dfa.angles(table, layer) for layer in (1, 2)]
    for key, (look, _) in SHOWN.items():
        line = _of(accuracy[accuracy.epoch > 0], *key)
        if len(line):
            style.summary(axes[0], line, look, mark=_marked, counted=True)
    top = accuracy.centre.max()
    axes[0].set(xlabel="epoch", ylabel="test accuracy (%)")
    axes[0].set(xlim=(0.5, last + 0.5), ylim=(0.9 * top, top + 1))
    _ends(axes[1], table)
    for layer, dash in ((1, "-"), (2, ":")):
        _angles(axes[2], angles[layer - 1], dash)
        style.line(
            axes[2],
            [],
            [],
            "reported",
            linestyle=dash,
            label=f"layer {layer}",
        )
    axes[2].set(xlabel="epoch", ylabel="angle to back-propagation (degrees)")
    axes[2].set(ylim=(0, 95), xlim=(0, last))
    axes[2].legend(loc="lower left")
    style.legend_above(axes[0], 3)
    return figure, pd.concat([accuracy, *angles], ignore_index=True)


def _of(table: pd.DataFrame, method: str, rate: float) -> pd.DataFrame:
    if table.empty:
        return table
    return table[(table.method == method) & (table.rate == rate)]


def _marked(ax: Axes, *numbers: Any) -> Line2D:
    """A band whose line has its method's marker at every point."""
    line = style.band(ax, *numbers)
    line.set(marker=style.MARKERS[numbers[4]], markersize=3, linewidth=1)
    return line


def _ends(ax: Axes, table: pd.DataFrame) -> None:
    ticks: list[str] = []
    for (method, rate), (look, tick) in SHOWN.items():
        ends = dfa.finals(table, method, rate)
        if not len(ends):
            continue
        at = len(ticks)
        ticks.append(tick)
        style.points(
            ax,
            [at] * len(ends),
            ends,
            look,
            markersize=3.5,
            alpha=0.6,
        )
        mean = summaries.mean(ends[:, None])
        style.interval(
            ax,
            at + 0.3,
            mean["centre"],
            mean["low"],
            mean["high"],
            look,
        )
        if method in CLAIMS:
            value = reported(CLAIMS[method])
            style.reported(ax, value, "", x=at)
    ax.set(ylabel="final test accuracy (%)", xlim=(-0.5, len(ticks) - 0.3))
    ax.set_xticks(range(len(ticks)), ticks, fontsize=6)


def _angles(ax: Axes, curve: pd.DataFrame, dash: str) -> None:
    for key in WITH_ANGLES:
        line = _of(curve, *key)
        if len(line):
            look, _ = SHOWN[key]
            marked = _marked(
                ax,
                line.epoch,
                line.centre,
                line.low,
                line.high,
                look,
                "",
            )
            marked.set(linestyle=dash)
