"""Spoken vowels on second-harmonic generation."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import reported
from asyt.experiments import vowel_draws
from asyt.experiments.vowels import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style
from asyt.figures._panels_chips import Strip, strips

CAPTION = (
    "Spoken vowels on five second-harmonic-generation modules. (a) Test accuracy against epoch: "
    "medians and 5-95 % ranges over 13 benches x 8 initial values. (b) Where every draw ends; "
    "diamonds: 93 %, which Wright et al. report for this task, and the blog's 97 %."
)
ALT = (
    "Test accuracy against epoch and dot clouds of final accuracies for the twin alone, PAT, AsyT, "
    "pseudo IP-BP and in-silico BP."
)
TICKS = {
    "ideal-bp": "twin\nalone",
    "pat": "PAT",
    "asyt": "AsyT",
    "pseudo-ip-bp": "pseudo\nIP-BP",
    "insilico-bp": "in-\nsilico",
}
#: Percent, of Wright et al. for this task; the register has the blog's number alone.
WRIGHT = 93.0


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy against epoch, and every draw at the end."""
    figure, axes = style.panels(1, 2, 0.44, width_ratios=(1.2, 1))
    numbers = [*_curves(axes[0], table), _ends(axes[1], table)]
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)


def _curves(ax: Axes, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Accuracy against epoch, a line with a range a method; returns the numbers."""
    numbers = []
    for name in TICKS:
        line = vowel_draws.curve(table, name)
        label = "Twin alone" if name == "ideal-bp" else None
        counted = line.assign(n=vowel_draws.draws(table, name).size)
        style.summary(ax, counted, name, label, counted=True)
        line.insert(0, "method", name)
        numbers.append(line)
    ax.set(xlabel="epoch", ylabel="test accuracy (%)", ylim=(0, 103), xlim=(0, None))
    ax.legend(loc="lower center")
    return numbers


def _ends(ax: Axes, table: pd.DataFrame) -> pd.DataFrame:
    """Final accuracies as dots, a strip a method; returns their ranges."""
    ends = [
        Strip(tick, name, vowel_draws.draws(table, name).ravel()) for name, tick in TICKS.items()
    ]
    ranges = strips(ax, ends, "final test accuracy (%)")
    for value in (WRIGHT, reported("pnn-accuracy-vowels")):
        style.reported(ax, value, f"{value:g}", x=len(TICKS) - 0.4)
    ax.set_xlim(-0.6, len(TICKS) + 0.2)
    return ranges
