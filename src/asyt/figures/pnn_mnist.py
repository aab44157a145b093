"""MNIST on a hybrid of linear layers and second-harmonic generation."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import reported
from asyt.experiments import mnist_hybrid
from asyt.figures import _style as style

EXPERIMENT = mnist_hybrid.EXPERIMENT
CAPTION = (
    "MNIST on a hybrid network: 784, linear, 8 pulses through second-harmonic generation, linear, "
    "10. (a) Mean test accuracy against epoch, with the range of 5 benches. (b) Every bench after "
    "the last epoch; the diamond is the 97 % that the blog reports."
)
ALT = (
    "Test accuracy against epoch for physics-aware training, the nominal twin, the twin's settings "
    "on the bench, and the linear layers alone; and the final accuracies of five benches."
)
#: What is drawn -> its label, where it is not the method's own.
LABELS = {
    "ideal-bp": "Twin alone",
    "pat": None,
    "insilico-bp": None,
    "linear": "Linear layers alone",
}
#: The linear layers alone are no method; they get a look that no method here has.
LOOKS = {"linear": "spsa"}
TICKS = {"linear": "linear layers\nalone", "pat": "PAT", "ideal-bp": "twin alone"}


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy against epoch, and each bench at the end."""
    figure, axes = style.panels(1, 2, 0.42, width_ratios=(1.2, 1))
    ends = mnist_hybrid.ends(table)
    _curves(axes[0], table)
    _ends(axes[1], ends)
    style.panel_letters(axes)
    return figure, ends.reset_index()


def _curves(ax: Axes, table: pd.DataFrame) -> None:
    """Mean and range of the benches against epoch."""
    for name, label in LABELS.items():
        epochs = table[table.method == name].groupby("epoch").accuracy
        line = 100 * epochs.agg(centre="mean", low="min", high="max")
        line = line.assign(n=epochs.size()).reset_index()
        style.summary(ax, line, LOOKS.get(name, name), label, counted=True)
    ax.set(xlabel="epoch", ylabel="test accuracy (%)", xticks=sorted(set(table.epoch)))
    ax.legend(loc="center right")


def _ends(ax: Axes, ends: pd.DataFrame) -> None:
    """Every bench as a point, with a bar at their mean."""
    for place, name in enumerate(TICKS):
        accuracies, look = ends[name].to_numpy(), LOOKS.get(name, name)
        places = place + np.linspace(-0.15, 0.15, len(accuracies))
        style.points(ax, places, accuracies, look)
        ax.hlines(accuracies.mean(), place - 0.25, place + 0.25, color=style.COLOURS[look])
    blog = reported("pnn-accuracy-mnist")
    style.reported(ax, blog, f"{blog:g}", x=1.35)
    ax.set_xticks(range(len(TICKS)), list(TICKS.values()))
    ax.set(ylabel="final test accuracy (%)", xlim=(-0.5, 2.6))
