"""AsyT and optical DFA on the same chips: accuracies."""

import pandas as pd

from asyt.experiments import opu_compare
from asyt.figures import _style as style

EXPERIMENT = opu_compare.EXPERIMENT
CAPTION = (
    "MNIST on chips with a distortion of 1.2, [784, 256, 256, 10], short runs with one schedule "
    "for all: test accuracy of each of two chips, one seed."
)
ALT = (
    "Dot clouds of test accuracy for ideal BP, in-silico BP, AsyT, and optical DFA with digital "
    "and with measured hidden states."
)
#: Method of the table -> its look and its tick.
SHOWN = {
    "ideal-bp": ("ideal-bp", "Ideal BP\n(digital)"),
    "insilico-bp": ("insilico-bp", "In-silico\nBP"),
    "asyt": ("asyt", "AsyT"),
    "dfa-closed": ("dfa-optical", "Optical DFA,\ndigital states"),
    "dfa-opened": ("dfa-optical", "Optical DFA,\nmeasured states"),
}


def draw(table: pd.DataFrame) -> style.Drawn:
    """Final test accuracy of every chip and seed."""
    figure, ax = style.panels(1, 1, 0.38, 0.75, ylabel="test accuracy (%)")
    for at, (method, (look, _)) in enumerate(SHOWN.items()):
        ends = opu_compare.accuracies(table, method)
        style.points(ax, [at] * len(ends), ends, look, marker="o", markersize=3.5)
    ax.set_xticks(range(len(SHOWN)), [tick for _, tick in SHOWN.values()])
    ax.margins(y=0.15)
    return figure, table[table.quantity == "accuracy"]
