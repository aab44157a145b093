"""AsyT in ten minutes: Iris on a population of distorted chips."""

import pandas as pd

from asyt.experiments import iris
from asyt.figures import _style as style

EXPERIMENT = iris.EXPERIMENT
CAPTION = (
    "Iris on a population of distorted chips. (a-c) Test accuracy of three methods, median and "
    "5-95 % range over chips, splits and initial values, beside the median of ideal BP. (d) Angle "
    "between the responses of digital model and device (AsyT Eq. 8) under AsyT."
)
ALT = (
    "Accuracy against epoch for in-silico BP, pseudo IP-BP and AsyT, each beside ideal BP; last, "
    "the alignment angle falling during training."
)
SHOWN = ("insilico-bp", "pseudo-ip-bp", "asyt")


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy of each method beside ideal BP, and the angle under AsyT, against epoch."""
    shown = iris.summary(table)
    figure, axes = style.panels(1, 4, 0.36, xlabel="epoch", ylabel="test accuracy (%)")
    accuracy = shown[shown.quantity == "accuracy"]
    ideal = accuracy[accuracy.method == "ideal-bp"]
    label = f"{style.LABELS['ideal-bp']} (median, n = {ideal.n.iloc[0]})"
    for ax, method in zip(axes, SHOWN, strict=False):
        line = accuracy[accuracy.method == method]
        style.summary(ax, line, method)
        style.line(
            ax,
            ideal.epoch,
            ideal.centre,
            "ideal-bp",
            linewidth=1,
            label=label,
        )
        ax.set(ylim=(0, 102), title=f"{style.LABELS[method]} (n = {line.n.iloc[0]})")
    figure.legend(handles=[axes[0].lines[-1]], loc="outside upper center")
    style.summary(axes[3], shown[shown.quantity == "angle"], "asyt")
    axes[3].set(ylabel="angle to the model (degrees)", title="Angle under AsyT", ylim=(0, None))
    for ax in axes:
        ax.set(xlim=(0, shown.epoch.max()))
    return figure, shown
