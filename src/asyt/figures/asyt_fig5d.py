"""AsyT Fig. 5d: MNIST accuracy against the distortion of the device."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.claims.published import number
from asyt.experiments import mnist_distortion, summaries
from asyt.experiments.mnist_distortion import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels
from asyt.figures import _style as style

CAPTION = (
    "MNIST against the distortion of the device, after 300 epochs. (a, b) AsyT without noise and "
    "under the noise that decides: mean and 95 % band of 5 draws of seed and chip, and each draw "
    "as a dot; a chip keeps its pattern of errors from one distortion to the next. Without noise "
    "it is ideal BP itself at 0. (a-c) In-silico BP, the same digital weights put on 20 chips x 5 "
    "seeds, median and 5-95 % range, in the three readings of the noise, beside ideal BP. Shaded, "
    "the range of the paper's Fig. 5d; dashed, the bound it reports for AsyT."
)
ALT = (
    "Three panels of accuracy from 0 to 4 sigma_phy, a reading of the noise each. In all of them "
    "in-silico BP falls from ideal BP or below to chance, most of it before 2; AsyT holds to 2 "
    "without noise and falls beyond; under noise it is far below in-silico BP at 0 and level with "
    "it at 2."
)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """A panel a reading of the noise; AsyT in those it was trained under."""
    shown = mnist_distortion.summary(table)
    last = summaries.final(table)
    size = (style.PAGE, 0.42 * style.PAGE)
    figure, axes = plt.subplots(1, len(_panels.NOISE_TITLES), figsize=size, sharey=True)
    ideal = shown[shown.method == "ideal-bp"].iloc[0]
    draws = last[last.method == "asyt"]
    for ax, (noise, title) in zip(axes, _panels.NOISE_TITLES.items(), strict=True):
        part = shown[shown.noise == noise].sort_values("severity")
        chips = part[part.method == "insilico-bp"]
        asyt = part[part.method == "asyt"]
        ax.axvspan(0, mnist_distortion.PAPER_RANGE[-1], color="0.94", zorder=0)
        _level(ax, ideal, chips.severity.max())
        tested = f"{style.LABELS['insilico-bp']} (n = {chips.n.iloc[0]})"
        style.interval(
            ax, chips.severity, chips.centre, chips.low, chips.high, "insilico-bp", tested
        )
        if len(asyt):
            _trained(ax, asyt, draws[draws.noise == noise])
        ax.set(title=title, ylim=(0, 100))
        ax.set_xlabel(r"distortion ($\sigma_\mathrm{phy}$)")
    axes[0].set_ylabel("test accuracy (%)")
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=3)
    style.panel_letters(axes)
    return figure, shown


def _level(ax: Axes, ideal: pd.Series, end: float) -> None:
    """Ideal BP, which has no device, across the panel."""
    style.band(
        ax,
        [0, end],
        [ideal.centre] * 2,
        [ideal.low] * 2,
        [ideal.high] * 2,
        "ideal-bp",
        n=int(ideal.n),
    )


def _trained(ax: Axes, asyt: pd.DataFrame, draws: pd.DataFrame) -> None:
    """AsyT: mean, band, each draw, and the bound that the paper reports."""
    n = int(asyt.n.iloc[0])
    style.band(ax, asyt.severity, asyt.centre, asyt.low, asyt.high, "asyt", n=n)
    ax.plot(
        draws.severity,
        100 * draws.accuracy,
        "o",
        markersize=2,
        color=style.COLOURS["asyt"],
        alpha=0.6,
    )
    bound = number("asyt-5d-asyt")
    style.reported(ax, bound, f"reported: > {bound:g}")
