"""Beside AsyT Fig. 2f: four estimation profiles over the curves of the cells."""

import pandas as pd

from asyt.experiments.chips import mzi_cells
from asyt.figures import _style as style
from asyt.photonics import PROFILES

EXPERIMENT = mzi_cells.EXPERIMENT
CAPTION = (
    "Four estimation profiles, each a monotonic curve from voltage to transmission, over the "
    "median and the 5-95 % range of 1,600 simulated cells."
)
ALT = "Four curves of transmission falling with voltage over a grey band."
#: Methods whose looks the profiles borrow.
BORROWED = ("asyt", "pat", "dfa", "dat")


def draw(table: pd.DataFrame) -> style.Drawn:
    """The four profiles over the population's curves."""
    cells = mzi_cells.at_each_voltage(table, "low", "centre", "high")
    figure, ax = style.panels(
        1,
        1,
        0.85,
        1.25,
        unit=style.COLUMN,
        xlabel="voltage (V)",
        ylabel="transmission",
    )
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
        estimate = mzi_cells.estimate(table, name)
        line = estimate.rename(columns={"value": "transmission"})
        style.line(ax, line.volts, line.transmission, method, label=profile.label)
        numbers.append(line.assign(profile=name))
    ax.set(ylim=(0, 1.02), xlim=(0, cells.volts.max()))
    ax.legend(loc="lower left", fontsize=6)
    return figure, pd.concat(numbers, ignore_index=True)
