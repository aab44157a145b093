"""AsyT with other shares of the digital error."""

import pandas as pd

from asyt.experiments import methods
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

EXPERIMENT = methods.EXPERIMENT
CAPTION = (
    "AsyT with a digital share M1 of the error, and M2 = 1 - M1, on the plain distorted chip after "
    "30 epochs. Each dot is one of 5 draws of task and chip: without a digital share "
    "they fall in two groups."
)
ALT = (
    "Dots against the digital share from 0 to 1; accuracy falls at both ends, at 0 in some draws "
    "only."
)


def draw(table: pd.DataFrame) -> style.Drawn:
    """Final accuracy against the digital share."""
    ends = panels.percent(methods.mixed(table))
    figure, ax = style.panels(
        1,
        1,
        0.75,
        unit=style.COLUMN,
        xlabel="digital share $M_1$ of the error",
        **style.ACCURACY,
    )
    for share, accuracies in ends.groupby("share").accuracy:
        style.points(
            ax,
            [share] * len(accuracies),
            accuracies,
            "asyt",
            markersize=4,
            alpha=0.6,
        )
    return figure, ends
