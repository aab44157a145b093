"""AsyT Fig. 5d: whether AsyT stays above the bound, and how far in-silico BP falls."""

from dataclasses import astuple

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import authors_distortion, distortion_readings, mnist_distortion

EXPERIMENTS = (
    mnist_distortion.EXPERIMENT,
    authors_distortion.EXPERIMENT,
    distortion_readings.EXPERIMENT,
)
PAGE = "sweeps.html"
BOUND = "asyt-5d-asyt"
FALL = "asyt-5d-insilico"
CLAIMS = (BOUND, FALL)
#: Reading -> what its draws are, and where its fall begins; of others chips with their seeds.
DRAWS = {"authors": "orders of the samples on one chip"}
STARTS = {"authors": "; at 0 the digital model itself, trained with the update error"}


def measure(
    swept: DataFrame, chip: DataFrame | None = None, further: DataFrame | None = None
) -> list[Measurement]:
    """Both statements in every reading that has runs."""
    table = authors_distortion.fig5d(swept, chip, further)
    bounds = [_bound(table, reading) for reading in mnist_distortion.trained(table)]
    falls = [_fall(table, reading) for reading in mnist_distortion.tested(table)]
    return bounds + falls


def _bound(table: DataFrame, reading: str) -> Measurement:
    """AsyT at its lowest from 0 to 2 sigma_phy: a bound for all distortions breaks at one.

    No value if it is not broken where it was run, and was not run at all of them.
    """
    found = mnist_distortion.inside(table, reading)
    bound = number(BOUND)
    at = ", ".join(f"{severity:g}" for severity in found.index)
    broken = bool((found.high < bound).any())
    if not broken and not mnist_distortion.complete(table, reading):
        return Measurement(BOUND, note=f"not below it at {at} sigma_phy", reading=reading)
    lowest = mnist_distortion.lowest(table, reading)
    note = f"the lowest mean, at {lowest.name:g} sigma_phy, of those at {at}"
    if reading in DRAWS:
        note = f"{note}; {DRAWS[reading]}"
    holds = bool((found.low > bound).all())
    return Measurement.of(BOUND, lowest, note, holds=holds, reading=reading)


def _fall(table: DataFrame, reading: str) -> Measurement:
    mean, low, high, n = astuple(mnist_distortion.fall(table, reading))
    holds = low >= number(FALL)
    note = f"points lost from 0 to 1 sigma_phy{STARTS.get(reading, '')}"
    return Measurement(
        FALL,
        mean,
        low,
        high,
        n,
        note,
        holds=holds,
        reading=reading,
    )
