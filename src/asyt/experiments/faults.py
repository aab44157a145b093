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
    done = (kept.load() if kept else None) or {"rows": [], "tried": 0}
    with tempfile.TemporaryDirectory(prefix="asyt-faults-") as folder:
        bench = outcome.Bench(Path(folder), rows=[outcome.Tried(**row) for row in done["rows"]])
        stopped.whole(bench)  # the first one starts the process that all others are forked from
        seconds = done.get("seconds") or stopped.whole(bench)
        trials = _trials(config, seconds)
        for tried, trial in enumerate(trials[done["tried"] :], done["tried"] + 1):
            trial(bench)
            if kept:
                rows = [asdict(row) for row in bench.rows]
                kept.save({"rows": rows, "tried": tried, "seconds": seconds})
    return pd.DataFrame([asdict(row) for row in bench.rows])


def _trials(config: Config, seconds: float) -> list[Callable[[Any], None]]:
    """What is done to a bench; an undisturbed run takes so many seconds."""
    from asyt.experiments.trials import damaged, disks, stopped

    others = range(config.others)
    return [
        *(partial(stopped.killed, seed=seed, seconds=seconds) for seed in range(config.kills)),
        *(partial(stopped.asked, seed=seed) for seed in others),
        *(partial(stopped.memory, epoch=8 + i) for i in others),
        *(partial(stopped.worker, epoch=8 + i) for i in others),
        *(partial(stopped.clock, epoch=5 + i) for i in others),
        *(stopped.together for _ in others),
        *(disks.full, disks.read_only),
        partial(damaged.stored, tries=config.damages),
        partial(damaged.checkpoint, tries=config.damages),
    ]


EXPERIMENT = Experiment("faults", PROFILES, base.one_a_seed(PROFILES), run, gpu=False)
