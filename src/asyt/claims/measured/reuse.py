"""AsyT Fig. 6c: whether a replay of stored updates gives the same controls."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import reuse

EXPERIMENTS = (reuse.EXPERIMENT,)
PAGE = "efficiency.html#stored-updates"
CLAIMS = ("asyt-6c-reuse",)
#: Largest difference in float64 that counts as rounding.
ROUNDING = 1e-12


def measure(table: DataFrame) -> list[Measurement]:
    """Replayed bit for bit, and the fused pass within rounding of the two passes."""
    found = table.pivot(index="precision", columns="quantity", values="value")
    fused = float(found.fused["float64"])
    reading = (
        "replayed controls equal bit for bit; the number is the largest difference from the fused "
        "pass in float64. A replay still needs the digital activations of each batch"
    )
    holds = (found.replayed == 0).all() and fused <= ROUNDING
    return [Measurement("asyt-6c-reuse", fused, n=1, note=reading, holds=holds)]
