"""AsyT's late collapse on vowel benches: the update repels before the accuracy falls."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments import vowels_stability
from asyt.experiments.vowels_stability import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "AsyT on vowels, 13 benches a trajectory, hard targets. Top, training accuracy. Bottom, the "
    "fastest growth of a deviation under the update, from its Jacobian (natural logarithm; below "
    "0.001 drawn there); dashed, where a draw counts as unstable. Blue, draws that collapse; grey, "
    "the others. The first trajectory gave the explanation, the others test it."
)
ALT = (
    "Curves against epoch, one column a trajectory. On the benches that collapse the growth rises "
    "by orders of magnitude some ten epochs before the accuracy falls to chance; on most others "
    "it stays below the line."
)
#: Growths are drawn from here on: smaller ones mean nothing within a run.
FLOOR = 1e-3


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accuracy above growth, a trajectory a column."""
    hard = table[(table.softness == 0) & (table.method == "asyt")]
    fates = vowels_stability.draws(hard).set_index(["seed", "chip"]).collapsed
    seeds = list(hard.seed.unique())
    figure, axes = style.panels(
        2,
        len(seeds),
        0.5,
        xlabel="epoch",
        letters=False,
        sharex=True,
        sharey="row",
        squeeze=False,
    )
    start = hard[hard.quantity == "growth"].epoch.min()
    shown = hard[hard.quantity.isin(["accuracy", "growth"]) & (hard.epoch >= start)]
    for (top, bottom), seed in zip(axes.T, seeds, strict=True):
        rows = shown[shown.seed == seed]
        own = fates[seed]
        accuracy = rows[rows.quantity == "accuracy"]
        _lines(top, accuracy, own, 100)
        growth = rows[rows.quantity == "growth"]
        drawn = growth.value.clip(FLOOR)
        _lines(bottom, growth.assign(value=drawn), own, 1)
        bottom.axhline(
            vowels_stability.GROWING,
            color="0.4",
            linestyle="--",
            linewidth=0.8,
        )
        kind = "seen first" if seed == vowels_stability.SEEN else "fresh"
        lost = int(own.notna().sum())
        top.set_title(f"trajectory {seed}, {kind}\n{lost} of {len(own)} collapse")
    axes[0, 0].set(ylabel="training accuracy (%)", ylim=(0, 103))
    axes[1, 0].set(ylabel="growth an epoch", yscale="log", ylim=(FLOOR / 1.3, 3))
    style.panel_letters(axes[0])
    told = fates.notna().rename("collapses").reset_index()
    return figure, shown.merge(told, on=["seed", "chip"])


def _lines(ax: Axes, rows: pd.DataFrame, fates: pd.Series, scale: float) -> None:
    """A line a chip, those that collapse in front."""
    collapses = fates.notna()
    for chip in sorted(fates.index, key=lambda chip: collapses[chip]):
        line = rows[rows.chip == chip].sort_values("epoch")
        falls = collapses[chip]
        ax.plot(
            line.epoch,
            scale * line.value,
            color=style.look("asyt").colour if falls else "0.7",
            linewidth=1.3 if falls else 0.8,
        )
