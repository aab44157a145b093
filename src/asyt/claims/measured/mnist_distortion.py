"""AsyT Fig. 5d: whether AsyT stays above the bound, and how far in-silico BP falls."""

from dataclasses import astuple

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import _sweep, mnist, mnist_distortion
from asyt.experiments.mnist import PRIMARY
from asyt.experiments.mnist_distortion import NOISY_AT, PAPER_RANGE

EXPERIMENTS = (mnist_distortion.EXPERIMENT, mnist.EXPERIMENT)
PAGE = "sweeps.html"
CLAIMS = ("asyt-5d-asyt", "asyt-5d-insilico")


def measure(table: DataFrame, fig5a: DataFrame) -> list[Measurement]:
    """Both statements in the reading that decides; `fig5a` has the other at 1 sigma_phy alone."""
    return [_bound(table, fig5a), _fall(table)]


def _bound(table: DataFrame, fig5a: DataFrame) -> Measurement:
    """AsyT at its lowest from 0 to 2 sigma_phy: a bound for all distortions breaks at one.

    No value if it holds wherever it was run under the noise that decides: the claim is of the other
    distortions, too.
    """
    at = ", ".join(f"{severity:g}" for severity in NOISY_AT)
    noisy, quiet = mnist_distortion.lowest(table, PRIMARY), mnist_distortion.lowest(table)
    if noisy.high >= number("asyt-5d-asyt"):
        held = f"not below it at {at} sigma_phy, {PRIMARY} noise"
        return Measurement("asyt-5d-asyt", reading=held)
    ends = mnist.at_end(fig5a)
    asyt = ends[ends.method == "asyt"].set_index("noise").centre
    others = [noise for noise in _sweep.NOISES if noise not in ("none", PRIMARY)]
    at_one = "; ".join(f"{noise} {asyt[noise]:.1f}" for noise in others)
    reading = (
        f"{PRIMARY} noise, the lowest mean, at {noisy.name:g} sigma_phy, of those at {at}; "
        f"without noise the lowest mean up to {PAPER_RANGE[-1]:g} is {quiet.centre:.1f} "
        f"({quiet.low:.1f} to {quiet.high:.1f}, n = {quiet.n}), at {quiet.name:g}; "
        f"with other noise, at 1: {at_one}"
    )
    return Measurement.of("asyt-5d-asyt", noisy, reading, holds=False)


def _fall(table: DataFrame) -> Measurement:
    falls = {noise: mnist_distortion.fall(table, noise) for noise in _sweep.NOISES}
    lost = falls.pop(PRIMARY)
    others = "; ".join(f"{noise} {other.mean:.1f}" for noise, other in falls.items())
    reading = f"points lost from 0 to 1 sigma_phy, {PRIMARY} noise; with other noise: {others}"
    mean, low, high, n = astuple(lost)
    holds = low >= number("asyt-5d-insilico")
    return Measurement("asyt-5d-insilico", mean, low, high, n, reading, holds=holds)
