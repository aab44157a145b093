"""AsyT Fig. 3: three species of Iris on chips."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import reported
from asyt.experiments.chips import iris_chip, summary
from asyt.figures import _panels_chips as panels
from asyt.figures import _style as style

EXPERIMENT = iris_chip.EXPERIMENT
CAPTION = (
    "Iris on simulated chips, [4, 4, 3]. (a) Training accuracy against epoch: medians and 5-95 % "
    "bands over chips, splits and initial values. (b) Where every draw ends; diamonds are the "
    "values the paper reports. (c) Mean confusion matrix of AsyT on test data. (d) Angle (AsyT Eq. "
    "8) between the transformation of a layer on the chip and in the digital model, and (e) "
    "difference of their magnitudes, under AsyT. (f) AsyT with four estimation profiles (Eq. (4): "
    "eight splits, the others two)."
)
ALT = (
    "Six panels: accuracy of AsyT, pseudo IP-BP, in-silico BP and ideal BP against epoch; dot "
    "clouds of final accuracies; a confusion matrix; angle and magnitude difference of both layers "
    "against epoch; dot clouds for four estimation profiles."
)
SPECIES = ["setosa", "versicolor", "virginica"]
#: Layer -> the look that it borrows: the second is grey and dashed.
BORROWED = {0: "asyt", 1: "reported"}


def draw(table: pd.DataFrame) -> style.Drawn:
    """In the encoding whose ideal BP is nearest to the reported one."""
    best = panels.first_reported("asyt-3a-bp")
    main = summary.main(table, best)
    figure, axes = style.panels(2, 3, 0.66)
    chips = summary.drawn(table, best)
    marks = (None, *reported("asyt-3d-profiles"))
    profiles = []
    for name, mark in zip(("eq4", *iris_chip.FURTHER), marks, strict=True):
        fleet = summary.select(chips, profile=name)
        draws = summary.draws(fleet, "asyt", "train")
        label = "Eq. (4)" if name == "eq4" else name.replace("-", "\n")
        profiles.append(panels.Strip(label, "asyt", draws, mark))
    numbers = [
        *panels.on_chips(axes[0], table, "asyt-3a", pseudo=True),
        panels.confusion(axes[0, 2], main, SPECIES),
        _transformations(axes[1, 0], main, "angle"),
        _transformations(axes[1, 1], main, "magnitude"),
        panels.strips(axes[1, 2], profiles, "AsyT, training accuracy (%)"),
    ]
    axes[1, 2].tick_params(axis="x", labelsize=6)
    axes[1, 0].set_ylabel("angle to the model (degrees)")
    axes[1, 1].set_ylabel("magnitude difference (%)")
    return figure, pd.concat(numbers, ignore_index=True)


def _transformations(ax: Axes, main: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """How far each layer on the chips is from the digital model's."""
    parts = []
    for layer, look in BORROWED.items():
        rows = summary.select(main, method="asyt", layer=layer)
        line = summary.series(rows, quantity)
        if quantity == "magnitude":
            line = panels.percent(line)
        name = f"layer {layer + 1}"
        style.summary(ax, line, look, name, counted=True)
        plotted = line.drop(columns="n")
        parts.append(plotted.assign(quantity=quantity, population=name))
    ax.set(xlabel="epoch", xlim=(0, None), ylim=(0, None))
    ax.legend(loc="upper right")
    return pd.concat(parts)
