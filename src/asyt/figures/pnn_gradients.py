"""Why the backward pass needs a twin, and which one."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments import shg_gradients
from asyt.experiments.shg_gradients import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

CAPTION = (
    "Why the backward pass needs a twin, and which one. (a) One module: reading of a bench for one "
    "input, and what its analytic twin (wrong parameters) and a fitted twin expect. (b) Cosine "
    "between three update directions and the gradient of the benches themselves, which only a "
    "simulation knows, at random controls, for each of the five modules: median and 5-95 % range "
    "over benches and initial values. (c) The same where 60 epochs of physics-aware training have "
    "brought each bench."
)
ALT = (
    "Three readings that nearly coincide; cosines against the module. At trained controls PAT "
    "stays near one, the pseudo update falls for some draws, and the gradient of the twin alone "
    "points anywhere."
)
LABELS = {"pat": "PAT", "pseudo-ip-bp": "pseudo update", "insilico-bp": "twin alone"}
TITLES = {"random": "random controls", "trained": "controls trained by PAT"}
#: Whose reading -> the method whose look it has, and its width of line.
READINGS = {
    "bench": ("ideal-bp", 1.6),
    "analytic twin": ("pat", 1.0),
    "fitted twin": ("hybrid", 1.0),
}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The readings of one module, and the cosines against the module."""
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.36 * style.PAGE))
    _readings(axes[0], table[table.quantity == "reading"])
    numbers = []
    for ax, (moment, title) in zip(axes[1:], TITLES.items(), strict=True):
        lines = _cosines(ax, shg_gradients.cosine_ranges(table, moment))
        lines.insert(0, "controls", moment)
        numbers.append(lines)
        ax.set_title(title)
    axes[1].set_ylabel("cosine with the bench's gradient")
    axes[1].legend(loc="lower left", title=f"n = {numbers[0].n.iloc[0]}", title_fontsize=7)
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)


def _readings(ax: Axes, readings: pd.DataFrame) -> None:
    """Contrast against channel."""
    for source, (method, width) in READINGS.items():
        line, look = readings[readings.source == source], style.look(method)
        ax.plot(
            line.position,
            line.value,
            color=look.colour,
            linestyle=look.line,
            linewidth=width,
            label=source,
        )
    ax.set(xlabel="channel of the reading", ylabel="contrast", title="one module, one input")
    ax.legend(loc="upper left")


def _cosines(ax: Axes, ranges: pd.DataFrame) -> pd.DataFrame:
    """Cosine against module, a line with a range a direction; returns what is drawn."""
    for name, label in LABELS.items():
        line = ranges[ranges.direction == name]
        panels.band(ax, line, name, x="module", label=label)
    ax.axhline(0, color="0.6", linewidth=0.6)
    ax.set(xlabel="module", ylim=(-1, 1.05), xticks=range(1, 6))
    return ranges
