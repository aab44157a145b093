"""Many methods on many kinds of device, on one MNIST task: the runs behind AsyT Figs. 5g and 5h and the methods page.

A run is one draw: one seed of the task (initial weights, batches, noise) and one chip, trained
along one digital trajectory by every method under every condition that shares its learning rate.
Rates are chosen for each method under each condition, by the same number of candidates and draws,
on validation data, by runs of the full length: a short search favours rates that fail later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from asyt.devices import Device, DistortedDevice, Drift, Noise, Perturbation, Quantisation, Unsteady
from asyt.experiments import tasks
from asyt.methods import method
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron


@dataclass(frozen=True)
class Condition:
    """What a chip suffers from. Distortion as in the MNIST chapter, on the weights; the rest on top of it."""

    name: str
    distortion: float = 0.6
    noise_db: float | None = None
    noise_reading: str = "mean-square"
    noise_common: bool = False
    perturbation: float = 0.0  # relative error that strikes at half of the epochs
    drift: float = 0.0  # relative error a step, one step an epoch
    levels: int | None = None  # of a control
    limit: float = 1.0  # largest control, where it has levels

    def device(self, twin: Perceptron, seed: int, epochs: int, compute: str = "cpu") -> Device:
        """The chip of a draw, open: the methods that may not look inside do not."""
        noise = (
            None
            if self.noise_db is None
            else Noise(self.noise_db, self.noise_reading, self.noise_common)
        )
        chip = DistortedDevice(
            twin,
            1,
            seed,
            distortion=self.distortion,
            noise=noise,
            encapsulated=False,
            compute=compute,
        )
        events = [
            *([Perturbation(epochs // 2, self.perturbation)] if self.perturbation else []),
            *([Drift(self.drift)] if self.drift else []),
            *([Quantisation(self.levels, self.limit)] if self.levels else []),
        ]
        return Unsteady(chip, *events, seed=seed) if events else chip


@dataclass(frozen=True)
class Cell:
    """One method under one condition; `share` is the digital share M1 of AsyT's error, M2 = 1 - M1."""

    method: str
    condition: Condition
    share: float | None = None

    @property
    def name(self) -> str:
        """Of the branch."""
        return f"{self.method} {'' if self.share is None else self.share}|{self.condition.name}"

    def branch(self, twin: Perceptron, seed: int, epochs: int, compute: str) -> Branch:
        """The chip of a draw with the method that trains it."""
        row = method(self.method, seed)
        if self.share is not None:
            row = row.mixing(self.share, 1 - self.share)
        return Branch(row, self.condition.device(twin, seed, epochs, compute))


@dataclass(frozen=True)
class Config:
    """One draw at one learning rate.

    From the paper: gradient descent, 128 neurons a hidden layer (its Fig. 5f; other widths are not
    given for these panels), the limit of net outputs, a learning rate inside the grid (its upper
    end, 1e-4 on sums over 600, is 0.06 on means). From the public demo: initial scales, rows of
    unit length, distortion. Ours: the size of the subset, batches of 200, 30 epochs.
    """

    rate: float
    cells: tuple[Cell, ...]
    seed: int = 0
    split: str = "test"  # or "validation": 2000 other samples of the training set
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
    every: int = 5  # epochs between evaluations

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        methods, kinds = (
            list(dict.fromkeys(names))
            for names in zip(*((c.method, c.condition.name) for c in self.cells), strict=True)
        )
        who = " and ".join(methods) if len(methods) < 3 else f"{len(methods)} methods"
        where = kinds[0] if len(kinds) == 1 else f"{len(kinds)} kinds of chip"
        how = f"{rule(self.optimizer, self.options)} at {self.rate:g}"
        return f"{self.split}, {who} on {where}, {how}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        named = rule(self.optimizer, self.options)
        return {"optimizer": named, "rate": self.rate, "seed": self.seed}


def rule(optimizer: str, options: tuple[tuple[str, float], ...]) -> str:
    """An optimizer and its options in words."""
    return " ".join([optimizer, *(f"{name} {value:g}" for name, value in options)])


#: Training samples kept for choosing learning rates.
VALIDATION = 2000
#: Learning rates to choose from, for gradients averaged over the batch.
GRID = (0.02, 0.06, 0.2, 0.6, 2.0)
#: The seeds, so the chips, on which rates are chosen; no result is read from them.
SEARCH_SEEDS = (100, 101, 102)
SEEDS = (0, 1, 2, 3, 4)
#: Seconds: the small digits instead of MNIST.
SMOKE = {
    "dataset": "digits",
    "layers": (64, 16, 16, 10),
    "samples": 400,
    "batch_size": 100,
    "epochs": 2,
    "every": 2,
}


def search(cells: Iterable[Cell], rates: tuple[float, ...] = GRID, **options) -> list[Config]:
    """The runs that choose a rate: draws of their own, judged on validation data."""
    cells = tuple(cells)
    return [
        Config(rate, cells, seed, "validation", **options)
        for seed in SEARCH_SEEDS
        for rate in rates
    ]


def one_draw(
    cells: Iterable[Cell], rates: Mapping[tuple[str, str], float], seed: int, **options
) -> list[Config]:
    """The runs of a draw: cells of the same rate, found by method and name of the condition, share a trajectory."""
    by_rate = {}
    for cell in cells:
        by_rate.setdefault(rates[cell.method, cell.condition.name], []).append(cell)
    return [Config(rate, tuple(by_rate[rate]), seed, **options) for rate in sorted(by_rate)]


def data(config: Config, compute: str) -> Data:
    """The task; of the validation split, the samples that the final runs do not train on either."""
    whole = tasks.load(config.dataset, samples=config.samples + VALIDATION, compute=compute)
    train_x, train_y = whole.train_x[: config.samples], whole.train_y[: config.samples]
    if config.split == "validation":
        return Data(
            train_x, train_y, whole.train_x[config.samples :], whole.train_y[config.samples :]
        )
    return Data(train_x, train_y, whole.test_x, whole.test_y)


def build(config: Config, compute: str = "cpu") -> Trainer:
    """The trainer of a config: a digital trajectory and a branch a cell."""
    twin = Perceptron(config.layers, clip=config.clip)
    initial = twin.initial(config.seed, config.weight_scale, config.bias_scale)
    initial = [type(layer)(layer.weight.to(compute), layer.bias.to(compute)) for layer in initial]
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        config.optimizer,
        "mean",
        config.seed,
        config.options,
    )
    trained = {c.name: c for c in config.cells if method(c.method).trains_device}
    branches = {
        name: cell.branch(twin, config.seed, config.epochs, compute)
        for name, cell in trained.items()
    }
    tested = {
        c.name: c.condition.device(twin, config.seed, config.epochs, compute)
        for c in config.cells
        if c.name not in trained
    }
    return Trainer(
        twin, initial, data(config, compute), schedule, branches=branches, insilico=tested
    )


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train all cells; evaluate every `every` epochs, and after each of the three around the middle.

    Returns:
        Tidy rows: epoch, method, fleet (name of the cell), chip, split, accuracy (fraction),
        condition ("digital" for the digital model), share (of AsyT).
    """
    half = config.epochs // 2
    trainer = build(config, compute)
    rows = trainer.fit(
        lambda e: e % config.every == 0 or abs(e - half) <= 1, checkpoint, progress=progress
    )
    known = {cell.name: (cell.condition.name, cell.share) for cell in config.cells}
    table = pd.DataFrame(rows)
    table["condition"], table["share"] = zip(
        *(known.get(f, ("digital", None)) for f in table.fleet), strict=True
    )
    return table.assign(share=table.share.astype(float), split=config.split)


def each(
    rates: Mapping[str, Sequence[float]], conditions: Iterable[Condition]
) -> dict[tuple[str, str], float]:
    """A rate for each method and condition, from rates a method in the order of the conditions."""
    names = [condition.name for condition in conditions]
    return {
        (name, c): rate for name, row in rates.items() for c, rate in zip(names, row, strict=True)
    }


def best_rates(table: pd.DataFrame) -> pd.Series:
    """What the search runs choose: the rate a method and condition of highest final accuracy, the lowest of equals.

    The accuracy is that on validation data, the mean over draws.
    """
    found = table[(table.split == "validation") & (table.condition != "digital")]
    last = found[found.epoch == found.epoch.max()]
    means = (
        last.groupby(["method", "condition", "rate"], as_index=False)
        .accuracy.mean()
        .sort_values("rate")
    )
    chosen = means.loc[means.groupby(["method", "condition"]).accuracy.idxmax()]
    return chosen.set_index(["method", "condition"]).rate
