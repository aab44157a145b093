"""AsyT with other shares of the digital error."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments import methods
from asyt.experiments.methods import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

CAPTION = (
    "AsyT with a digital share M1 of the error, and M2 = 1 - M1, on the plain distorted chip after "
    "30 epochs. Each dot is one draw of task and chip, the bar their mean."
)
ALT = (
    "Dots against the digital share from 0 to 1; accuracy falls at both ends, at 0 in some draws "
    "only."
)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Final accuracy against the digital share."""
    ends = panels.percent(methods.mixed(table))
    figure, ax = plt.subplots(figsize=(style.COLUMN, 0.75 * style.COLUMN))
    for share, accuracies in ends.groupby("share").accuracy:
        panels.draws(ax, share, accuracies, "asyt", across=False)
    ax.set(xlabel="digital share $M_1$ of the error", ylabel="test accuracy (%)", ylim=(0, 100))
    return figure, ends
