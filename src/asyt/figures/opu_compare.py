"""AsyT and optical DFA on the same chips: accuracies."""

import pandas as pd

from asyt.experiments import opu_compare
from asyt.figures import _style as style

EXPERIMENT = opu_compare.EXPERIMENT
CAPTION = (
    "MNIST on chips with a distortion of 1.2, [784, 256, 256, 10], short runs with one schedule "
    "for all. Test accuracy of each chip of one seed, n of them, and beside them the mean with its "
    "95 % interval, which is wide for two chips. Ideal BP is one run."
)
ALT = (
    "Test accuracies, with means and intervals, of ideal BP, in-silico BP, AsyT, and optical DFA "
    "with digital and with measured hidden states."
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
    """Final test accuracy of every chip, and the mean of each method."""
    figure, ax = style.panels(1, 1, 0.4, 0.8, ylabel="test accuracy (%)")
    ticks = []
    for at, (method, (look, name)) in enumerate(SHOWN.items()):
        ends = opu_compare.accuracies(table, method)
        style.points(
            ax,
            [at] * len(ends),
            ends,
            look,
            markersize=3.5,
            alpha=0.6,
        )
        mean = opu_compare.mean(table, method)
        style.interval(
            ax,
            at + 0.2,
            mean["centre"],
            mean["low"],
            mean["high"],
            look,
        )
        ticks.append(f"{name}\nn = {mean['n']}")
    ax.set_xticks(range(len(ticks)), ticks)
    return figure, table[table.quantity == "accuracy"]
