"""AsyT Figs. 4b and c: digits 0 to 3 on tiled chips."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments.chips import summary
from asyt.experiments.chips.digits_chip import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels_chips as panels
from asyt.figures import _style as style
from asyt.figures._panels_chips import Final

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
FINALS = (
    Final("BP\ntrain", "ideal-bp", "train", "asyt-4b-bp"),
    Final("AsyT\ntrain", "asyt", "train", "asyt-4b-train"),
    Final("AsyT\ntest", "asyt", "test", "asyt-4b-test"),
    Final("in-\nsilico", "insilico-bp", "train", "asyt-4b-insilico"),
)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """In the encoding that decides."""
    main = summary.main(table, panels.first_reported("asyt-4b-bp"))
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.37 * style.PAGE))
    numbers = [
        panels.training(axes[0], main, ("ideal-bp", "asyt", "insilico-bp")),
        panels.final_accuracies(axes[1], table, main, FINALS),
        panels.confusion(axes[2], main, ["0", "1", "2", "3"]),
    ]
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)
