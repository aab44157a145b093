"""Faults, each tried for real, and what was left after it: `make faults`."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment


@dataclass(frozen=True)
class Config(base.Config):
    """How often each fault is tried. The seed numbers the trial; nothing depends on it.

    Attributes:
        kills: moments at which the process is killed.
        others: tries of each other fault of a process.
        damages: places at which each file is damaged in each way.
    """

    kills: int = 20
    others: int = 1
    damages: int = 50
    seed: int = 0


PROFILES = {
    "smoke": Config(kills=2, damages=4),
    "quick": Config(kills=5),
    "paper": Config(),
}


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Try them all, in a folder that is removed afterwards; continues after the last one tried.

    Returns:
        A row a fault, the fields of `outcome.Tried`.
    """
    from asyt.experiments.trials import outcome, stopped

    kept = execution.checkpoint
    state = kept.load() if kept else None
    if state is None:
        state = {"rows": [], "tried": 0}
    before = [outcome.Tried(**row) for row in state["rows"]]
    with tempfile.TemporaryDirectory(prefix="asyt-faults-") as folder:
        bench = outcome.Bench(Path(folder), rows=before)
        stopped.whole(bench)  # the first one starts the process that all others are forked from
        seconds = state.get("seconds") or stopped.whole(bench)
        left = _trials(config, seconds)[state["tried"] :]
        for tried, trial in enumerate(left, state["tried"] + 1):
            trial(bench)
            if kept:
                state = {
                    "rows": [asdict(row) for row in bench.rows],
                    "tried": tried,
                    "seconds": seconds,
                }
                kept.save(state)
    return pd.DataFrame([asdict(row) for row in bench.rows])


def _trials(config: Config, seconds: float) -> list[Callable[[Any], None]]:
    """What is done to a bench; an undisturbed run takes so many seconds."""
    from asyt.experiments.trials import damaged, disks, stopped

    trials: list[Callable[[Any], None]] = []
    for seed in range(config.kills):
        trials.append(partial(stopped.killed, seed=seed, seconds=seconds))
    for seed in range(config.others):
        trials.append(partial(stopped.asked, seed=seed))
    first_epochs = {
        stopped.memory: 8,
        stopped.worker: 8,
        stopped.clock: 5,
    }
    for fault, first_epoch in first_epochs.items():
        for number in range(config.others):
            trials.append(partial(fault, epoch=first_epoch + number))
    trials += [stopped.together] * config.others
    trials += [
        disks.full,
        disks.read_only,
        partial(damaged.stored, tries=config.damages),
        partial(damaged.checkpoint, tries=config.damages),
    ]
    return trials


EXPERIMENT = Experiment(
    "faults",
    PROFILES,
    base.one_a_seed(PROFILES),
    run,
    gpu=False,
)
