"""AsyT Fig. 5e: the gap between ideal BP and AsyT on MNIST against width."""

import pandas as pd

from asyt.experiments import mnist_structure
from asyt.figures import _panels_sweeps
from asyt.figures import _style as style

EXPERIMENT = mnist_structure.EXPERIMENT
CAPTION = (
    "MNIST against the width of two hidden layers, at one sigma_phy, 20 epochs. Top, test "
    "accuracy of ideal BP and AsyT; bottom, their gap beside the bound the paper reports. Means "
    "with 95 % intervals over draws of seed and chip, paired. Widths are ours; 1024 is without "
    "noise alone."
)
ALT = "Accuracy of two methods and their gap against width, a column a reading of the noise."


def draw(table: pd.DataFrame) -> style.Drawn:
    """A column a reading of the noise, on a logarithmic axis of widths."""
    runs, label = mnist_structure.by_width(table), "neurons in each of two hidden layers"
    figure, plotted = _panels_sweeps.gaps(runs, "width", label, "asyt-5e-width")
    widths = sorted(set(runs.width))
    for ax in figure.axes:
        ax.set_xscale("log", base=2)
        ax.set_xticks(widths, map(str, widths))
        ax.minorticks_off()
    return figure, plotted
