"""AsyT Fig. 5e: the gap between ideal BP and AsyT on MNIST against width, in every reading."""

import pandas as pd

from asyt.experiments import authors_structure, mnist_structure, structure_readings
from asyt.figures import _panels_sweeps
from asyt.figures import _style as style

EXPERIMENT = (
    mnist_structure.EXPERIMENT,
    authors_structure.EXPERIMENT,
    structure_readings.EXPERIMENT,
)
CAPTION = (
    "MNIST against the width of two hidden layers, at one sigma_phy, a reading of what the paper "
    "leaves open at a time, after as many epochs as its title says; the paper has 300. Upper "
    "panels, test accuracy of ideal BP and AsyT; below each, their gap beside the bound the paper "
    "reports. Means with 95 % intervals over draws of seed and chip, paired, cut at the ends of "
    "the axis; n is the number of draws. Widths are ours; 1024 is not in every reading."
)
ALT = "Accuracy of two methods and their gap against width, a pair of panels a reading."


def draw(
    swept: pd.DataFrame,
    chip: pd.DataFrame | None = None,
    longer: pd.DataFrame | None = None,
) -> style.Drawn:
    """A pair of panels a reading, on a logarithmic axis of widths."""
    runs = mnist_structure.by_width(authors_structure.fig5ef(swept, chip, longer))
    label = "neurons in each of two hidden layers"
    figure, plotted = _panels_sweeps.gaps(runs, "width", label, "asyt-5e-width")
    widths = sorted(set(runs.width))
    for ax in figure.axes:
        ax.set_xscale("log", base=2)
        ax.set_xticks(widths, map(str, widths))
        ax.minorticks_off()
    return figure, plotted
