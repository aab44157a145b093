"""AsyT Fig. 4: digits 0 to 3 on tiled chips."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence
from asyt.experiments.chips import digits_chip

EXPERIMENTS = (digits_chip.EXPERIMENT,)
FIGURE = "digits-chip.html#fig-asyt-fig4"
CLAIMS = ("asyt-4b-insilico", "asyt-4b-train", "asyt-4b-test", "asyt-4b-bp", "asyt-4c-confusion")


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The rows of AsyT Fig. 4."""
    evidence = Evidence(table, "asyt-4b-bp", 25.0, FIGURE)
    return [
        evidence.accuracy("asyt-4b-insilico", "insilico-bp", "train"),
        evidence.accuracy("asyt-4b-train", "asyt", "train"),
        evidence.accuracy("asyt-4b-test", "asyt", "test"),
        evidence.bp(),
        evidence.diagonal("asyt-4c-confusion", "asyt-4b-test"),
    ]
