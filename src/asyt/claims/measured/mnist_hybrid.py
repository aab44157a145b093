"""MNIST on digital linear layers around second-harmonic generation."""

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.experiments import mnist_hybrid, summaries

EXPERIMENTS = (mnist_hybrid.EXPERIMENT,)
PAGE = "physical.html"
CLAIMS = ("pnn-accuracy-mnist", "pnn-hybrid")


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The accuracy under PAT, and by how much it exceeds that of the linear layers alone."""
    ends = mnist_hybrid.ends(table)
    lead = ends.pat - ends.linear
    return [
        Measurement.of(
            "pnn-accuracy-mnist",
            summaries.spread(ends.pat.to_numpy()),
            "hybrid, one SHG module for each of 8 pulses between two linear layers; benches "
            "differ, seeds with them",
            chance=10.0,
            ideal=float(ends["ideal-bp"].median()),
        ),
        Measurement.of(
            "pnn-hybrid",
            summaries.mean(lead.to_numpy()[:, None]),
            "points by which the hybrid under PAT exceeds its own linear layers trained alone; "
            "every bench must lead",
            holds=(lead > 0).all(),
        ),
    ]
