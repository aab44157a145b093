"""AsyT Fig. 6c: whether a replay of stored updates gives the same controls."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.experiments import reuse

EXPERIMENTS = (reuse.EXPERIMENT,)
CLAIMS = ("asyt-6c-reuse",)
#: Largest difference in float64 that counts as rounding.
ROUNDING = 1e-12


def measure(table: pd.DataFrame) -> list[Measurement]:
    """Replayed bit for bit, and the fused pass within rounding of the two passes."""
    found = table.set_index(["precision", "quantity"]).value
    replayed = found.xs("replayed", level="quantity")
    fused = float(found["float64", "fused"])
    return [
        Measurement(
            "asyt-6c-reuse",
            measured=fused,
            n=1,
            page="efficiency.html#stored-updates",
            holds=bool((replayed == 0).all()) and fused <= ROUNDING,
            reading="replayed controls equal bit for bit; the number is the largest difference "
            "from the fused pass in float64. A replay still needs the digital activations of each "
            "batch",
        )
    ]
