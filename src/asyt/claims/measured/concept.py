"""AsyT Fig. 1: whether the numbers on the schematic are the paper's."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.experiments import concept

EXPERIMENTS = (concept.EXPERIMENT,)
CLAIMS = ("asyt-1-concept",)


def measure(table: pd.DataFrame) -> list[Measurement]:
    """P against 2M - P accesses, 1 against N + 1 steps."""
    layers = concept.PROFILES["paper"].layers
    neurons, outputs = sum(layers[1:]), layers[-1]
    expected = {
        "encapsulated": (outputs, 1),
        "truncated": (2 * neurons - outputs, len(layers) - 1),
    }
    rows = table[["structure", "accesses", "time_steps"]].itertuples(index=False)
    counted = {structure: (accesses, steps) for structure, accesses, steps in rows}
    return [
        Measurement(
            "asyt-1-concept",
            reading="accesses and time-steps a sample, counted by both kinds of device on Iris, "
            "against P, 2M - P, 1, N + 1",
            page="ten-minutes.html",
            n=1,
            holds=counted == expected,
        )
    ]
