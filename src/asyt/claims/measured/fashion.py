"""AsyT Fig. 5b: accuracies on Fashion-MNIST."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.experiments import fashion

EXPERIMENTS = (fashion.EXPERIMENT,)
PAGE = "mnist-family.html"
ACCURACIES = {"asyt": "asyt-5b-asyt", "ideal-bp": "asyt-5b-bp", "insilico-bp": "asyt-5b-insilico"}
CLAIMS = tuple(ACCURACIES.values())


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The accuracies in the reading that decides."""
    return _accuracies.measure(table, ACCURACIES, PAGE)
