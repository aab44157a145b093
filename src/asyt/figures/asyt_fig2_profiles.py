"""Beside AsyT Fig. 2f: four estimation profiles over the curves of the cells."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments.chips import mzi_cells
from asyt.experiments.chips.mzi_cells import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style
from asyt.photonics import PROFILES

CAPTION = (
    "Four estimation profiles, each a monotonic curve from voltage to transmission, over the "
    "median and the 5-95 % range of 1,600 simulated cells."
)
ALT = "Four curves of transmission falling with voltage over a grey band."
#: Methods whose looks the profiles borrow.
BORROWED = ("asyt", "pat", "dfa", "dat")


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The four profiles over the population's curves."""
    cells = mzi_cells.at_each_voltage(table, "low", "centre", "high")
    figure, ax = plt.subplots(figsize=(1.25 * style.COLUMN, 0.85 * style.COLUMN))
    ax.fill_between(
        cells.volts,
        cells.low,
        cells.high,
        color="#B0B0B0",
        alpha=0.5,
        linewidth=0,
        label="cells, 5-95 %",
    )
    ax.plot(cells.volts, cells.centre, color="#6E6E6E", linewidth=1, label="cells, median")
    band = cells.assign(profile="cells", transmission=cells.centre)
    numbers = [band[["profile", "volts", "transmission", "low", "high"]]]
    for (name, profile), method in zip(PROFILES.items(), BORROWED, strict=True):
        look = style.look(method)
        line = mzi_cells.estimate(table, name).rename(columns={"value": "transmission"})
        ax.plot(
            line.volts,
            line.transmission,
            color=look.colour,
            linestyle=look.line,
            label=profile.label,
        )
        numbers.append(line.assign(profile=name))
    ax.set(xlabel="voltage (V)", ylabel="transmission", ylim=(0, 1.02))
    ax.set_xlim(0, cells.volts.max())
    ax.legend(loc="lower left", fontsize=6)
    return figure, pd.concat(numbers, ignore_index=True)
