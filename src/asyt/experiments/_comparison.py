"""Many methods on many kinds of device, on one MNIST task: the runs of AsyT Figs. 5g and 5h, too.

A run is one draw: one seed of the task (initial weights, batches, noise) and one chip, trained
along one digital trajectory by every method under every condition that shares its learning rate.
How rates are chosen: `_rates`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any, cast

import pandas as pd

from asyt.devices import Device, DistortedDevice, Drift, Noise, Perturbation, Quantisation, Unsteady
from asyt.experiments import base, tasks
from asyt.experiments.base import HERE, Execution
from asyt.methods import GradientMethod, Method, method
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron

#: Training samples kept for choosing learning rates.
VALIDATION = 2000


@dataclass(frozen=True)
class Condition:
    """What a chip suffers from: distortion of the weights as on MNIST, and the rest on top of it.

    Attributes:
        perturbation: relative error that strikes at half of the epochs.
        drift: relative error a step, one step an epoch.
        levels: of a control.
        limit: largest control, where it has levels.
    """

    name: str
    distortion: float = 0.6
    noise_db: float | None = None
    noise_reading: str = "mean-square"
    noise_common: bool = False
    perturbation: float = 0.0
    drift: float = 0.0
    levels: int | None = None
    limit: float = 1.0

    def device(self, twin: Perceptron, seed: int, epochs: int, compute: str = "cpu") -> Device:
        """The chip of a draw, open: the methods that may not look inside do not."""
        noise = None
        if self.noise_db is not None:
            noise = Noise(self.noise_db, self.noise_reading, self.noise_common)
        chip = DistortedDevice(
            twin,
            1,
            seed,
            distortion=self.distortion,
            noise=noise,
            encapsulated=False,
            compute=compute,
        )
        events: list[Perturbation | Drift | Quantisation] = []
        if self.perturbation:
            events.append(Perturbation(epochs // 2, self.perturbation))
        if self.drift:
            events.append(Drift(self.drift))
        if self.levels:
            events.append(Quantisation(self.levels, self.limit))
        if not events:
            return chip
        return Unsteady(chip, *events, seed=seed)


@dataclass(frozen=True)
class Cell:
    """One method under one condition; `share` is AsyT's digital share M1, where M2 = 1 - M1."""

    method: str
    condition: Condition
    share: float | None = None

    @property
    def name(self) -> str:
        """Of the branch."""
        share = "" if self.share is None else self.share
        return f"{self.method} {share}|{self.condition.name}"


@dataclass(frozen=True)
class Config(base.Config):
    """One draw at one learning rate.

    From the paper: gradient descent, 128 neurons a hidden layer (its Fig. 5f; other widths are not
    given for these panels), the limit of net outputs, a learning rate inside the grid (its upper
    end, 1e-4 on sums over 600, is 0.06 on means). From the public demo: initial scales, rows of
    unit length, distortion. Ours: the size of the subset, batches of 200, 30 epochs.

    Attributes:
        split: "test", or "validation": 2000 other samples of the training set.
        every: epochs between evaluations.
    """

    rate: float
    cells: tuple[Cell, ...]
    seed: int = 0
    split: str = "test"
    dataset: str = "mnist"
    samples: int = 10_000
    layers: tuple[int, ...] = (784, 128, 128, 10)
    clip: float = 1.0
    weight_scale: float = 0.1
    bias_scale: float = 0.5
    epochs: int = 30
    batch_size: int = 200
    optimizer: str = "SGD"
    options: tuple[tuple[str, float], ...] = ()
    every: int = 5

    @property
    def rule(self) -> str:
        """The optimizer and its options in words."""
        options = [f"{name} {value:g}" for name, value in self.options]
        return " ".join([self.optimizer, *options])

    @property
    def label(self) -> str:
        """Methods or their number, kinds of chip or their number, optimizer, rate and seed."""
        methods = list(dict.fromkeys(cell.method for cell in self.cells))
        kinds = list(dict.fromkeys(cell.condition.name for cell in self.cells))
        who = f"{len(methods)} methods"
        if len(methods) < 3:
            who = " and ".join(methods)
        where = f"{len(kinds)} kinds of chip"
        if len(kinds) == 1:
            where = kinds[0]
        return f"{self.split}, {who} on {where}, {self.rule} at {self.rate:g}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, Any]:
        """Optimizer with its options, rate and seed."""
        return {
            "optimizer": self.rule,
            "rate": self.rate,
            "seed": self.seed,
        }


def crossed(methods: Iterable[str], conditions: Iterable[Condition]) -> tuple[Cell, ...]:
    """Every method under every condition, condition by condition."""
    return tuple(Cell(name, condition) for condition, name in product(conditions, methods))


def data(config: Config, compute: str) -> Data:
    """The task; to validate, samples that the final runs do not train on either."""
    size = config.samples
    whole = tasks.load(config.dataset, samples=size + VALIDATION, compute=compute)
    train_x = whole.train_x[:size]
    train_y = whole.train_y[:size]
    if config.split == "validation":
        return Data(train_x, train_y, whole.train_x[size:], whole.train_y[size:])
    return Data(train_x, train_y, whole.test_x, whole.test_y)


def _method_of(cell: Cell, seed: int) -> Method:
    row = method(cell.method, seed)
    if cell.share is None:
        return row
    return cast(GradientMethod, row).mixing(cell.share, 1 - cell.share)


def build(config: Config, compute: str = "cpu") -> Trainer:
    """The trainer of a config: a digital trajectory and a branch a cell."""
    twin = Perceptron(config.layers, clip=config.clip)
    initial = twin.initial(config.seed, config.weight_scale, config.bias_scale)
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        config.optimizer,
        "mean",
        config.seed,
        config.options,
    )
    branches: dict[str, Branch] = {}
    tested: dict[str, Device] = {}
    for cell in config.cells:
        chip = cell.condition.device(twin, config.seed, config.epochs, compute)
        trained_by = _method_of(cell, config.seed)
        if trained_by.trains_device:
            branches[cell.name] = Branch(trained_by, chip)
        else:
            tested[cell.name] = chip
    return Trainer(
        twin,
        [layer.to(compute) for layer in initial],
        data(config, compute),
        schedule,
        branches=branches,
        insilico=tested,
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train all cells; evaluate every `every` epochs, and after each of the three in the middle.

    Returns:
        Tidy rows: epoch, method, fleet (name of the cell), chip, split, accuracy (fraction),
        condition ("digital" for the digital model), share (of AsyT).
    """
    half = config.epochs // 2

    def when(epoch: int) -> bool:
        return epoch % config.every == 0 or abs(epoch - half) <= 1

    trainer = build(config, execution.compute)
    trainer.fit(when, execution.checkpoint, progress=execution.progress)
    table = pd.DataFrame(trainer.rows)
    kinds = {cell.name: cell.condition.name for cell in config.cells}
    shares = {cell.name: cell.share for cell in config.cells}
    return table.assign(
        condition=table.fleet.map(kinds).fillna("digital"),
        share=table.fleet.map(shares).astype(float),
        split=config.split,
    )


def tested(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the final runs on chips, without the digital trajectories."""
    on_chips = table.condition != "digital"
    return table[(table.split == "test") & on_chips]
