"""MNIST on a hybrid of linear layers and second-harmonic generation."""

import numpy as np
import pandas as pd

from asyt.claims.published import reported
from asyt.experiments import mnist_hybrid
from asyt.figures import _style as style

EXPERIMENT = mnist_hybrid.EXPERIMENT
CAPTION = (
    "MNIST on a hybrid network: 784, linear, 8 pulses through second-harmonic generation, linear, "
    "10. (a) Mean test accuracy against epoch, with the range of 5 benches. (b) Every bench after "
    "the last epoch; the dashed line is the 97 % that the blog reports."
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
TICKS = {
    "linear": "linear layers\nalone",
    "insilico-bp": "in-silico",
    "pat": "PAT",
    "ideal-bp": "twin alone",
}


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy against epoch, and each bench at the end."""
    figure, (left, right) = style.panels(1, 2, 0.42, width_ratios=(1.2, 1))
    ends = mnist_hybrid.ends(table)
    for name, label in LABELS.items():
        epochs = table[table.method == name].groupby("epoch").accuracy
        line = 100 * epochs.agg(centre="mean", low="min", high="max")
        line = line.assign(n=epochs.size()).reset_index()
        style.summary(left, line, LOOKS.get(name, name), label, counted=True)
    left.set(xlabel="epoch", ylabel="test accuracy (%)", xticks=table.epoch.unique())
    left.legend(loc="center right")
    for place, name in enumerate(TICKS):
        accuracies = ends[name].to_numpy()
        look = LOOKS.get(name, name)
        places = place + np.linspace(-0.15, 0.15, len(accuracies))
        style.points(right, places, accuracies, look)
        mean = accuracies.mean()
        right.hlines(mean, place - 0.25, place + 0.25, color=style.COLOURS[look])
    blog = reported("pnn-accuracy-mnist")
    style.reported(right, blog, f"reported: {blog:g}")
    right.set_xticks(range(len(TICKS)), list(TICKS.values()))
    right.set(ylabel="final test accuracy (%)", xlim=(-0.5, len(TICKS) - 0.4))
    return figure, ends.reset_index()
