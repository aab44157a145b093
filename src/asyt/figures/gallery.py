"""Other people's simulators as the device."""

import pandas as pd

from asyt.experiments import gallery
from asyt.experiments.gallery import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels
from asyt.figures import _style as style

CAPTION = (
    "Iris on devices that other people's packages simulate, against the size of the errors that "
    "the twin does not know (1 is what each example states). Mean test accuracy, with the range "
    "from the lowest to the highest draw of 4 splits and starts x 3 chips; ideal BP is the twin by "
    "itself."
)
ALT = (
    "A panel a device: test accuracy against the size of the errors, under four methods. In-silico "
    "BP falls first; where light interferes, all fall."
)
#: Horizontal places, so that intervals do not hide each other.
SHIFTS = {
    "ideal-bp": 0.0,
    "insilico-bp": -0.02,
    "pat": 0.0,
    "asyt": 0.02,
}


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy against the size of the errors, a panel a simulator."""
    shown = [name for name in gallery.SIMULATORS if (table.simulator == name).any()]
    width = min(1, 0.25 * len(shown))
    figure, axes = _panels.grid(
        len(shown),
        0.32,
        xlabel="errors (times stated)",
        most=4,
        width=width,
        sharey=True,
        **style.ACCURACY,
    )
    accuracies = gallery.ranges(table)
    for ax, name in zip(axes[:, 0], shown, strict=True):
        for method, shift in SHIFTS.items():
            rows = accuracies[(accuracies.simulator == name) & (accuracies.method == method)]
            rows = rows.assign(place=rows.errors + shift)
            style.summary(ax, rows, method, x="place", mark=style.interval)
            style.line(ax, rows.place, rows.centre, method)
        ax.set_title(gallery.TITLES[name])
        ax.set(xlim=(0.1, 1.1), ylim=(0, 103), xticks=sorted(rows.errors))
    style.legend_above(axes[0, 0], 4)
    return figure, accuracies
