"""AsyT Figs. 5e and 5f: the largest gap between ideal BP and AsyT over widths and over depths."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import mnist_structure

EXPERIMENTS = (mnist_structure.EXPERIMENT,)
PAGE = "sweeps.html"
CLAIMS = ("asyt-5e-width", "asyt-5f-depth")


def measure(table: DataFrame) -> list[Measurement]:
    """The largest gap in every reading."""
    widths, depths = mnist_structure.by_width(table), mnist_structure.by_depth(table)
    found = _largest(widths, "width", "asyt-5e-width")
    return found + _largest(depths, "depth", "asyt-5f-depth")


def _largest(table: DataFrame, key: str, claim: str) -> list[Measurement]:
    """The largest gap; the claim holds if the upper ends of all lie below the bound."""
    found = []
    for reading, gaps in mnist_structure.gaps(table, key).groupby("reading", sort=False):
        worst = gaps.loc[gaps.centre.idxmax()]
        values = ", ".join(f"{value:g}" for value in gaps[key])
        note = (
            f"largest gap, at {key} {worst[key]:g}, of {key} {values}; {table.epoch.max()} epochs, "
            "where the paper trains 300"
        )
        below = bool((gaps.high < number(claim)).all())
        found.append(Measurement.of(claim, worst, note, holds=below, reading=str(reading)))
    return found
