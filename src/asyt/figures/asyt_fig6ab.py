"""AsyT Fig. 6a and b: accesses and time-steps, and the time and energy they take."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments.access import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "The interface between light and electronics, on 10-class networks with 784 inputs. (a) "
    "Accesses a sample, reads and writes, against the width of four hidden layers. (b) Interface "
    "time-steps against the number of hidden layers of 256 neurons. (c) Least time to an output, "
    "which is also the energy of a chip of 1 W in that time, with one converter of each kind and "
    "with 64 in parallel. (d) Energy of the conversions themselves. Points in (a) and (b) are "
    "counted by simulated chips while they run; lines are the paper's formulas."
)
ALT = (
    "Four panels. Encapsulated chips stay at 10 accesses, one time-step and about a nanosecond; "
    "truncated chips need more of each with every layer."
)
#: Blue for the encapsulated, red for the truncated network, as in the paper.
LOOKS = {"encapsulated": "asyt", "truncated": "pat"}
LABELS = {"encapsulated": "encapsulated (AsyT)", "truncated": "truncated (IP-BP)"}
#: How points are filled for the smaller and the larger number of converters.
FILLS = ("full", "none")


def draw(table: pd.DataFrame) -> style.Drawn:
    """Accesses, time-steps, extraction time, energy of the conversions."""
    figure, axes = style.panels(1, 4, 0.36)
    fills = dict(zip(sorted(set(table.channels)), FILLS, strict=False))
    for way, look in LOOKS.items():
        rows = table[table.way == way]
        once = rows[rows.channels == min(fills)]
        wide = once[once.sweep == "width"]
        deep = once[once.sweep == "depth"]
        style.line(axes[0], wide.width, wide["accesses by formula"], look)
        style.points(axes[0], wide.width, wide.accesses, look, label=LABELS[way])
        style.line(axes[1], deep.hidden, deep["time-steps by formula"], look)
        style.points(axes[1], deep.hidden, deep.time_steps, look)
        for channels, fill in fills.items():
            part = rows[(rows.channels == channels) & (rows.sweep == "depth")]
            seconds = part["extraction (s)"]
            _computed(axes[2], part.hidden, seconds, look, fillstyle=fill)
        _computed(axes[3], deep.hidden, deep["interface energy (J)"], look)
    for channels, fill in fills.items():
        axes[2].plot(
            [],
            [],
            "o",
            color="0.3",
            fillstyle=fill,
            label=f"{channels} in parallel (c)",
        )
    axes[0].set(xscale="log", yscale="log")
    axes[0].set(xlabel="neurons a hidden layer", ylabel="accesses a sample")
    axes[1].set(ylabel="interface time-steps a sample", ylim=(0, None))
    axes[2].set(yscale="log", ylabel="time (ns), energy at 1 W (nJ)")
    axes[3].set(yscale="log", ylabel="energy of conversions (nJ)")
    for ax in axes[1:]:
        ax.set(xlabel="hidden layers", xticks=range(0, 17, 4))
    figure.legend(loc="outside upper center", ncols=4)
    return figure, table


def _computed(
    ax: Axes,
    x: pd.Series,
    y: pd.Series,
    look: str,
    **other: Any,
) -> None:
    """Seconds or joules, in nano."""
    style.line(
        ax,
        x,
        1e9 * y,
        look,
        marker=style.MARKERS[look],
        markersize=3.5,
        linewidth=0.9,
        **other,
    )
