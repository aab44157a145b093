"""Beside AsyT Fig. 5a: the configuration of the authors' public demo."""

import pandas as pd

from asyt.experiments import mnist_demo
from asyt.figures import _style as style

EXPERIMENT = mnist_demo.EXPERIMENT
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


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a method, two curves each; each seed is a thin line, beside the mean of all."""
    figure, axes = style.panels(1, 2, 0.42, xlabel="epoch", **style.ACCURACY)
    own = mnist_demo.own(table)
    for ax, (method, curves) in zip(axes, CURVES.items(), strict=True):
        tested = own[own.method == method].set_index(["variant", "fleet"]).sort_index()
        for curve, (dash, text) in curves.items():
            part = tested.loc[curve]
            runs = 100 * part.pivot(index="epoch", columns="seed", values="accuracy")
            label = f"{text} (n = {runs.shape[1]})"
            style.line(
                ax,
                runs.index,
                runs,
                method,
                linestyle=dash,
                linewidth=0.5,
                alpha=0.5,
            )
            style.line(
                ax,
                runs.index,
                runs.mean(axis=1),
                method,
                linestyle=dash,
                label=label,
            )
        style.reported(ax, DEMO_FIGURE[method], f"demo's figure: {DEMO_FIGURE[method]:g}")
        ax.set(xlim=(0, own.epoch.max()))
    axes[0].legend(loc="lower right")
    axes[1].legend(loc="upper right")
    return figure, own
