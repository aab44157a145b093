"""The live check of stored tables: what is computed here and now must agree with what is stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from asyt import results
from asyt.errors import ResultError
from asyt.experiments.base import Experiment
from asyt.experiments.store import find, place
from asyt.provenance import arithmetic
from asyt.training import Trainer

#: Largest difference in percentage points of one accuracy where rounding or noise can differ.
POINTS = 0.5
#: The same of a median over hundreds of small networks, whose draws are chaotic in the rounding.
MEDIAN_POINTS = 3.0


@dataclass(frozen=True)
class Agreement:
    """How a live table compares with the stored one."""

    rows: pd.DataFrame  # the keys, `live` and `stored`, in the unit of the table
    worst: float  # largest difference, percentage points
    allowed: float  # the same; 0 where the two must agree exactly


def stored(experiment: Experiment | str, config: Any) -> results.Result:
    """The stored result of a run; a ResultError if it is missing or damaged."""
    return results.load(find(experiment).name, config, place(experiment, config))


def check(
    experiment: Experiment | str,
    config: Any,
    live: pd.DataFrame,
    keys: Sequence[str],
    *,
    value: str = "accuracy",
    points: float = POINTS,
    noisy: bool = False,
) -> Agreement:
    """Compare live rows, named by the columns `keys`, with the stored table of the same run.

    The column `value`, a fraction, must agree exactly where this processor rounds as that of the
    stored run did; else within `points`, percentage points. So must that of a `noisy` run, which
    draws noise on the processor's own generator.

    Raises:
        ResultError: nothing to compare, a live row is not stored, a value is not a number, or a
            difference is larger than allowed.
    """
    experiment = find(experiment)
    kept = stored(experiment, config)
    allowed = points
    if _same_rounding(kept) and not noisy:
        allowed = 0.0
    run = f"'{config.label}' of '{experiment.name}'"
    rows = live.reindex(columns=[*keys, value])
    rows = rows.rename(columns={value: "live"})
    if len(live):
        theirs = kept.table[[*keys, value]]
        theirs = theirs.rename(columns={value: "stored"})
        rows = rows.merge(theirs, on=list(keys), validate="1:m")
    if live.empty or len(rows) != len(live):
        raise ResultError(
            f"{run}: {len(live)} rows were computed and {len(rows)} of them are in the stored "
            "table; compare epochs that it has."
        )
    apart = 100 * (rows.live - rows.stored).abs()
    worst = float(apart.max())
    if apart.isna().any() or worst > allowed:
        raise ResultError(
            f"{run} differs from its stored table by {worst:.2f} points, {allowed:g} are allowed: "
            f"run `asyt run {experiment.name} --profile paper --force` with as many threads as its "
            "provenance names."
        )
    return Agreement(rows, worst, allowed)


def repeated(
    experiment: Experiment | str,
    config: Any,
    live: pd.DataFrame,
    keys: Sequence[str],
    select: Callable[[pd.DataFrame], pd.DataFrame],
) -> float:
    """Compare the beginning of a run, or all of it, with its stored table: 0.0 if they are equal.

    What is compared is all that is stored up to the last epoch of `live`. Where this processor
    rounds as that of the stored run did, they must be equal. Elsewhere the medians that `select`
    takes from both, the same ones, must agree within `MEDIAN_POINTS`.

    Returns:
        The largest difference of a median, percentage points.

    Raises:
        ResultError: they do not agree.
    """
    kept = stored(experiment, config)
    last_epoch = kept.table.epoch.max()
    if len(live):
        last_epoch = live.epoch.max()
    expected = kept.table[kept.table.epoch <= last_epoch]
    expected = expected.reset_index(drop=True)
    if live.equals(expected):
        return 0.0
    run = f"'{config.label}' of '{find(experiment).name}'"
    if _same_rounding(kept):
        raise ResultError(f"{run} differs from its stored table: repeat it with one thread.")
    medians = select(live)
    stored_medians = select(expected)
    if len(medians) != len(stored_medians):
        raise ResultError(f"{run}: {len(medians)} medians computed, {len(stored_medians)} stored.")
    return check(
        experiment,
        config,
        medians,
        keys,
        value="value",
        points=MEDIAN_POINTS,
        noisy=True,
    ).worst


def apart(live: pd.DataFrame, kept: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """Largest difference of accuracies with the same `keys`, percentage points, by method.

    For two tables of the same runs, computed on different processors.

    Raises:
        ResultError: they have not the same rows.
    """
    pairs = live.merge(kept, on=list(keys), validate="1:1")
    if not len(pairs) == len(live) == len(kept):
        raise ResultError(f"{len(live)} and {len(kept)} rows, {len(pairs)} of them in both.")
    points = 100 * (pairs.accuracy_x - pairs.accuracy_y).abs()
    return points.groupby(pairs.method).max()


def _same_rounding(kept: results.Result) -> bool:
    return kept.provenance.get("arithmetic") == arithmetic()


def first_epochs(
    experiment: Experiment | str,
    config: Any,
    build: Callable[[Any], Trainer],
    epochs: int,
) -> pd.DataFrame:
    """Train the first epochs of a stored run, evaluated where that was; rows of the trainer."""
    import torch

    kept = stored(experiment, config)
    evaluated = set(kept.table.epoch)
    threads = torch.get_num_threads()  # on them depends the order of a sum, so its rounding
    torch.set_num_threads(kept.provenance["threads"])
    try:
        trainer = build(config)
        for _ in range(epochs):
            trainer.run_epoch()
            if trainer.epoch in evaluated:
                trainer.evaluate()
    finally:
        torch.set_num_threads(threads)
    return pd.DataFrame(trainer.rows)
