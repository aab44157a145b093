"""Spoken vowels on second-harmonic generation."""

import pandas as pd

from asyt.claims.published import reported
from asyt.experiments import vowel_draws
from asyt.experiments.vowels import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style
from asyt.figures._panels_chips import Strip, strips

CAPTION = (
    "Spoken vowels on five second-harmonic-generation modules. (a) Test accuracy against epoch: "
    "medians and 5-95 % ranges over 13 benches x 8 initial values. (b) Where every draw ends; "
    "diamonds beside PAT: 93 %, which Wright et al. report for this task, and the blog's 97 %."
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
    figure, (left, right) = style.panels(1, 2, 0.44, width_ratios=(1.2, 1))
    numbers = []
    ends = []
    for name, tick in TICKS.items():
        draws = vowel_draws.draws(table, name)
        line = vowel_draws.curve(table, name)
        label = "Twin alone" if name == "ideal-bp" else None
        style.summary(left, line.assign(n=draws.size), name, label, counted=True)
        line.insert(0, "method", name)
        numbers.append(line)
        ends.append(Strip(tick, name, draws.ravel()))
    left.set(xlabel="epoch", ylabel="test accuracy (%)", ylim=(0, 103), xlim=(0, None))
    left.legend(loc="lower center")
    numbers.append(strips(right, ends, "final test accuracy (%)"))
    beside = list(TICKS).index("pat") + 0.42
    for value, down in ((WRIGHT, -4), (reported("pnn-accuracy-vowels"), 4)):
        style.points(
            right,
            [beside],
            [value],
            "reported",
            markersize=4,
            zorder=4,
        )
        style.note(
            right,
            f"{value:g}",
            (beside, value),
            (4, down),
            va="center",
            fontsize=6,
        )
    right.set_xlim(-0.6, len(TICKS) - 0.4)
    return figure, pd.concat(numbers, ignore_index=True)
