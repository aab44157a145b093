"""AsyT Fig. 5c: accuracies on KMNIST."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.experiments import kmnist

EXPERIMENTS = (kmnist.EXPERIMENT,)
PAGE = "mnist-family.html"
ACCURACIES = {"asyt": "asyt-5c-asyt", "ideal-bp": "asyt-5c-bp", "insilico-bp": "asyt-5c-insilico"}
#: The standard set alone earns verdicts, once all its runs are stored; a substitute earns none.
PROFILE = "standard"
CLAIMS = tuple(ACCURACIES.values())


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The accuracies in the reading that decides."""
    return _accuracies.measure(table, ACCURACIES, PAGE)
