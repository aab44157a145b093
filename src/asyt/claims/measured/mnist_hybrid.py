"""MNIST on digital linear layers around second-harmonic generation."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import mnist_hybrid, summaries

EXPERIMENTS = (mnist_hybrid.EXPERIMENT,)
PAGE = "physical.html"
CLAIMS = ("pnn-accuracy-mnist", "pnn-hybrid")


def measure(table: DataFrame) -> list[Measurement]:
    """The accuracy under PAT, and by how much it exceeds that of the linear layers alone."""
    ends = mnist_hybrid.ends(table)
    lead = ends.pat - ends.linear
    ahead = summaries.mean(lead.to_numpy()[:, None])
    limits = {"chance": 10.0, "ideal": float(ends["ideal-bp"].median())}
    hybrid = (
        "hybrid, one SHG module for each of 8 pulses between two linear layers; benches differ, "
        "seeds with them"
    )
    alone = (
        "points by which the hybrid under PAT exceeds its own linear layers trained alone; every "
        "bench must lead"
    )
    return [
        Measurement.drawn("pnn-accuracy-mnist", hybrid, ends.pat.to_numpy(), **limits),
        Measurement.of("pnn-hybrid", ahead, alone, holds=(lead > 0).all()),
    ]
