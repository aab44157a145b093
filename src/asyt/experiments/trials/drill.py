"""The job on which faults are tried: a second of training on Iris, with a checkpoint every epoch.

It has all that a long run has: a noisy population, an optimizer with a memory, a checkpoint that is
continued. Nothing else may register it, or a page would show it: `registered` puts it beside the
real experiments of a process.
"""

import os
import sys
import time
from dataclasses import dataclass, replace

import pandas as pd

from asyt.devices import DistortedDevice, Noise
from asyt.experiments import base, store, tasks
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.methods import METHODS
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Perceptron

NAME = "drill"
#: Milliseconds that every epoch waits, so that a fault of another process meets it in mid-run.
PAUSE = "ASYT_DRILL_PAUSE_MS"
#: The epoch after which the clock is set back, an hour; the one after which memory is all used.
CLOCK, MEMORY = "ASYT_DRILL_CLOCK", "ASYT_DRILL_MEMORY"
HOUR = 3600.0
#: The first epoch after which `FILLED` bytes are held, until who watches the process ends it.
FILL = "ASYT_DRILL_FILL"
FILLED, HELD_S = 2**30, 60.0


@dataclass(frozen=True)
class Config(base.Config):
    """Two noisy chips under AsyT."""

    epochs: int = 16
    devices: int = 2
    seed: int = 0


PROFILES = {
    "smoke": Config(),
    "quick": Config(),
    "paper": Config(epochs=400),
}


def plan(
    profile: str,
    seeds: Seeds = None,
    devices: int | None = None,
) -> list[Config]:
    """One run a seed."""
    config = replace(PROFILES[profile], devices=devices or Config.devices)
    seeds = seeds or (0,)
    return [replace(config, seed=seed) for seed in seeds]


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test after every epoch.

    Returns:
        Tidy rows: epoch, method, fleet, chip, split, accuracy (fraction).
    """
    data = tasks.load("iris", scale=tasks.unit_range, split_seed=config.seed)
    twin = Perceptron((4, 4, 3), activation="sigmoid")
    chips = DistortedDevice(
        twin,
        config.devices,
        seed=0,
        distortion=0.6,
        noise=Noise(10.0),
    )
    trainer = Trainer(
        twin,
        twin.initial(config.seed, 1.0, 0.5),
        data,
        Schedule(
            config.epochs,
            10,
            0.05,
            "Adam",
            "mean",
            config.seed,
        ),
        branches={"chips": Branch(METHODS["asyt"], chips)},
    )
    trainer.fit(
        _befallen,
        execution.checkpoint,
        every=1,
        progress=execution.progress,
    )
    return pd.DataFrame(trainer.rows)


def _befallen(epoch: int) -> bool:
    """Whether to test: always. What the environment asks for happens here."""
    pause_ms = int(os.environ.get(PAUSE, "0"))
    time.sleep(pause_ms / 1000)
    if epoch == _epoch(CLOCK):
        now = time.time
        time.time = lambda: now() - HOUR  # the machine's own clock is not ours to set
    if epoch == _epoch(MEMORY):
        _use_up()
    if epoch >= int(os.environ.get(FILL, sys.maxsize)):
        _hold()
    return True


def _epoch(variable: str) -> int:
    """The epoch that a variable of the environment names, by default none."""
    return int(os.environ.get(variable, "-1"))


def _use_up() -> None:
    """Ask for more memory than this process may have from here on."""
    import resource

    import torch

    limits = (2**33, resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_AS, limits)
    torch.empty(2**34, dtype=torch.uint8)


def _hold() -> None:
    """Write to much memory and keep it for a while."""
    held = bytearray(b"\1") * FILLED
    time.sleep(HELD_S)
    del held


def registered() -> Experiment:
    """The drill, from now on beside the real experiments of this process."""
    return store.EXTRA.setdefault(NAME, DRILL)


def command() -> None:
    """`asyt run drill ...` of this process's arguments: a main module for processes."""
    from importlib.metadata import entry_points

    registered()
    (asyt,) = entry_points(group="console_scripts", name="asyt")
    sys.exit(asyt.load()())


DRILL = Experiment(NAME, PROFILES, plan, run, population=True, gpu=False)
