"""AsyT with three optimizers."""

import pandas as pd

from asyt.experiments import methods
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

EXPERIMENT = methods.EXPERIMENT
CAPTION = (
    "AsyT with three optimizers, each at its own learning rate; the digital model (ideal BP) uses "
    "the same one. Means with 95 % bands over 5 draws of task and chip, on an axis that is "
    "stretched towards 100 %."
)
ALT = "Accuracy against epoch in three panels; in each AsyT follows ideal BP from below."
TITLES = {"SGD": "gradient descent", "SGD momentum 0.9": "momentum 0.9", "Adam": "Adam"}


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel an optimizer."""
    ideal = methods.ideal(table)
    asyt = methods.optimizers(table)
    figure, axes = style.panels(
        1,
        3,
        0.36,
        xlabel="epoch",
        **style.ACCURACY,
        sharey=True,
    )
    for ax, (optimizer, title) in zip(axes, TITLES.items(), strict=True):
        panels.curve(ax, ideal[ideal.optimizer == optimizer], "ideal-bp")
        panels.curve(ax, asyt[asyt.optimizer == optimizer], "asyt")
        ax.set_title(title)
    style.stretched(axes[0])
    axes[0].legend(loc="lower right")
    return figure, panels.percent(pd.concat([ideal, asyt]))
