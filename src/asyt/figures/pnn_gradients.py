"""Why the backward pass needs a twin, and which one."""

import pandas as pd

from asyt.experiments import shg_gradients
from asyt.figures import _style as style

EXPERIMENT = shg_gradients.EXPERIMENT
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


def draw(table: pd.DataFrame) -> style.Drawn:
    """The readings of one module, and the cosines against the module."""
    figure, axes = style.panels(1, 3, 0.36)
    readings = table[table.quantity == "reading"]
    for source, (method, width) in READINGS.items():
        line = readings[readings.source == source]
        style.line(
            axes[0],
            line.position,
            line.value,
            method,
            linewidth=width,
            label=source,
        )
    axes[0].set(
        ylabel="contrast",
        xlabel="channel of the reading",
        title="one module, one input",
    )
    axes[0].legend(loc="upper left")
    numbers = []
    for ax, (moment, title) in zip(axes[1:], TITLES.items(), strict=True):
        ranges = shg_gradients.cosine_ranges(table, moment)
        for name, label in LABELS.items():
            style.summary(ax, ranges[ranges.direction == name], name, label, x="module")
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set(xlabel="module", ylim=(-1, 1.05), xticks=range(1, 6), title=title)
        ranges.insert(0, "controls", moment)
        numbers.append(ranges)
    axes[1].set_ylabel("cosine with the bench's gradient")
    axes[1].legend(loc="lower left", title=f"n = {numbers[0].n.iloc[0]}", title_fontsize=7)
    return figure, pd.concat(numbers, ignore_index=True)
