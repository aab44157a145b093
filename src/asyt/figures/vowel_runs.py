"""Spoken vowels on populations of second-harmonic-generation benches: the runs behind the pages on physical networks.

Five modules, [12, 24, 24, 24, 24, 7]; the vowels and their 210/49 split are those of Wright et al.
(2022).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
import torch

from asyt import datasets, streams
from asyt.devices import SHGDevice, shg
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Functional

#: Seed of the fabrication stream of the population.
BENCHES = 0
FOLDS = 5
PAT = METHODS["pat"]


@dataclass(frozen=True)
class Config:
    """One training run: S trajectories (initial values and batch orders), one population of benches.

    All settings are ours. `slope`, `scale` and `rate` are those of the grid `CHOICE` with the best
    mean validation accuracy of the nominal bench, five-fold within the training data (part
    "choice"): no real bench had a say.

    Attributes:
        part: "main" or "choice".
        strength: factor on all spreads of a bench.
        bench: give the one bench of this number a twin fitted to its recordings; None is the
            analytic twin.
    """

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

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        if self.part == "choice":
            return f"choice, slope {self.slope:g}, scale {self.scale:g}, rate {self.rate:g}"
        bench = "" if self.bench is None else f", bench {self.bench}"
        return f"{self.part}, {len(self.layers) - 1} modules, strength {self.strength:g}{bench}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {
            "part": self.part,
            "strength": self.strength,
            "modules": len(self.layers) - 1,
            "bench": -1 if self.bench is None else self.bench,
            "slope": self.slope,
            "scale": self.scale,
            "rate": self.rate,
        }


CHOICE = {"slope": (0.25, 0.5), "scale": (3.0, 10.0), "rate": (0.01, 0.03)}
PROFILES = {
    "smoke": Config(devices=3, trajectories=2, epochs=4),
    "quick": Config(devices=10, trajectories=2, epochs=60),
    "paper": Config(devices=13, trajectories=8),
}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """The runs of a profile: the population, and at the published scale the choice of settings."""
    base = PROFILES[profile] if devices is None else replace(PROFILES[profile], devices=devices)
    found = []
    for seed in seeds:
        main = replace(base, seed=seed)
        found.append(main)
        if profile == "paper":
            fold = replace(main, part="choice", devices=1, trajectories=2)
            points = [
                dict(zip(CHOICE, values, strict=True)) for values in product(*CHOICE.values())
            ]
            found += [replace(fold, **point) for point in points]
    return found


def tensors() -> Data:
    """The vowels: formants scaled to [-1, 1] by the range of the training data, and one-hot targets."""
    data = datasets.load("vowels")
    low, high = data.train_x.min(0), data.train_x.max(0)
    inputs = [
        torch.from_numpy(2 * (x - low) / (high - low) - 1) for x in (data.train_x, data.test_x)
    ]
    targets = [
        torch.from_numpy(np.eye(len(data.classes), dtype=np.float32)[y])
        for y in (data.train_y, data.test_y)
    ]
    return Data(inputs[0], targets[0], inputs[1], targets[1])


def folds(data: Data, seed: int) -> list[Data]:
    """The training data in `FOLDS` random parts, each in turn held out as a validation set."""
    parts = streams.permutation(len(data.train_x), "subset", seed, 0).chunk(FOLDS)
    kept = [torch.cat([p for j, p in enumerate(parts) if j != i]) for i in range(FOLDS)]
    return [
        Data(data.train_x[k], data.train_y[k], data.train_x[p], data.train_y[p])
        for k, p in zip(kept, parts, strict=True)
    ]


def build(config: Config, several: list[Data] | None = None) -> Trainer:
    """The trainer of a config.

    Args:
        config: of the run.
        several: the task of each trajectory; by default the vowels, or their folds.
    """
    if several is None:
        data = tensors()
        several = [data] * config.trajectories
        if config.part == "choice":
            several = [fold for s in range(config.trajectories) for fold in folds(data, s)]
    schedule = Schedule(
        config.epochs, config.batch_size, config.rate, config.optimizer, "mean", config.seed
    )
    twin, branches, insilico = shg.twin(config.layers, config.slope, config.scale), {}, {}
    if config.part != "choice":
        if config.bench is not None:
            fitted = shg.fitted(benches(config), config.bench)
            twin = Functional(shg.stages(fitted, config.layers, config.slope), config.scale)
        methods = (PAT, METHODS["asyt"], METHODS["pseudo-ip-bp"])
        branches = {
            m.name: Branch(m, benches(config, encapsulated=m is not PAT), limits=(-1, 1))
            for m in methods
        }
        insilico = {"insilico-bp": benches(config)}
    initial = stack([shg.initial(config.seed + s, config.layers) for s in range(len(several))])
    return Trainer(
        twin,
        initial,
        Data.stack(several),
        schedule,
        branches=branches,
        insilico=insilico,
        digital_limits=(-1, 1),
    )


def benches(config: Config, encapsulated: bool = True) -> SHGDevice:
    """The population of a config, or its one bench."""
    spreads = shg.Spreads(
        **{name: config.strength * value for name, value in asdict(shg.Spreads()).items()}
    )
    seed = BENCHES if config.bench is None else 1000 + config.bench
    return SHGDevice(
        config.devices,
        seed,
        spreads=spreads,
        layers=config.layers,
        slope=config.slope,
        encapsulated=encapsulated,
    )


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train, and test every tenth epoch.

    Returns:
        Tidy rows: epoch, method, split, quantity (median, low, high: of all draws, 5-95 %;
        accuracy: one draw, after the last epoch only), trajectory, chip (-1 where none), value
            (fraction).
    """
    trainer = build(config)
    splits = ("test",) if config.part == "choice" else ("train", "test")
    trainer.fit(
        lambda epoch: epoch % 10 == 0, checkpoint, every=20, splits=splits, progress=progress
    )
    return condense(pd.DataFrame(trainer.rows), config.epochs)


def condense(table: pd.DataFrame, last: int) -> pd.DataFrame:
    """Quantiles of the draws at every epoch, and each draw at the last one."""
    rows = []
    for (epoch, method, split), part in table.groupby(["epoch", "method", "split"], sort=False):
        values = np.quantile(part.accuracy, [0.5, 0.05, 0.95])
        rows += [
            {
                "epoch": epoch,
                "method": method,
                "split": split,
                "quantity": name,
                "trajectory": -1,
                "chip": -1,
                "value": float(v),
            }
            for name, v in zip(("median", "low", "high"), values, strict=True)
        ]
    final = (
        table[table.epoch == last].rename(columns={"accuracy": "value"}).assign(quantity="accuracy")
    )
    return pd.concat(
        [
            pd.DataFrame(rows),
            final[["epoch", "method", "split", "quantity", "trajectory", "chip", "value"]],
        ],
        ignore_index=True,
    )
