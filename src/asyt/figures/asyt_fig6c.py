"""AsyT Fig. 6c: what training costs a device, against the number of devices."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.experiments import speed
from asyt.experiments.speed import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "Cost of AsyT a device against the number of devices that share one digital model, [784, 256, "
    "256, 10], batch 600, one thread, relative to plain PyTorch back-propagation timed beside it. "
    "Points: measured, the smallest of all repetitions. Line: products counted, with the device "
    "simulated, 1 + 1/C. Dashed: the same for a real device, whose forward pass is light and costs "
    "the computer nothing."
)
ALT = (
    "Cost of a device against the number of devices, falling from about two at one device and "
    "level from sixteen on; measured points lie near the counted curve."
)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Cost a device against the number of devices."""
    shown = speed.costs(table)
    figure, ax = plt.subplots(figsize=(style.COLUMN, 0.8 * style.COLUMN))
    _counted(ax, shown)
    look = style.look("asyt")
    ax.plot(
        shown.C,
        shown.measured,
        color=look.colour,
        marker=look.marker,
        linestyle="none",
        label="measured",
    )
    ax.axhline(1, color=style.look("ideal-bp").colour, linewidth=0.6)
    ax.annotate(
        "plain BP",
        (0.9, 1),
        xytext=(0, -2),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=7,
    )
    ax.set_xscale("log", base=2)
    ax.set(
        xlabel="devices that share one digital model, C",
        ylabel="cost a device / cost of BP",
        ylim=(0, 2.5),
    )
    ax.xaxis.set_major_formatter("{x:g}")
    ax.legend(loc="upper right")
    return figure, shown


def _counted(ax: Axes, shown: pd.DataFrame) -> None:
    """The counted curves between the numbers of devices that were timed."""
    chips = np.geomspace(1, shown.C.max(), 200)
    shared = 1 / chips
    own = shown["counted, real device"].iloc[0] - 1
    dashes = (0, (4, 2))
    ax.plot(chips, 1 + shared, color="0.35", linewidth=1, label="counted, simulated device")
    ax.plot(
        chips,
        own + shared,
        color="0.35",
        linewidth=1,
        linestyle=dashes,
        label="counted, real device",
    )
