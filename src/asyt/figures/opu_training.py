"""Light-in-the-loop: accuracies of training by light and without, and angles of the gradients."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import reported
from asyt.experiments import dfa
from asyt.figures import _style as style

EXPERIMENT = dfa.EXPERIMENT
CAPTION = (
    "MNIST, [784, 1024, 1024, 10], ten epochs. (a) Test accuracy against epoch, mean with 95 % "
    "interval over seeds; first epochs of some runs lie below. (b) Where every run ends, with "
    "median and 5-95 % range; diamonds are the values the source reports. (c) Angle between the "
    "gradient used and that of back-propagation, colours as in (a); 90 degrees is no relation."
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
    figure, axes = style.panels(1, 3, 0.46, width_ratios=(1, 1, 0.9))
    last = table.epoch.max()
    accuracy = dfa.accuracies(table)
    angles = [dfa.angles(table, layer) for layer in (1, 2)]
    for key, (look, _) in SHOWN.items():
        line = _of(accuracy[accuracy.epoch > 0], *key)
        if len(line):
            style.summary(axes[0], line, look, counted=True)
    top = accuracy.centre.max()
    axes[0].set(xlabel="epoch", ylabel="test accuracy (%)")
    axes[0].set(xlim=(0.5, last + 0.5), ylim=(0.9 * top, top + 1))
    _ends(axes[1], table)
    for layer, (curve, dash) in enumerate(zip(angles, ("-", ":"), strict=True), start=1):
        _angles(axes[2], curve, dash)
        style.line(axes[2], [], [], "reported", linestyle=dash, label=f"layer {layer}")
    axes[2].set(xlabel="epoch", ylabel="angle to back-propagation (degrees)")
    axes[2].set(ylim=(0, 95), xlim=(0, last))
    axes[2].legend(loc="lower left")
    style.legend_above(axes[0], 3)
    return figure, pd.concat([accuracy, *angles], ignore_index=True)


def _of(table: pd.DataFrame, method: str, rate: float) -> pd.DataFrame:
    if table.empty:
        return table
    return table[(table.method == method) & (table.rate == rate)]


def _ends(ax: Axes, table: pd.DataFrame) -> None:
    ticks: list[str] = []
    for key, (look, tick) in SHOWN.items():
        ends = dfa.finals(table, *key)
        if not len(ends):
            continue
        at = len(ticks)
        ticks.append(tick)
        style.population(ax, at, ends, look)
        style.points(ax, [at] * len(ends), ends, look, marker="o", markersize=3)
        if key[0] in CLAIMS:
            style.reported(ax, reported(CLAIMS[key[0]]), "", x=at + 0.42)
    ax.set(ylabel="final test accuracy (%)", xlim=(-0.6, len(ticks) - 0.3))
    ax.set_xticks(range(len(ticks)), ticks, fontsize=5.5)


def _angles(ax: Axes, curve: pd.DataFrame, dash: str) -> None:
    for key in WITH_ANGLES:
        line = _of(curve, *key)
        if len(line):
            look, _ = SHOWN[key]
            ends = line.epoch, line.centre, line.low, line.high
            style.band(ax, *ends, look, "").set(linestyle=dash, marker="o", markersize=2)
            if dash == "-":
                end = line.iloc[-1]
                name = style.LABELS[look].replace(" error", "")
                style.note(ax, name, (end.epoch, end.centre), (-2, 5), ha="right", fontsize=6)
