"""Accuracy against epoch: methods based on back-propagation, and the others."""

import pandas as pd

from asyt.experiments import methods
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

EXPERIMENT = methods.EXPERIMENT
CAPTION = (
    "Test accuracy against epoch on the plain distorted chip, every method at its own learning "
    "rate. Means with 95 % bands over 5 draws of task and chip."
)
ALT = (
    "Two panels of rising curves: methods based on back-propagation rise fastest, forward-only "
    "learning close behind, DFA and FA more slowly; SPSA stays below 30 %."
)
COLUMNS = (methods.BP_BASED, ("asyt", *methods.ALIGNED, *methods.GRADIENT_FREE))


def draw(table: pd.DataFrame) -> style.Drawn:
    """Methods based on back-propagation left, the others with AsyT right."""
    rows = methods.equal_shares(table)
    rows = rows[rows.condition == methods.PLAIN.name]
    figure, axes = style.panels(1, 2, 0.42, xlabel="epoch", **style.ACCURACY, sharey=True)
    for ax, names in zip(axes, COLUMNS, strict=True):
        for name in names:
            panels.curve(ax, rows[rows.method == name], name)
        ax.legend(loc="center right", labelspacing=0.3, borderpad=0)
    axes[0].set_title("based on back-propagation: they coincide")
    axes[1].set_title("others, beside AsyT")
    return figure, panels.percent(rows)
