"""AsyT Fig. 6c: what training costs a device, against the number of devices."""

import numpy as np
import pandas as pd

from asyt.experiments import speed
from asyt.figures import _style as style

EXPERIMENT = speed.EXPERIMENT
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


def draw(table: pd.DataFrame) -> style.Drawn:
    """Cost a device against the number of devices."""
    shown = speed.costs(table)
    figure, ax = style.panels(
        1,
        1,
        0.8,
        unit=style.COLUMN,
        xlabel="devices that share one digital model, C",
        ylabel="cost per device / cost of BP",
        ylim=(0, 2.5),
    )
    chips = np.geomspace(1, shown.C.max(), 200)
    own = shown["counted, real device"].iloc[0] - 1
    for name, above, dashes in (("simulated", 1, "-"), ("real", own, (0, (4, 2)))):
        label = f"counted, {name} device"
        ax.plot(
            chips,
            above + 1 / chips,
            color="0.35",
            linewidth=1,
            linestyle=dashes,
            label=label,
        )
    runs = table[table.quantity == "cost"].repetition.nunique()
    style.points(ax, shown.C, shown.measured, "asyt", label=f"measured (least of {runs})")
    ax.axhline(1, color=style.COLOURS["ideal-bp"], linewidth=0.6)
    style.note(
        ax,
        "plain BP",
        (shown.C.max(), 1),
        (2, 2),
        ha="right",
        va="bottom",
    )
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.legend(loc="upper right")
    return figure, shown
