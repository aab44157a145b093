"""Spoken vowels on populations of second-harmonic-generation benches (Wright et al. 2022).

Five modules, [12, 24, 24, 24, 24, 7]; the vowels and their 210/49 split are those of Wright et al.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch

from asyt import streams
from asyt.devices import SHGDevice, shg, shg_recorded
from asyt.experiments import base, summaries, tasks
from asyt.experiments.base import HERE, Execution, Experiment, Seeds, one_a_seed
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Functional

#: Seed of the fabrication stream of the population.
BENCHES = 0
FOLDS = 5
TRAINED = ("pat", "asyt", "pseudo-ip-bp")
#: The settings tried, and their values.
CHOICE = {
    "slope": (0.25, 0.5),
    "scale": (3.0, 10.0),
    "rate": (0.01, 0.03),
}
QUANTILES = {"median": 0.5, "low": 0.05, "high": 0.95}


@dataclass(frozen=True)
class Config(base.Config):
    """One training run: S trajectories (initial values, batch orders), one population of benches.

    All settings are ours. `slope`, `scale` and `rate` are those of the grid `CHOICE` with the best
    mean validation accuracy of the nominal bench, five-fold within the training data (part
    "choice"): no real bench had a say.

    Attributes:
        part: "main" or "choice".
        strength: factor on all spreads of a bench.
        bench: give the one bench of this number a twin fitted to its recordings; None is the
            analytic twin.
    """

    by: ClassVar[tuple[str, ...]] = ("part", "slope", "scale", "rate")

    part: str = "main"
    strength: float = 1.0
    bench: int | None = None
    layers: tuple[int, ...] = shg.LAYERS
    slope: float = shg.SLOPE
    scale: float = shg.SOFTMAX
    rate: float = 0.01
    epochs: int = 200
    batch_size: int = 42
    optimizer: str = "Adam"
    devices: int = 50
    trajectories: int = 2
    seed: int = 0


PROFILES = {
    "smoke": Config(
        devices=3,
        trajectories=2,
        epochs=4,
    ),
    "quick": Config(
        devices=10,
        trajectories=2,
        epochs=60,
    ),
    "paper": Config(devices=13, trajectories=8),
}


def plan(
    profile: str,
    seeds: Seeds = None,
    devices: int | None = None,
) -> list[Config]:
    """The population, and at the published scale the choice of settings."""
    configs = []
    for main in one_a_seed(PROFILES)(profile, seeds, devices):
        configs.append(main)
        if profile == "paper":
            configs += _choices(main)
    return configs


def _choices(main: Config) -> list[Config]:
    """The runs that choose the settings of a population: all of the grid, on the nominal bench."""
    fold = replace(main, part="choice", devices=1, trajectories=2)
    configs = []
    for slope, scale, rate in product(*CHOICE.values()):
        setting = replace(fold, slope=slope, scale=scale, rate=rate)
        configs.append(setting)
    return configs


def vowels() -> Data:
    """The task: formants scaled to [-1, 1] by the range of the training data."""
    return tasks.load("vowels", scale=tasks.signed_range)


def folds(data: Data, seed: int) -> list[Data]:
    """The training data in `FOLDS` random parts, each in turn held out as a validation set."""
    order = streams.permutation(len(data.train_x), "subset", seed, 0)
    parts = order.chunk(FOLDS)
    x = data.train_x
    y = data.train_y
    several = []
    for i, held in enumerate(parts):
        others = [*parts[:i], *parts[i + 1 :]]
        kept = torch.cat(others)
        several.append(Data(x[kept], y[kept], x[held], y[held]))
    return several


def build(config: Config, several: Sequence[Data] = ()) -> Trainer:
    """The trainer of a config.

    `several` are the tasks, one a trajectory, by default the vowels; settings are chosen on the
    folds of each.
    """
    several = several or [vowels()] * config.trajectories
    if config.part == "choice":
        of_each = [folds(data, seed) for seed, data in enumerate(several)]
        several = list(chain.from_iterable(of_each))
    starts = [shg.initial(config.seed + s, config.layers) for s in range(len(several))]
    branches, tested = _fleets(config)
    return Trainer(
        twin(config),
        stack(starts),
        Data.stack(several),
        schedule(config),
        branches=branches,
        insilico=tested,
        digital_limits=(-1, 1),
    )


def _fleets(config: Config) -> tuple[dict[str, Branch], dict[str, SHGDevice]]:
    """The populations that are trained, and those that are only tested; none to choose settings."""
    if config.part == "choice":
        return {}, {}
    branches = {}
    for name in TRAINED:
        population = benches(config, encapsulated=name != "pat")
        branches[name] = Branch(METHODS[name], population, limits=(-1, 1))
    return branches, {"insilico-bp": benches(config)}


def schedule(config: Config, **options: Any) -> Schedule:
    """Epochs, batches, rate and `options` of the optimizer."""
    return Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        config.optimizer,
        "mean",
        config.seed,
        tuple(options.items()),
    )


def twin(config: Config) -> Functional:
    """The analytic twin, or the one fitted to the config's bench."""
    if config.bench is None:
        return shg.twin(config.layers, config.slope, config.scale)
    spectrum = shg_recorded.fitted(benches(config), config.bench)
    stages = shg.stages(spectrum, config.layers, config.slope)
    return Functional(stages, config.scale)


def benches(config: Config, encapsulated: bool = True) -> SHGDevice:
    """The population of a config, or its one bench."""
    seed = BENCHES if config.bench is None else 1000 + config.bench
    return SHGDevice(
        config.devices,
        seed,
        spreads=shg.Spreads().scaled(config.strength),
        layers=config.layers,
        slope=config.slope,
        encapsulated=encapsulated,
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test every tenth epoch.

    Returns:
        Tidy rows: epoch, method, split, quantity (median, low, high: of all draws, 5-95 %;
        accuracy: one draw, after the last epoch only), trajectory, chip (-1 where none), value
        (fraction).
    """
    trainer = build(config)
    trainer.fit(
        lambda epoch: epoch % 10 == 0,
        execution.checkpoint,
        every=20,
        splits=("test",) if config.part == "choice" else ("train", "test"),
        progress=execution.progress,
    )
    table = pd.DataFrame(trainer.rows)
    rows = []
    for key, draws in table.groupby(["epoch", "method", "split"], sort=False):
        for name, share in QUANTILES.items():
            value = np.quantile(draws.accuracy, share)
            rows.append((*key, name, -1, -1, value))
    columns = ["epoch", "method", "split", "quantity", "trajectory", "chip", "value"]
    quantiles = pd.DataFrame(rows, columns=columns)
    last = summaries.final(table)
    values = last.rename(columns={"accuracy": "value"})
    ends = values.assign(quantity="accuracy")[columns]
    return pd.concat([quantiles, ends], ignore_index=True)


EXPERIMENT = Experiment("vowels", PROFILES, plan, run, population=True, gpu=False)
