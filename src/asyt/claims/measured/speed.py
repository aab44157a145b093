"""AsyT Fig. 6c: the cost a device at C = 64, against the faster of two plain PyTorch loops."""

from pandas import DataFrame

from asyt.bench.ratios import interval, ratios
from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import speed

EXPERIMENTS = (speed.EXPERIMENT,)
PAGE = "speed.html#fig-asyt-fig6c"
CLAIMS = ("asyt-6c-overhead",)
NAME = "asyt, C = 64"


def measure(table: DataFrame) -> list[Measurement]:
    """The ratio of the smallest times, with its interval over repetitions."""
    (claim,) = CLAIMS
    found = ratios(table)
    low, high = interval(table, NAME)
    reading = (
        "CPU time of a simulated device, one thread, over the faster of two plain PyTorch loops; "
        "over a loop written by hand without autograd "
        f"{found['asyt_over_handwritten_bp']['64']:.3f}"
    )
    n = table[table.name == NAME].repetition.nunique()
    holds = high <= number(claim)
    return [
        Measurement(
            claim,
            found["asyt_over_bp"]["64"],
            low,
            high,
            n,
            reading,
            holds=holds,
        )
    ]
