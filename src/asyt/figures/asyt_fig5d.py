"""AsyT Fig. 5d: MNIST accuracy against the distortion of the device."""

import pandas as pd

from asyt.claims.published import number
from asyt.experiments import mnist_distortion, summaries
from asyt.figures import _panels
from asyt.figures import _style as style

EXPERIMENT = mnist_distortion.EXPERIMENT
CAPTION = (
    "MNIST against the distortion of the device, after 300 epochs. (a, b) AsyT without noise and "
    "in the reading mean-square: mean and 95 % band of 5 draws of seed and chip, and each draw "
    "as a dot; a chip keeps its pattern of errors from one distortion to the next. Without noise "
    "it is ideal BP itself at 0. (a-c) In-silico BP, the same digital weights put on 20 chips x 5 "
    "seeds, median and 5-95 % range, in the three readings of the noise, beside ideal BP. Shaded, "
    "the range of the paper's Fig. 5d; dashed, the bound it reports for AsyT."
)
ALT = (
    "Three panels of accuracy from 0 to 4 sigma_phy, a reading of the noise each. In all of them "
    "in-silico BP falls from ideal BP or below to chance, most of it before 2. AsyT holds to 2 "
    "without noise and falls beyond. Under noise it is far below in-silico BP at 0 and level with "
    "it at 2."
)
INSIDE = {"xycoords": "axes fraction", "ha": "center", "color": style.COLOURS["asyt"]}


def draw(table: pd.DataFrame) -> style.Drawn:
    """A panel a reading of the noise; AsyT in those it was trained under."""
    shown = mnist_distortion.summary(table)
    last = summaries.final(table)
    names = _panels.readings(shown)
    figure, axes = style.panels(
        1,
        len(names),
        0.42,
        xlabel=r"distortion ($\sigma_\mathrm{phy}$)",
        **style.ACCURACY,
        sharey=True,
    )
    ideal = shown[shown.method == "ideal-bp"]
    draws = last[last.method == "asyt"]
    bound = number("asyt-5d-asyt")
    for ax, name in zip(axes, names, strict=True):
        part = shown[shown.reading == name].sort_values("severity")
        chips = part[part.method == "insilico-bp"]
        asyt = part[part.method == "asyt"]
        ax.axvspan(0, mnist_distortion.PAPER_RANGE[-1], color="0.94", zorder=0)
        across = pd.concat([ideal, ideal]).assign(severity=[0, chips.severity.max()])
        style.summary(ax, across, "ideal-bp", x="severity", counted=True)
        style.summary(ax, chips, "insilico-bp", x="severity", mark=style.interval, counted=True)
        if len(asyt):
            style.summary(ax, asyt, "asyt", x="severity", counted=True)
            dots = draws[draws.reading == name]
            style.points(ax, dots.severity, 100 * dots.accuracy, "asyt", markersize=2, alpha=0.6)
            style.reported(ax, bound, f"reported: > {bound:g}")
        else:
            style.note(ax, "AsyT was not trained here", (0.5, 0.8), (0, 0), **INSIDE)
        ax.set_title(_panels.reading_title(name))
    style.legend_above(axes[0], 3)
    return figure, shown
