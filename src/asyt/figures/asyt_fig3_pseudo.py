"""Beside AsyT Fig. 3a: every reading of "pseudo IP-BP"."""

import pandas as pd

from asyt.claims.published import reported
from asyt.experiments.chips import summary
from asyt.experiments.chips.iris_pseudo import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels_chips as panels
from asyt.figures import _style as style
from asyt.methods.pseudo import readings

CAPTION = (
    "Pseudo IP-BP on three-class Iris, [4, 4, 3], in every reading we could think of, beside AsyT: "
    "final training accuracy of every draw, with medians and 5-95 % ranges, in three encodings of "
    "the weights. The dashed line is the value the paper reports."
)
ALT = "Three rows of dot clouds, one column a reading of pseudo IP-BP, with a line at 64 %."


def draw(table: pd.DataFrame) -> style.Drawn:
    """One row an encoding, one strip a reading."""
    encodings = table.encoding.unique()
    figure, axes = style.panels(len(encodings), 1, 0.8, sharex=True)
    published = reported("asyt-3a-pseudo")
    numbers = []
    for ax, encoding in zip(axes, encodings, strict=True):
        strips = _strips(summary.select(table, encoding=encoding))
        plotted = panels.strips(ax, strips, "training\naccuracy (%)")
        numbers.append(plotted.assign(encoding=encoding))
        style.reported(ax, published, f"{published:g}")
        ax.set_title(f"{encoding} (n = {plotted.n.iloc[0]:,} a reading)", loc="left")
    return figure, pd.concat(numbers, ignore_index=True)


def _strips(rows: pd.DataFrame) -> list[panels.Strip]:
    strips = []
    for name, method in readings().items():
        look = "asyt" if name == "asyt" else "pseudo-ip-bp"
        label = method.label.replace(" ", "\n", 1)
        draws = summary.draws(rows, name, "train")
        strips.append(panels.Strip(label, look, draws))
    return strips
