"""AsyT Fig. 6a and b: accesses and time-steps, and the time and energy they take."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

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
NANO = 1e9


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accesses, time-steps, extraction time, energy of the conversions."""
    figure, axes = plt.subplots(1, 4, figsize=(style.PAGE, 0.36 * style.PAGE))
    fills = dict(zip(sorted(set(table.channels)), FILLS, strict=False))
    for way in LOOKS:
        rows = table[table.way == way]
        once = rows[rows.channels == min(fills)]
        wide, deep = once[once.sweep == "width"], once[once.sweep == "depth"]
        points = _counted(axes[0], way, wide.width, wide.accesses, wide["accesses by formula"])
        points.set_label(LABELS[way])
        _counted(axes[1], way, deep.hidden, deep.time_steps, deep["time-steps by formula"])
        for channels, fill in fills.items():
            part = rows[(rows.channels == channels) & (rows.sweep == "depth")]
            _computed(axes[2], way, part.hidden, part["extraction (s)"], fill)
        _computed(axes[3], way, deep.hidden, deep["interface energy (J)"])
    for channels, fill in fills.items():
        label = f"{channels} in parallel (c)"
        axes[2].plot([], [], "o", color="0.3", fillstyle=fill, label=label)
    _axes(axes)
    figure.legend(loc="outside upper center", ncols=4)
    style.panel_letters(axes)
    return figure, table


def _counted(ax: Axes, way: str, x: pd.Series, counted: pd.Series, formula: pd.Series) -> Line2D:
    """What chips counted as points, the paper's formula as a line."""
    look = style.look(LOOKS[way])
    ax.plot(x, formula, color=look.colour, linestyle=look.line)
    (points,) = ax.plot(x, counted, color=look.colour, marker=look.marker, linestyle="none")
    return points


def _computed(ax: Axes, way: str, x: pd.Series, y: pd.Series, fill: str = "full") -> None:
    """Seconds or joules, in nano."""
    look = style.look(LOOKS[way])
    ax.plot(
        x,
        NANO * y,
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        fillstyle=fill,
        markersize=3.5,
        linewidth=0.9,
    )


def _axes(axes: list[Axes]) -> None:
    axes[0].set(
        xscale="log",
        yscale="log",
        xlabel="neurons a hidden layer",
        ylabel="accesses a sample",
    )
    axes[1].set(ylabel="interface time-steps a sample", ylim=(0, None))
    axes[2].set(yscale="log", ylabel="extraction time (ns),\nphotonic energy at 1 W (nJ)")
    axes[3].set(yscale="log", ylabel="energy of conversions (nJ)")
    for ax in axes[1:]:
        ax.set_xlabel("hidden layers")
        ax.set_xticks(range(0, 17, 4))
