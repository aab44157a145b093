"""AsyT Figs. 5g and 5h: AsyT against PAT after a sudden perturbation, and on a very noisy device.

The paper gives neither the size of the perturbation nor that of the noise, so each is taken at
several severities, fixed before any run: one, two and four times the distortion of the chip; 10, 5
and 0 dB in both readings of a ratio in decibels (the power reading at 5 and 0 dB is the mean-square
reading at 10 and 0 dB), and 10 and 0 dB as one common gain a layer. Both methods get the same five
learning rates in every condition to choose from.
"""

from typing import Any

import pandas as pd

from asyt.experiments import _rates, summaries
from asyt.experiments._comparison import Condition, tested
from asyt.experiments._comparison import build as build
from asyt.experiments._rates import chosen as chosen

PERTURBED = (
    Condition("perturbation 0.6", perturbation=0.6),
    Condition("perturbation 1.2", perturbation=1.2),
    Condition("perturbation 2.4", perturbation=2.4),
)
NOISY = (
    Condition("power 10 dB", noise_db=10.0, noise_reading="power"),
    Condition("mean-square 10 dB = power 5 dB", noise_db=10.0),
    Condition("mean-square 5 dB", noise_db=5.0),
    Condition("0 dB", noise_db=0.0),
    Condition("common 10 dB", noise_db=10.0, noise_common=True),
    Condition("common 0 dB", noise_db=0.0, noise_common=True),
)
SEVERITIES = PERTURBED + NOISY
#: The rates of highest validation accuracy, from the search runs of this experiment; `chosen` finds
#: them again. One a method and severity, in the order of `SEVERITIES`.
RATES = _rates.by_condition(
    {
        "asyt": (0.6, 0.2, 0.06, 0.6, 0.06, 0.06, 0.06, 0.6, 0.02),
        "pat": (0.2, 0.02, 0.6, 0.6, 0.2, 0.06, 0.06, 0.2, 0.06),
    },
    SEVERITIES,
)
COMPARED = ("asyt", "pat")
EXPERIMENT = _rates.experiment("robustness", COMPARED, SEVERITIES, RATES)


def curves(table: pd.DataFrame) -> pd.DataFrame:
    """Mean test accuracy with its 95 % interval, percent, a condition, method and epoch."""
    by = ["condition", "method", "epoch"]
    return summaries.interval(
        tested(table),
        by,
        chips=None,
        replicates=2000,
    )


def differences(table: pd.DataFrame) -> pd.DataFrame:
    """Final accuracies, percent, and by how much AsyT leads, in points, paired by draw.

    Returns:
        Rows condition, asyt, pat (means), centre, low, high, n (of the lead, with its 95 %
        interval).
    """
    last = summaries.final(tested(table))
    rows = []
    for condition in SEVERITIES:
        both = last[last.condition == condition.name]
        rows.append({"condition": condition.name, **lead(both)})
    return pd.DataFrame(rows)


def lead(both: pd.DataFrame) -> dict[str, Any]:
    """Mean accuracies of both methods, percent, and by how much AsyT leads, paired by draw."""
    methods = (both[both.method == name] for name in COMPARED)
    asyt, pat = (summaries.grid(draws, columns=None) for draws in methods)
    return {
        "asyt": asyt.mean(),
        "pat": pat.mean(),
        **summaries.mean(asyt - pat),
    }
