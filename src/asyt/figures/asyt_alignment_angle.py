"""AsyT, Methods: the angle between the AsyT and the digital update of a layer."""

import numpy as np
import pandas as pd

from asyt import breaking
from asyt.experiments import alignment
from asyt.figures import _panels
from asyt.figures import _style as style
from asyt.figures.asyt_alignment import SHADES

EXPERIMENT = alignment.EXPERIMENT
CAPTION = (
    "The angle between the AsyT and the digital update of a layer against the ratio of the "
    "magnitudes of pseudo and digital update, MNIST, one sigma_phy, mixing ratios 0.5. Each dot is "
    "one layer of one chip at one step. Dashed, the largest angle that geometry allows at a ratio; "
    "shaded, similar magnitudes: within a factor of two."
)
ALT = (
    "Two panels of dots, without noise and with 10 dB of noise, all below 90 degrees, most near a "
    "ratio of one and below 20 degrees; the dashed bound rises to 90 degrees at a ratio of one."
)
RATIOS = (0.25, 0.5, 1, 2, 4)


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a reading of the noise."""
    measured = alignment.angles(table)
    figure, axes = style.panels(
        1,
        2,
        0.42,
        xlabel="magnitude of pseudo over digital update",
        ylabel="angle to the digital update (degrees)",
        ylim=(0, 100),
        sharey=True,
        sharex=True,
    )
    ratio = np.linspace(0.2, 1, 400)
    bound = breaking.largest(ratio)
    for ax, (reading, part) in zip(axes, measured.groupby("reading", sort=False), strict=True):
        ax.axvspan(1 / alignment.SIMILAR, alignment.SIMILAR, color="0.92", zorder=0)
        ax.axhline(90, color="black", linewidth=0.8, linestyle=(0, (1, 1)))
        ax.plot(
            ratio,
            bound,
            color="black",
            linestyle=(0, (5, 2)),
            linewidth=1,
            label="largest possible",
        )
        style.note(ax, "90 degrees: no relation", (RATIOS[-1], 90), (-2, 2), ha="right")
        layers = list(zip(part.groupby("size"), "os^", SHADES, strict=True))
        for (layer, dots), mark, shade in reversed(layers):  # the last lies close together
            ax.plot(
                dots.extra,
                dots.value,
                mark,
                color=shade,
                markersize=2,
                alpha=0.5,
                markeredgewidth=0,
                rasterized=True,
                label=f"layer {layer}",
            )
        counted = f"n = {len(part) // part['size'].nunique()} a layer"
        ax.set(title=f"{_panels.READING_TITLES[reading]} ({counted})")
        ax.set(xscale="log", xlim=(RATIOS[0], RATIOS[-1]))
        ax.set_xticks(RATIOS, [f"{ratio:g}" for ratio in RATIOS])
        ax.minorticks_off()
    style.legend_above(axes[0], 4, markerscale=2.5)
    return figure, measured
