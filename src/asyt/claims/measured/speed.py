"""AsyT Fig. 6c: the cost a device at C = 64, against the faster of two plain PyTorch loops."""

from __future__ import annotations

import pandas as pd

from asyt.bench.ratios import interval, ratios
from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import speed

EXPERIMENTS = (speed.EXPERIMENT,)
CLAIMS = ("asyt-6c-overhead",)
NAME = "asyt, C = 64"


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The ratio of the smallest times, with its interval over repetitions."""
    found = ratios(table)
    low, high = interval(table, NAME)
    by_hand = found["asyt_over_handwritten_bp"]["64"]
    return [
        Measurement(
            "asyt-6c-overhead",
            measured=found["asyt_over_bp"]["64"],
            low=low,
            high=high,
            n=int(table[table.name == NAME].repetition.nunique()),
            page="speed.html#fig-asyt-fig6c",
            holds=high <= number("asyt-6c-overhead"),
            reading="CPU time of a simulated device, one thread, over the faster of two plain "
            f"PyTorch loops; over a loop written by hand without autograd {by_hand:.3f}",
        )
    ]
