"""AsyT, Methods: how likely distortion breaks the alignment, of a connection and of a layer."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from asyt import breaking
from asyt.claims.published import number, reported
from asyt.experiments import alignment
from asyt.figures import _style as style

EXPERIMENT = alignment.EXPERIMENT
CAPTION = (
    "How likely distortion breaks the alignment. (a) One connection: the formula (line), "
    "importance sampling with 95 % intervals (dots; 100,000 draws in each of five seeds) and the "
    "two values the paper prints (diamonds). (b) A layer with Gaussian weights: the probability "
    "that its angle to the digital layer exceeds 90 degrees, against its number of connections. "
    "Lines are means over weights of the exact probability, crosses the share of random layers "
    "where any were seen."
)
ALT = (
    "Two panels on logarithmic axes. Probability rising steeply with distortion, sampled values on "
    "the curve; probability falling steeply with the number of connections of a layer."
)
#: One each for the three distortions of a layer.
SHADES = [style.COLOURS[method] for method in ("dfa", "asyt", "pat")]


def draw(table: pd.DataFrame) -> style.Drawn:
    """One connection against distortion, and layers against their size."""
    figure, axes = style.panels(1, 2, 0.42, letters=False)
    one = alignment.connections(table)
    many = alignment.layers(table)
    _connection(axes[0], one)
    _layers(axes[1], many)
    for ax in axes:
        ax.set_yscale("log")
    style.panel_letters(axes)
    parts = [one.assign(quantity="connection"), many.assign(quantity="layer")]
    return figure, pd.concat(parts, ignore_index=True)


def _connection(ax: Axes, one: pd.DataFrame) -> None:
    distortions = np.linspace(0.095, 1.25, 300)
    exact = [100 * breaking.broken(distortion) for distortion in distortions]
    ax.plot(100 * distortions, exact, color="black", linewidth=1, label="formula")
    ax.errorbar(
        100 * one.distortion,
        100 * one.value,
        196 * one.extra,
        fmt="o",
        color=style.COLOURS["asyt"],
        markersize=3,
        label="importance sampling",
    )
    for claim, distortion in alignment.NAMED.items():
        printed = f"reported: {reported(claim)}"
        style.reported(ax, 100 * number(claim), printed, x=100 * distortion)
    ax.set_xlabel("distortion (% of the tunable range)")
    ax.set(ylabel="P(|distortion| > range) (%)", ylim=(1e-23, 300))
    ax.legend(loc="lower right")


def _layers(ax: Axes, many: pd.DataFrame) -> None:
    """Exact probabilities as lines, shares that were seen as crosses."""
    groups = many.groupby("distortion")
    for (distortion, part), mark, shade in zip(groups, "os^", SHADES, strict=True):
        ax.plot(
            part["size"],
            100 * part.value,
            color=shade,
            marker=mark,
            markerfacecolor="white",
            label=f"{100 * distortion:.0f} % of the range",
        )
        seen = part[part.extra > 0]
        ax.plot(seen["size"], 100 * seen.extra, "kx")
    ax.plot([], [], "kx", label="counted")
    ax.set(xlabel="connections in the layer", ylabel=r"P(cos $\beta$ < 0) (%)")
    ax.set(xscale="log", ylim=(1e-10, 1e6))
    names = [f"{size}\n({name})" for name, size in alignment.LAYERS.items()]
    ax.set_xticks(list(alignment.LAYERS.values()), names)
    ax.minorticks_off()
    ax.legend(loc="upper right")
