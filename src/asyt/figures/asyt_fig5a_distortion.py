"""Beside AsyT Fig. 5a: in-silico accuracy on MNIST against the distortion of the chips."""

import pandas as pd

from asyt.claims.published import reported
from asyt.experiments.mnist import EXPERIMENT as EXPERIMENT
from asyt.experiments.summaries import final
from asyt.figures import _panels
from asyt.figures import _style as style

CAPTION = (
    "In-silico BP on MNIST against the size of the distortion: each dot is one of 100 chips x 3 "
    "seeds given the final digital weights, with median and 5-95 % range. The dashed line is the "
    "value the paper reports."
)
ALT = (
    "Dot clouds of accuracy falling with distortion from 0.2 to 1.2, for three noise readings, "
    "and the reported 25.7 %."
)


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a reading of the noise; a fleet is named by its distortion."""
    tested = final(table)
    tested = tested[tested.method == "insilico-bp"]
    names = _panels.readings(tested)
    figure, axes = style.panels(
        1,
        len(names),
        0.36,
        xlabel=r"distortion (standard deviation of $\mathbf{P}_\mathrm{sys}$)",
        ylabel="in-silico test accuracy (%)",
        ylim=(0, 100),
        sharey=True,
        squeeze=False,
    )
    published = reported("asyt-5a-insilico")
    for ax, name in zip(axes.flat, names, strict=True):
        for fleet, chips in tested[tested.reading == name].groupby("fleet"):
            style.population(ax, float(fleet), 100 * chips.accuracy, "insilico-bp", width=0.15)
        style.reported(ax, published, f"reported {published:g}")
        ax.set(title=_panels.READING_TITLES[name], xlim=(0.05, 1.75))
        ax.set_xticks(sorted(map(float, set(tested.fleet))))
    return figure, tested
