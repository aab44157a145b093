"""Beside AsyT Fig. 5a: accuracy and size of the controls in five readings of the device."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments.mnist_growth import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "One chip on MNIST under AsyT, in five readings of the device. They are: without noise; 10 dB "
    "of independent noise in two readings; 10 dB as one common gain a layer; 10 dB of "
    "independent noise with controls that cannot leave a range of one. Top, test accuracy; "
    "bottom, root mean square of all weights and biases."
)
ALT = (
    "Accuracy and size of the parameters against epoch in five panels; with strong independent "
    "noise the controls of the device grow well beyond those of the digital model and its "
    "accuracy falls."
)
NAMES = {"ideal-bp": "digital model", "asyt": "device under AsyT"}


def draw(table: pd.DataFrame) -> style.Drawn:
    """One column a reading of the device; thin lines are chips."""
    names = table.reading.unique()
    figure, axes = style.panels(
        2,
        len(names),
        0.5,
        xlabel="epoch",
        letters=False,
        sharex=True,
        sharey="row",
    )
    for column, name in zip(axes.T, names, strict=True):
        part = table[table.reading == name]
        _lines(column[0], part[part.quantity == "accuracy"], 100)
        _lines(column[1], part[part.quantity == "size"], 1)
        title = name.replace(", ", ",\n")
        column[0].set_title(title, fontsize=7)
    axes[0, 0].set(**style.ACCURACY)
    axes[1, 0].set_ylabel("rms of parameters")
    for method, name in NAMES.items():
        style.line(axes[0, 0], [], [], method, label=name)
    style.legend_above(axes[0, 0], 2)
    style.panel_letters(axes[0])
    return figure, table


def _lines(ax: Axes, part: pd.DataFrame, scale: float) -> None:
    for method in NAMES:
        rows = part[part.method == method]
        chips = rows.pivot(index="epoch", columns=["seed", "chip"], values="value")
        style.line(ax, chips.index, scale * chips, method, linewidth=1)
