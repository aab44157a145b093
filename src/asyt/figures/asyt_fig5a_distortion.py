"""Beside AsyT Fig. 5a: in-silico accuracy on MNIST against the distortion of the chips."""

import pandas as pd

from asyt.claims.published import reported
from asyt.experiments.mnist import EXPERIMENT as EXPERIMENT
from asyt.experiments.summaries import final
from asyt.figures import _panels
from asyt.figures import _style as style

CAPTION = (
    "In-silico BP on MNIST against the size of the distortion: each dot is one chip given the "
    "final digital weights of one seed, with median and 5-95 % range. There is a panel a reading "
    "of the noise. The dashed line is the value the paper reports."
)
ALT = (
    "Dot clouds of accuracy falling with distortion from 0.2 to 1.2, a panel a reading of the "
    "noise, and the reported 25.7 %."
)

DISTORTION = r"distortion (s.d. of $\mathbf{P}_\mathrm{sys}$)"


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a reading of the noise; a fleet is named by its distortion."""
    tested = final(table)
    tested = tested[tested.method == "insilico-bp"]
    names = _panels.readings(tested)
    figure, axes = _panels.grid(
        len(names),
        0.36,
        xlabel=DISTORTION,
        ylabel="test accuracy (%)",
        ylim=(0, 100),
        sharey=True,
    )
    published = reported("asyt-5a-insilico")
    for ax, name in zip(axes[:, 0], names, strict=True):
        shown = tested[tested.reading == name]
        for fleet, chips in shown.groupby("fleet"):
            style.population(ax, float(fleet), 100 * chips.accuracy, "insilico-bp", width=0.15)
        style.reported(ax, published, "")
        title = f"{_panels.reading_title(name)}\n{_panels.draws(shown)}"
        ax.set(title=title, xlim=(0.05, 1.45))
        ax.set_xticks(sorted(map(float, set(tested.fleet))))
    style.note(
        axes[0, 0],
        f"reported {published:g}",
        (0.07, published),
        (0, 3),
        color=style.COLOURS["reported"],
    )
    return figure, tested
