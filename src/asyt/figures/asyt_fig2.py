"""AsyT Figs. 2e and f: the optical chain on two species of Iris, and the cells of its chips."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments.chips import iris_optical, mzi_cells
from asyt.figures import _panels_chips as panels
from asyt.figures import _style as style

EXPERIMENT = (iris_optical.EXPERIMENT, mzi_cells.EXPERIMENT)
CAPTION = (
    "The optical chain on two species of Iris, [2, 2, 2]. (a) Training accuracy against epoch: "
    "medians and 5-95 % bands over chips, splits and initial values. (b) Where every draw ends; "
    "diamonds are the values the paper reports. (c) The estimation profile and 32 cells of each of "
    "three simulated pairs of chips."
)
ALT = (
    "Three panels: accuracy of AsyT, in-silico BP and ideal BP against epoch; dot clouds of final "
    "accuracies; transmission against voltage, one bold estimated curve among grey curves of "
    "single cells."
)


def draw(table: pd.DataFrame, cells: pd.DataFrame) -> style.Drawn:
    """In the encoding whose ideal BP is nearest to the reported one."""
    figure, axes = style.panels(1, 3, 0.37)
    numbers = [*panels.on_chips(axes, table, "asyt-2e"), _cells(axes[2], cells)]
    return figure, pd.concat(numbers, ignore_index=True)


def _cells(ax: Axes, cells: pd.DataFrame) -> pd.DataFrame:
    single = mzi_cells.single_cells(cells)
    profile = mzi_cells.estimate(cells, "eq4")
    ends = mzi_cells.at_each_voltage(cells, "minimum", "maximum")
    grey: dict[str, Any] = {"color": "#B0B0B0", "linewidth": 0.5}
    ax.plot(single.index, single.to_numpy(), **grey)
    label = "estimation profile, Eq. (4)"
    style.line(
        ax,
        profile.volts,
        profile.value,
        "asyt",
        linewidth=2,
        label=label,
    )
    ax.plot([], [], label=f"cells (n = {single.shape[1]})", **grey)
    ax.set(xlabel="voltage (V)", ylabel="transmission", ylim=(0, 1.3))
    ax.set_xlim(0, profile.volts.max())
    ax.legend(loc="upper right")
    plotted = {"volts": ends.volts, "centre": profile.value.to_numpy()}
    plotted |= {"low": ends.minimum, "high": ends.maximum}
    return pd.DataFrame({"quantity": "profile", **plotted})
