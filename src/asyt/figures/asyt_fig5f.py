"""AsyT Fig. 5f: the gap between ideal BP and AsyT on MNIST against depth, in every reading."""

import pandas as pd

from asyt.experiments import authors_structure, mnist_structure
from asyt.figures import _panels_sweeps, asyt_fig5e
from asyt.figures import _style as style

EXPERIMENT = asyt_fig5e.EXPERIMENT
CAPTION = (
    "MNIST against the number of hidden layers of 128 neurons, at one sigma_phy, a reading of what "
    "the paper leaves open at a time, after as many epochs as its title says; the paper has 300. "
    "Upper panels, test accuracy of ideal BP and AsyT; below each, their gap beside the bound the "
    "paper reports. Means with 95 % intervals over draws of seed and chip, paired, cut at the ends "
    "of the axis; n is the number of draws."
)
ALT = "Accuracy of two methods and their gap against depth, a pair of panels a reading."


def draw(
    swept: pd.DataFrame,
    chip: pd.DataFrame | None = None,
    longer: pd.DataFrame | None = None,
) -> style.Drawn:
    """A pair of panels a reading."""
    runs = mnist_structure.by_depth(authors_structure.fig5ef(swept, chip, longer))
    return _panels_sweeps.gaps(runs, "depth", "hidden layers of 128 neurons", "asyt-5f-depth")
