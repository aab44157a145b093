"""Beside AsyT Fig. 5a: accuracy and size of the controls in five readings of the device."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments.mnist_growth import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "One chip on MNIST under AsyT, in five readings of the device: without noise; 10 dB of "
    "independent noise in two readings; 10 dB as one common gain a layer; and 10 dB of "
    "independent noise with controls that cannot leave a range of one. Top, test accuracy; "
    "bottom, root mean square of all weights and biases."
)
ALT = (
    "Accuracy and size of the parameters against epoch in five panels; with strong independent "
    "noise the controls of the device grow well beyond those of the digital model and its "
    "accuracy falls."
)
NAMES = {"ideal-bp": "digital model", "asyt": "device under AsyT"}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One column a reading of the device; thin lines are chips."""
    noises = list(dict.fromkeys(table.noise))
    figure, axes = plt.subplots(
        2, len(noises), figsize=(style.PAGE, 0.5 * style.PAGE), sharex=True, sharey="row"
    )
    for column, noise in zip(axes.T, noises, strict=True):
        part = table[table.noise == noise]
        _lines(column[0], part[part.quantity == "accuracy"], 100)
        _lines(column[1], part[part.quantity == "size"], 1)
        title = noise.replace(", ", ",\n").replace("10 dB ", "10 dB\n")
        column[0].set_title(title, fontsize=7)
        column[1].set_xlabel("epoch")
    axes[0, 0].set(ylabel="test accuracy (%)", ylim=(0, 100))
    axes[1, 0].set_ylabel("rms of parameters")
    for method, name in NAMES.items():
        look = style.look(method)
        axes[0, 0].plot([], [], color=look.colour, linestyle=look.line, label=name)
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=2)
    style.panel_letters(axes[0])
    return figure, table


def _lines(ax: Axes, part: pd.DataFrame, scale: float) -> None:
    for method in NAMES:
        look = style.look(method)
        rows = part[part.method == method]
        chips = rows.pivot(index="epoch", columns=["seed", "chip"], values="value")
        ax.plot(
            chips.index,
            scale * chips,
            color=look.colour,
            linestyle=look.line,
            linewidth=1,
        )
