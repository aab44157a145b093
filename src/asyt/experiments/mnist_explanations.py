"""What each explanation of the collapse of AsyT predicted for `mnist_mechanism`, and what it got.

The predictions were written before any variant but the reference had been run. Of the reference,
accuracy and size were known (`mnist_growth`); no other quantity was.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from asyt.experiments.mnist_mechanism import NOISELESS, REFERENCE

INF = float("inf")
#: The reference with larger batches.
BATCHES = "larger batches"
EXPLANATIONS = {
    "walk": "noise of the output error moves the controls at random",
    "feedback": "noise is a share of a signal that grows with the controls",
    "drift": "the mean error of noisy read-outs asks for larger margins",
    "blind": "the update goes through digital states and does not see hidden noise",
}


class Prediction(NamedTuple):
    """That a quantity of a variant lies between two values."""

    explanation: str
    variant: str
    quantity: str
    low: float
    high: float


#: Points by which accuracy falls from its best: "holds" is at most the first, "falls" at least the
#: second.
HOLDS, FALLS = (-INF, 2.0), (5.0, INF)
PREDICTIONS = (
    Prediction("walk", REFERENCE, "as its replica", -INF, 0.3),
    Prediction("walk", REFERENCE, "growth exponent", 0.3, 0.7),
    Prediction("walk", "errors averaged", "excess ratio", -INF, 0.6),
    Prediction("walk", "errors centred", "excess ratio", 0.8, INF),
    Prediction("walk", BATCHES, "excess ratio", 0.8, 1.25),
    Prediction("feedback", "floor", "fall", *HOLDS),
    Prediction("feedback", "clipped", "fall", *HOLDS),
    Prediction("feedback", "pulled", "fall", *HOLDS),
    Prediction("feedback", REFERENCE, "growth exponent", 1.0, INF),
    Prediction("feedback", REFERENCE, "signal ratio", 1.5, INF),
    Prediction("drift", REFERENCE, "as its replica", 0.7, INF),
    Prediction("drift", REFERENCE, "as before", 0.7, INF),
    Prediction("drift", "errors averaged", "excess ratio", 0.8, INF),
    Prediction("drift", "errors centred", "fall", *HOLDS),
    Prediction("drift", "read-out alone", "fall", *FALLS),
    Prediction("drift", REFERENCE, "last layer along digital", 0.5, INF),
    Prediction("blind", "hidden alone", "fall", *FALLS),
    Prediction("blind", "read-out alone", "fall", *HOLDS),
    Prediction("blind", "pseudo-ip-bp", "fall", *HOLDS),
)
AGREES, CONTRADICTS, OPEN = "agrees", "contradicts", "open"


def found(table: pd.DataFrame) -> pd.DataFrame:
    """What every variant gave: seed, replica, variant, quantity, value, after the last epoch.

    Beside the measured quantities: fall (points of accuracy below its best), excess ratio (to the
    reference of the same seed), signal ratio (to the chip without noise), growth exponent (of the
    excess against epochs, over the second half of the run).
    """
    named = table.assign(variant=_names(table))
    rows = named.set_index(["seed", "replica", "variant", "quantity", "epoch"])
    by_epoch = rows.value.unstack()
    epochs = by_epoch.columns
    middle = epochs[len(epochs) // 2]
    last = epochs[-1]
    ends = by_epoch[last].unstack()
    accuracy = 100 * by_epoch.xs("accuracy", level="quantity")
    excess = by_epoch.xs("excess", level="quantity")
    growth = np.log(excess[last] / excess[middle]) / np.log(last / middle)
    derived = {
        "fall": accuracy.max(axis=1) - accuracy[last],
        "excess ratio": ends.excess / _of(ends.excess, REFERENCE),
        "signal ratio": ends.signal / _of(ends.signal, NOISELESS),
        "growth exponent": growth.where(excess[middle] > 0),
    }
    values = ends.assign(**derived).stack().dropna()
    return values.rename("value").reset_index()


def curves(table: pd.DataFrame) -> pd.DataFrame:
    """Mean, smallest and largest draw a variant, quantity and epoch: centre, low, high."""
    named = table.assign(variant=_names(table))
    draws = named.groupby(["variant", "quantity", "epoch"]).value
    ranges = draws.agg(
        centre="mean",
        low="min",
        high="max",
    )
    return ranges.reset_index()


def _names(table: pd.DataFrame) -> pd.Series:
    """The variants; the reference with larger batches under a name of its own."""
    is_large = table.part == "batches"
    prefix = is_large.map({True: f"{BATCHES}: ", False: ""})
    reference = f"{BATCHES}: {REFERENCE}"
    return (prefix + table.variant).replace({reference: BATCHES})


def _of(values: pd.Series, variant: str) -> pd.Series:
    """The first replica's value of one variant, for every row of the same seed."""
    by_seed = values.xs((0, variant), level=["replica", "variant"])
    seeds = values.index.get_level_values("seed")
    repeated = by_seed.reindex(seeds).to_numpy()
    return pd.Series(repeated, values.index)


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """Every prediction with what was found: mean, smallest and largest of n draws, and a verdict.

    It agrees if all draws lie where it says, contradicts if none does, and is open otherwise.
    """
    draws = found(table)
    rows = []
    for prediction in PREDICTIONS:
        of_variant = draws[draws.variant == prediction.variant]
        tested = of_variant[of_variant.quantity == prediction.quantity]
        values = tested.value.to_numpy()
        rows.append(
            {
                "explanation": prediction.explanation,
                "experiment": prediction.variant,
                "quantity": prediction.quantity,
                "predicted": _range(prediction),
                "found": values.mean(),
                "low": values.min(),
                "high": values.max(),
                "n": len(values),
                "verdict": judged(prediction, values),
            }
        )
    return pd.DataFrame(rows)


def judged(prediction: Prediction, values: np.ndarray) -> str:
    """The verdict on a prediction, from the values of all draws."""
    inside = (prediction.low <= values) & (values <= prediction.high)
    if inside.all():
        return AGREES
    if inside.any():
        return OPEN
    return CONTRADICTS


def _range(prediction: Prediction) -> str:
    if prediction.low == -INF:
        return f"at most {prediction.high:g}"
    if prediction.high == INF:
        return f"at least {prediction.low:g}"
    return f"{prediction.low:g} to {prediction.high:g}"


def score(table: pd.DataFrame) -> pd.DataFrame:
    """How many predictions of each explanation agree, contradict or are open."""
    judgements = verdicts(table).groupby(["explanation", "verdict"], sort=False)
    counts = judgements.size().unstack()
    every = counts.reindex(
        index=list(EXPLANATIONS),
        columns=[AGREES, CONTRADICTS, OPEN],
    )
    scores = every.fillna(0).astype(int)
    scores.insert(0, "says", pd.Series(EXPLANATIONS))
    return scores.rename_axis("explanation").rename_axis(columns=None).reset_index()


def overview(table: pd.DataFrame) -> pd.DataFrame:
    """Every variant in a row: means over draws after the last epoch."""
    draws = found(table)
    columns = [
        "fall",
        "accuracy",
        "accuracy without noise",
        "size",
        "excess ratio",
        "signal ratio",
    ]
    means = draws.pivot_table(
        index="variant",
        columns="quantity",
        values="value",
        sort=False,
    )
    percent = means.filter(like="accuracy").mul(100)
    variants = _names(table).unique()
    order = [name for name in variants if name in means.index]
    shown = means.assign(**percent).loc[order, columns]
    return shown.rename_axis(columns=None).reset_index()
