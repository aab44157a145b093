"""AsyT and optical DFA on the same chips: accuracies."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments import opu_compare
from asyt.experiments.opu_compare import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

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


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Final test accuracy of every chip and seed."""
    figure, ax = plt.subplots(figsize=(0.75 * style.PAGE, 0.38 * style.PAGE))
    for at, (method, (look, _)) in enumerate(SHOWN.items()):
        ends = opu_compare.accuracies(table, method)
        ax.plot(
            [at] * len(ends),
            ends,
            color=style.COLOURS[look],
            marker="o",
            markersize=3.5,
            linestyle="none",
        )
    ax.set_xticks(range(len(SHOWN)), [tick for _, tick in SHOWN.values()])
    ax.set_ylabel("test accuracy (%)")
    ax.margins(y=0.15)
    return figure, table[table.quantity == "accuracy"]
