"""AsyT Fig. 5d: whether AsyT stays above the bound, and how far in-silico BP falls."""

from dataclasses import astuple

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import mnist_distortion

EXPERIMENTS = (mnist_distortion.EXPERIMENT,)
PAGE = "sweeps.html"
BOUND, FALL = CLAIMS = ("asyt-5d-asyt", "asyt-5d-insilico")


def measure(table: DataFrame) -> list[Measurement]:
    """Both statements in every reading that has runs."""
    bounds = [_bound(table, name) for name in mnist_distortion.trained(table)]
    return bounds + [_fall(table, name) for name in mnist_distortion.tested(table)]


def _bound(table: DataFrame, reading: str) -> Measurement:
    """AsyT at its lowest from 0 to 2 sigma_phy: a bound for all distortions breaks at one.

    No value if it is not broken where it was run, and was not run at all of them.
    """
    lowest, bound = mnist_distortion.lowest(table, reading), number(BOUND)
    severities = mnist_distortion.severities(table, reading)
    at = ", ".join(f"{severity:g}" for severity in severities)
    if lowest.high >= bound and not mnist_distortion.complete(table, reading):
        return Measurement(BOUND, note=f"not below it at {at} sigma_phy", reading=reading)
    note = f"the lowest mean, at {lowest.name:g} sigma_phy, of those at {at}"
    holds = bool(lowest.low > bound)
    return Measurement.of(BOUND, lowest, note, holds=holds, reading=reading)


def _fall(table: DataFrame, reading: str) -> Measurement:
    mean, low, high, n = astuple(mnist_distortion.fall(table, reading))
    holds = low >= number(FALL)
    note = "points lost from 0 to 1 sigma_phy"
    return Measurement(FALL, mean, low, high, n, note, holds=holds, reading=reading)
