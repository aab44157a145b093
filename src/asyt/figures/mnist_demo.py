"""Beside AsyT Fig. 5a: the configuration of the authors' public demo."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments import mnist_demo
from asyt.experiments.mnist_demo import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "The configuration of the authors' public demo on MNIST. (a) AsyT as the demo ships it and "
    "with the digital update as the paper writes it. (b) In-silico BP on a chip whose first-layer "
    "errors are six times the initial weights, as in the demo, and on one with independent "
    "errors. One seed and one chip, as in the demo; dashed grey, the demo's own figure."
)
ALT = "Accuracy against epoch for AsyT and in-silico BP in the demo's configuration, two panels."
#: Final accuracies read off the figure the demo ships with, percent, to about one point.
DEMO_FIGURE = {"asyt": 93.0, "insilico-bp": 20.0}
#: Method, a panel each -> (variant, fleet) -> line style and legend text.
CURVES = {
    "asyt": {
        ("shipped", "tied"): ("-", "AsyT, as shipped"),
        ("written", "tied"): ("--", "AsyT, as written"),
    },
    "insilico-bp": {
        ("insilico", "tied"): ("-", "in-silico BP, errors tied to the weights"),
        ("insilico", "independent"): ("--", "in-silico BP, independent errors"),
    },
}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """AsyT as shipped and as written; in-silico BP on the tied and on an independent chip."""
    figure, axes = plt.subplots(1, 2, figsize=(style.PAGE, 0.42 * style.PAGE))
    own = mnist_demo.own(table)
    for ax, (method, curves) in zip(axes, CURVES.items(), strict=True):
        tested = own[own.method == method].set_index(["variant", "fleet"]).sort_index()
        for curve, (line, text) in curves.items():
            _curve(ax, tested.loc[curve], style.COLOURS[method], line, text)
        style.reported(ax, DEMO_FIGURE[method], "demo's figure")
        ax.set(xlabel="epoch", xlim=(0, own.epoch.max()), ylim=(0, 100))
    axes[0].legend(loc="lower right")
    axes[1].legend(loc="upper right")
    axes[0].set_ylabel("test accuracy (%)")
    style.panel_letters(axes)
    return figure, own


def _curve(ax: Axes, part: pd.DataFrame, colour: str, line: str, text: str) -> None:
    """Each seed thin, and their mean."""
    runs = 100 * part.pivot(index="epoch", columns="seed", values="accuracy")
    ax.plot(
        runs.index,
        runs,
        color=colour,
        linestyle=line,
        linewidth=0.5,
        alpha=0.5,
    )
    ax.plot(
        runs.index,
        runs.mean(axis=1),
        color=colour,
        linestyle=line,
        label=f"{text} (n = {runs.shape[1]})",
    )
