"""AsyT Figs. 4b and c: digits 0 to 3 on tiled chips."""

import pandas as pd

from asyt.experiments.chips import summary
from asyt.experiments.chips.digits_chip import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels_chips as panels
from asyt.figures import _style as style

CAPTION = (
    "Digits 0 to 3 on simulated chips, [8, 4, 4], the first layer of two or three 4 x 4 modules. "
    "(a) Training accuracy against epoch: medians and 5-95 % bands over chips, samples and initial "
    "values. (b) Where every draw ends; diamonds are the values the paper reports. (c) Mean "
    "confusion matrix of AsyT on test data."
)
ALT = (
    "Three panels: accuracy of AsyT, in-silico BP and ideal BP against epoch; dot clouds of final "
    "accuracies; a confusion matrix of four digits."
)


def draw(table: pd.DataFrame) -> style.Drawn:
    """In the encoding whose ideal BP is nearest to the reported one."""
    main = summary.main(table, panels.first_reported("asyt-4b-bp"))
    figure, axes = style.panels(1, 3, 0.37)
    confusion = panels.confusion(axes[2], main, ["0", "1", "2", "3"])
    numbers = [*panels.on_chips(axes, table, "asyt-4b"), confusion]
    return figure, pd.concat(numbers, ignore_index=True)
