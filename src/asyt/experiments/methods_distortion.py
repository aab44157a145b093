"""Dual adaptive training, PAT, AsyT and in-silico BP against the size of the device's error."""

import pandas as pd

from asyt.experiments import _rates, summaries
from asyt.experiments._comparison import Condition, tested
from asyt.experiments._rates import chosen as chosen

COMPARED = ("insilico-bp", "pat", "dat", "asyt")
DISTORTIONS = (0.0, 0.3, 0.6, 0.9, 1.2)
CONDITIONS = tuple(Condition(f"distortion {size:g}", distortion=size) for size in DISTORTIONS)
#: The rates of highest validation accuracy, from the search runs of this experiment; `chosen` finds
#: them again. One a method and distortion.
RATES = _rates.by_condition(
    {
        "insilico-bp": (0.6, 0.6, 0.6, 0.6, 0.6),
        "pat": (0.6, 0.6, 0.6, 0.2, 0.02),
        "dat": (0.6, 0.6, 0.6, 0.2, 0.02),
        "asyt": (0.6, 0.6, 0.6, 0.6, 0.2),
    },
    CONDITIONS,
)
EXPERIMENT = _rates.experiment("methods-distortion", COMPARED, CONDITIONS, RATES)


def ends(table: pd.DataFrame) -> pd.DataFrame:
    """Mean final accuracy with its 95 % interval, percent: a row a method and `size` of error."""
    last = summaries.final(tested(table))
    means = summaries.interval(last, ["method", "condition"], chips=None)
    sizes = {condition.name: condition.distortion for condition in CONDITIONS}
    size = means.pop("condition").map(sizes)
    means.insert(1, "size", size)
    return means
