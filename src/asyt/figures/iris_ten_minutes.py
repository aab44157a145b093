"""AsyT in ten minutes: Iris on a population of distorted chips."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments import iris
from asyt.experiments.iris import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "Iris on a population of distorted chips. (a-c) Test accuracy of three methods, median and "
    "5-95 % range over chips, splits and initial values, beside the median of ideal BP. (d) Angle "
    "between the responses of digital model and device (AsyT Eq. 8) under AsyT."
)
ALT = (
    "Accuracy against epoch for in-silico BP, pseudo IP-BP and AsyT, each beside ideal BP; last, "
    "the alignment angle falling during training."
)
METHODS = ("insilico-bp", "pseudo-ip-bp", "asyt")


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy of each method beside ideal BP, and the angle under AsyT, against epoch."""
    shown = iris.summary(table)
    figure, axes = plt.subplots(1, 4, figsize=(style.PAGE, 0.36 * style.PAGE))
    accuracy = shown[shown.quantity == "accuracy"]
    for ax, method in zip(axes, METHODS, strict=False):
        _accuracy(ax, accuracy, method)
    figure.legend(handles=[axes[0].lines[-1]], loc="outside upper center")
    axes[0].set_ylabel("test accuracy (%)")
    _line(axes[3], shown[shown.quantity == "angle"], "asyt")
    axes[3].set(ylabel="angle to the model (degrees)", title="Angle under AsyT")
    axes[3].set_ylim(bottom=0)
    for ax in axes:
        ax.set(xlabel="epoch", xlim=(0, shown.epoch.max()))
    style.panel_letters(axes)
    return figure, shown


def _accuracy(ax: Axes, accuracy: pd.DataFrame, method: str) -> None:
    """A method with its band, and the median of ideal BP."""
    line = accuracy[accuracy.method == method]
    ideal = accuracy[accuracy.method == "ideal-bp"]
    look = style.look("ideal-bp")
    _line(ax, line, method)
    ax.plot(
        ideal.epoch,
        ideal.centre,
        color=look.colour,
        linewidth=1,
        label=f"{look.label} (median, n = {ideal.n.iloc[0]})",
    )
    ax.set(ylim=(0, 102), title=f"{style.LABELS[method]} (n = {line.n.iloc[0]})")


def _line(ax: Axes, line: pd.DataFrame, method: str) -> None:
    style.band(ax, line.epoch, line.centre, line.low, line.high, method)
