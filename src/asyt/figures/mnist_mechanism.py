"""Why AsyT collapses under noise that is a share of the signal: one panel an intervention."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments import mnist_explanations
from asyt.experiments.mnist_mechanism import EXPERIMENT as EXPERIMENT
from asyt.experiments.mnist_mechanism import REFERENCE
from asyt.figures import _style as style

CAPTION = (
    "AsyT on MNIST under 10 dB of noise a neuron, and what changes its collapse. Top, test "
    "accuracy; bottom, excess: root-mean-square distance of the controls from those of the same "
    "chip trained without noise. Solid blue, the reference, in every panel. (a) Kind of noise. (b) "
    "Where it acts. (c) What holds the controls. (d) Which part of the error's noise is left. "
    "Lines are means over three chips with a seed each (larger batches: one), bands their range."
)
ALT = (
    "Eight panels of curves against epoch. The reference rises and falls; the excess of its "
    "controls grows ever faster. Some variants fall likewise, others hold."
)
FIRST, SECOND, THIRD = style.VARIANTS
#: Legend text and look.
Shown = tuple[str, str | style.Look]
#: Panel -> variant -> how it is shown.
PANELS: dict[str, dict[str, Shown]] = {
    "kind of noise": {"independent": ("none", SECOND), "floor": ("fixed floor", FIRST)},
    "where it acts": {
        "read-out alone": ("read-out", FIRST),
        "hidden alone": ("hidden layers", SECOND),
    },
    "what holds the controls": {
        "clipped": ("clipped", FIRST),
        "pulled": ("pulled to digital", SECOND),
        mnist_explanations.BATCHES: ("larger batches", THIRD),
        "pseudo-ip-bp": ("pseudo IP-BP", "pseudo-ip-bp"),
    },
    "which part of the error": {
        "errors averaged": ("four averaged", FIRST),
        "errors centred": ("noise of mean zero", SECOND),
    },
}


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy above, distance below."""
    figure, axes = style.panels(
        2,
        len(PANELS),
        0.56,
        xlabel="epoch",
        letters=False,
        sharex=True,
        sharey="row",
    )
    curves = mnist_explanations.curves(table)
    for (title, variants), (accuracy, distance) in zip(PANELS.items(), axes.T, strict=True):
        _lines(accuracy, curves[curves.quantity == "accuracy"], variants, 100)
        _lines(distance, curves[curves.quantity == "excess"], variants, 1)
        accuracy.set_title(title)
        accuracy.legend(loc="lower right", handlelength=1.8, borderaxespad=0)
    axes[0, 0].set(**style.ACCURACY)
    axes[1, 0].set_ylabel("excess (rms)")
    axes[1, 0].set(yscale="log")
    style.panel_letters(axes[0])
    return figure, curves


def _lines(ax: Axes, curves: pd.DataFrame, variants: dict[str, Shown], scale: float) -> None:
    """The reference, and the variants of a panel."""
    drawn: dict[str, Shown] = {REFERENCE: ("reference", "asyt"), **variants}
    for variant, (label, look) in drawn.items():
        rows = curves[(curves.variant == variant) & (curves.high > 0)]
        if len(rows):
            style.band(
                ax,
                rows.epoch,
                scale * rows.centre,
                scale * rows.low,
                scale * rows.high,
                look,
                label,
            )
