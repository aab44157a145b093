"""Beyond the papers: how a sweep of the book's tables gets shorter with workers."""

import pandas as pd

from asyt.experiments.scaling import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "How long a sweep takes, against the number of workers. Line: every published table, "
    "simulated from the computing times that their records state, the longest run first; dotted: "
    "the same if the work could be divided at will. Diamonds and circles: a sweep of short runs "
    "with real workers, measured and simulated from the times of its runs."
)
ALT = (
    "On logarithmic axes the time of a sweep falls in proportion to the number of workers until "
    "the longest run sets it; short runs took somewhat longer than simulated."
)
HOUR = 3600.0


def draw(table: pd.DataFrame) -> style.Drawn:
    """Hours against workers."""
    figure, ax = style.panels(1, 1, 0.6, letters=False)
    every = table[table.sweep == "all"].sort_values("workers")
    hours = every.seconds / HOUR
    ax.plot(every.workers, hours, color="black", label="all tables, simulated")
    ax.plot(
        every.workers,
        hours.iloc[0] / every.workers,
        ":",
        color="grey",
        label="divided at will",
    )
    marks = {"measured": ("D", "#D55E00"), "simulated": ("o", "#0072B2")}
    for kind, (marker, colour) in marks.items():
        part = table[(table.sweep == "drills") & (table.kind == kind)]
        look = {"marker": marker, "edgecolors": colour, "facecolors": "none"}
        ax.scatter(part.workers, part.seconds / HOUR, label=f"short runs, {kind}", **look)
    ax.set(xscale="log", yscale="log", xlabel="workers", ylabel="hours")
    ax.legend(loc="best")
    return figure, table
