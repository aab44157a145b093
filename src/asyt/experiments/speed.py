"""What training costs a device, timed on this machine: AsyT Fig. 6c, and `asyt bench`."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from asyt import results
from asyt.bench.ratios import ratios
from asyt.errors import AsytError
from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment


@dataclass(frozen=True)
class Config(base.Config):
    """What is timed. The seed numbers the measurement; nothing that is timed depends on it."""

    rounds: int = 5  # repetitions of ten steps of every contender
    names: tuple[str, ...] = ()  # of `bench.contenders.CONTENDERS`; empty for all
    threaded: int = 2  # repetitions with all threads
    counts: tuple[int, ...] = (
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
        512,
        1024,
    )  # of the cost curve
    extras: bool = True  # memory, start-up and the profile
    seed: int = 0


PROFILES = {
    "smoke": Config(
        rounds=1,
        names=("bp, torch's products", "bp, our products", "asyt, C = 1"),
        threaded=0,
        counts=(1, 2, 4),
        extras=False,
    ),
    "quick": Config(
        rounds=3,
        threaded=1,
        counts=(1, 4, 16, 64),
    ),
    "paper": Config(),
}


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """All measurements, as `bench.timing` names them, of a machine that should do nothing else.

    Raises:
        AsytError: for a processor other than the CPU.
    """
    from asyt.bench import timing

    if execution.compute != "cpu":
        raise AsytError(
            f"compute '{execution.compute}': this experiment times the CPU only; use --compute cpu."
        )
    names = config.names or tuple(timing.CONTENDERS)
    measure = partial(timing.measure, names=names, progress=execution.progress)
    parts = []
    if config.extras:
        parts.append(timing.memory())
        parts.append(timing.starts())
        parts.append(timing.profiled())
        parts.append(timing.gate())
        parts.append(timing.paired())
    parts.append(measure(config.rounds))
    if config.threaded:
        parts.append(measure(config.threaded, threads=timing.all_threads()))
    parts.append(timing.cost(config.counts))
    return pd.concat(parts, ignore_index=True)


def costs(table: pd.DataFrame) -> pd.DataFrame:
    """Cost a device relative to plain BP by number of devices C: measured, and counted."""
    from asyt.bench.contenders import MNIST

    cost = table[table.quantity == "cost"]
    best = cost.groupby(["chips", "name"]).value.min().unstack()
    chips = best.index.to_numpy()
    flops = MNIST.flops()
    return pd.DataFrame(
        {
            "C": chips,
            "measured": (best.asyt / best.bp).to_numpy(),
            "counted": 1 + 1 / chips,
            "counted, real device": flops["backward"] / flops["all"] + 1 / chips,
        }
    )


def profile(table: pd.DataFrame, rows: int = 12) -> pd.DataFrame:
    """Where a step of AsyT at C = 16 spends its time: the largest entries, then the rest."""
    entries = table[table.quantity == "profile"].set_index("name").value
    operators = entries.drop("outside of operators").sort_values(ascending=False)
    seconds = operators[:rows].rename(lambda name: f"`{name}`")
    seconds[f"{len(operators) - rows} other operators"] = operators[rows:].sum()
    seconds["outside of operators (Python)"] = entries["outside of operators"]
    milliseconds = 1e3 * seconds
    shares = 100 * seconds / entries.sum()
    return pd.DataFrame(
        {
            "operator": seconds.index,
            "ms a step and chip": milliseconds.map("{:.3f}".format).to_numpy(),
            "share (%)": shares.to_numpy(),
        }
    )


def times(table: pd.DataFrame) -> pd.DataFrame:
    """Smallest milliseconds a step and chip of each contender, a column a number of threads."""
    timed = table[table.quantity == "seconds a step and chip"]
    smallest = timed.groupby(["name", "threads"], sort=False).value.min()
    best = 1e3 * smallest.unstack()
    headings = []
    for threads in best.columns:
        plural = "s" if threads > 1 else ""
        headings.append(f"ms a step and chip, {threads} thread{plural}")
    best.columns = headings
    texts = best.map("{:.2f}".format)
    return texts.rename_axis("contender").reset_index()


def last() -> dict[str, Any]:
    """The ratios of the stored measurement, and its machine; a ResultError if none is stored."""
    (config,) = EXPERIMENT.jobs("paper")
    stored = results.load(EXPERIMENT.name, config, profile="paper")
    return {
        **ratios(stored.table),
        "machine": stored.provenance["device"],
        "measured": stored.provenance["created"],
    }


EXPERIMENT = Experiment("speed", PROFILES, base.one_a_seed(PROFILES), run)
