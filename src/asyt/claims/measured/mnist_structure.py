"""AsyT Figs. 5e and 5f: the largest gap between ideal BP and AsyT over widths and over depths."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import mnist_structure
from asyt.experiments.mnist import PRIMARY

EXPERIMENTS = (mnist_structure.EXPERIMENT,)
PAGE = "sweeps.html"
CLAIMS = ("asyt-5e-width", "asyt-5f-depth")


def measure(table: DataFrame) -> list[Measurement]:
    """The largest gaps."""
    return [
        _largest(mnist_structure.by_width(table), "width", "asyt-5e-width"),
        _largest(mnist_structure.by_depth(table), "depth", "asyt-5f-depth"),
    ]


def _largest(table: DataFrame, key: str, claim: str) -> Measurement:
    """The largest gap in the deciding reading; it holds if the upper ends of all lie below."""
    gaps = mnist_structure.gaps(table, key)
    largest = gaps.loc[gaps.groupby("noise", sort=False).centre.idxmax()].set_index("noise")
    worst, rest = largest.loc[PRIMARY], largest.drop(PRIMARY)
    others = "; ".join(
        f"{noise} {row.centre:.1f} at {row[key]:g}" for noise, row in rest.iterrows()
    )
    reading = (
        f"largest gap, at {key} {worst[key]:g}, {PRIMARY} noise, {table.epoch.max()} epochs; "
        f"with other noise: {others}"
    )
    below = gaps[gaps.noise == PRIMARY].high < number(claim)
    return Measurement.of(claim, worst, reading, holds=below.all())
