"""AsyT, Methods: two probabilities, and the largest angle among updates of similar magnitude."""

from __future__ import annotations

import pandas as pd

from asyt import breaking
from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import alignment

EXPERIMENTS = (alignment.EXPERIMENT,)
PAGE = "alignment.html"
CLAIMS = (*alignment.NAMED, "asyt-m-90degrees")


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The two printed probabilities, and the angle."""
    sampled = alignment.connections(table).set_index("distortion")
    printed = [
        _probability(claim, distortion, sampled.loc[distortion])
        for claim, distortion in alignment.NAMED.items()
    ]
    return [*printed, _angle(table)]


def _probability(claim: str, distortion: float, sampled: pd.Series) -> Measurement:
    """The formula, to the digits that the paper prints, with its sampling."""
    exact, reach = breaking.broken(distortion), 1.96 * float(sampled.extra)
    value = float(sampled.value)
    return Measurement(
        claim,
        100 * exact,
        100 * (value - reach),
        100 * (value + reach),
        reading="percent, two-sided: erfc(1 / (s sqrt 2)), distortion beyond the whole range; 95 % "
        "interval of importance sampling",
        page=PAGE,
        holds=float(f"{exact:.1e}") == number(claim),
    )


def _angle(table: pd.DataFrame) -> Measurement:
    angles = alignment.similar(table).value
    return Measurement(
        "asyt-m-90degrees",
        float(angles.max()),
        n=len(angles),
        reading=f"largest angle in degrees, any layer, chip and step of {table.seed.nunique()} "
        "short MNIST trainings without and with 10 dB noise; similar: within a factor of "
        f"{alignment.SIMILAR:g}",
        page=PAGE,
        holds=bool((angles < 90).all()),
    )
