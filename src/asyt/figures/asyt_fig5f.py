"""AsyT Fig. 5f: the gap between ideal BP and AsyT on MNIST against depth."""

import pandas as pd

from asyt.experiments import mnist_structure
from asyt.figures import _panels_sweeps
from asyt.figures import _style as style

EXPERIMENT = mnist_structure.EXPERIMENT
CAPTION = (
    "MNIST against the number of hidden layers of 128 neurons, at one sigma_phy, 20 epochs. Top, "
    "test accuracy of ideal BP and AsyT; bottom, their gap beside the bound the paper reports. "
    "Means with 95 % intervals over draws of seed and chip, paired."
)
ALT = "Accuracy of two methods and their gap against depth, a column a reading of the noise."


def draw(table: pd.DataFrame) -> style.Drawn:
    """A column a reading of the noise."""
    runs, label = mnist_structure.by_depth(table), "hidden layers of 128 neurons"
    return _panels_sweeps.gaps(runs, "depth", label, "asyt-5f-depth")
