"""AsyT with three optimizers."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments import methods
from asyt.experiments.methods import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

CAPTION = (
    "AsyT with three optimizers, each at its own learning rate; the digital model (ideal BP) uses "
    "the same one. Means with 95 % bands over 5 draws of task and chip."
)
ALT = "Accuracy against epoch in three panels; in each AsyT follows ideal BP from below."
TITLES = {"SGD": "gradient descent", "SGD momentum 0.9": "momentum 0.9", "Adam": "Adam"}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One panel an optimizer."""
    ideal, asyt = methods.ideal(table), methods.optimizers(table)
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.36 * style.PAGE), sharey=True)
    for ax, (optimizer, title) in zip(axes, TITLES.items(), strict=True):
        for name, rows in {"ideal-bp": ideal, "asyt": asyt}.items():
            panels.curve(ax, rows[rows.optimizer == optimizer], name)
        ax.set(title=title, xlabel="epoch", ylim=(0, 100))
    axes[0].set_ylabel("test accuracy (%)")
    axes[0].legend(loc="lower right")
    style.panel_letters(axes)
    return figure, panels.percent(pd.concat([ideal, asyt]))
