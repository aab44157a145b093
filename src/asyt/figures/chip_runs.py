"""Small networks on simulated photonic chips: the runs behind AsyT Figs. 2 to 4.

A run carries several trajectories (splits, initial values and batch orders) and on each of them the
same population of chips, so draws are crossed: trajectories x chips.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt import datasets, statistics, streams
from asyt.devices import PhotonicDevice
from asyt.methods import METHODS, GradientMethod
from asyt.photonics import Control, Encoding, Spreads, profile
from asyt.photonics.fabrication import TYPICAL
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Layer, Perceptron, Weights

#: Seed of the fabrication stream: every experiment and trajectory meets the same chips.
CHIPS = 0
#: Evaluations of a run.
CURVE_POINTS = 13


@dataclass(frozen=True)
class Fleet:
    """A population of chips and how it is used.

    Attributes:
        method: a name in `METHODS` or in the experiment's own table; "insilico-bp" only tests.
        profile: the estimation profile it is controlled through.
        headroom: share of the chips' range that the digital model uses.
    """

    method: str
    profile: str = "eq4"
    headroom: float = 1.0

    @property
    def name(self) -> str:
        """Unique in a run."""
        return f"{self.method}, {self.profile}, {self.headroom:g}"


@dataclass(frozen=True)
class Config:
    """One task on one kind of chip.

    From the paper: layers, levels, bits, v_max, mixing (in `METHODS`), the kind of non-linearity,
    PCA. From cited fabrication data: spreads. The rest is ours, chosen by what ideal BP does on
    training data.
    """

    task: str
    layers: tuple[int, ...]
    optical: bool
    fleets: tuple[Fleet, ...]
    signed: bool = False
    bias: bool = False
    activation: str = "sigmoid"
    threshold: float = 0.0
    gain: float = 8.0  # largest digital weight
    epochs: int = 100
    batch_size: int = 10
    rate: float = 0.5
    reduction: str = "mean"
    optimizer: str = "SGD"
    levels: int = 100
    bits: int = 16
    v_max: float = 32.0
    spreads: Spreads = TYPICAL
    devices: int = 100
    trajectories: int = 10
    seed: int = 0  # of the first trajectory
    part: str = "main"  # of the fleets, where an encoding's are computed in several runs

    @property
    def encoding(self) -> str:
        """Name of the reading of sign and bias."""
        return ("signed" if self.signed else "non-negative") + (
            ", bias light" if self.bias else ", no bias"
        )

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.task}, {self.encoding}, {self.part}, seeds from {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        runs = "chips" if self.fleets else "ideal BP only"
        return {"runs": runs, "part": self.part, "encoding": self.encoding, "seed": self.seed}


@dataclass(frozen=True)
class Scale:
    """Size of a profile: chips, trajectories (of ideal BP alone, of the main fleets, of the others), epochs."""

    devices: int
    alone: int
    main: int
    other: int
    epochs: int


def parts(
    encodings: tuple[Config, ...],
    fleets: dict[str, tuple[Fleet, ...]],
    scale: Scale,
    devices: int | None,
    seeds: tuple[int, ...] | None,
) -> list[Config]:
    """The runs of an experiment: for every encoding ideal BP over more trajectories, then each part of its fleets.

    Args:
        encodings: the readings of sign and bias.
        fleets: part -> fleets; "main" gets more trajectories than the others.
        scale: of the profile.
        devices: chips instead of the scale's.
        seeds: first seeds instead of 0; trajectories take the seeds that follow.
    """
    runs = []
    for seed in seeds or (0,):
        for encoding in encodings:
            sized = replace(
                encoding, devices=devices or scale.devices, epochs=scale.epochs, seed=seed
            )
            runs.append(replace(sized, trajectories=scale.alone, devices=1, part="ideal BP"))
            for name, chosen in fleets.items():
                trajectories = scale.main if name == "main" else scale.other
                runs.append(replace(sized, trajectories=trajectories, fleets=chosen, part=name))
    return runs


def unit_range(train: np.ndarray, test: np.ndarray) -> tuple[Tensor, Tensor]:
    """Features to [0, 1] by the range of the training split; what lies beyond it in the test split is cut off."""
    low, high = train.min(0), train.max(0)
    return tuple(
        torch.from_numpy(((x - low) / (high - low)).clip(0, 1)).float() for x in (train, test)
    )


def principal(
    train: np.ndarray, test: np.ndarray, components: int
) -> tuple[np.ndarray, np.ndarray]:
    """Principal components, fitted on training data only."""
    from sklearn.decomposition import PCA

    fitted = PCA(components, svd_solver="arpack", random_state=0).fit(train.astype(np.float64))
    return fitted.transform(train.astype(np.float64)), fitted.transform(test.astype(np.float64))


def iris_two(seed: int) -> Data:
    """Setosa and Versicolor, two principal components of the four features; a third of the flowers for the test."""
    from sklearn.model_selection import train_test_split

    data = datasets.load("iris")
    x, y = np.concatenate([data.train_x, data.test_x]), np.concatenate([data.train_y, data.test_y])
    x, y = x[y < 2], y[y < 2]
    train, test, train_y, test_y = train_test_split(
        x, y, test_size=1 / 3, random_state=seed, stratify=y
    )
    x, test_x = unit_range(*principal(train, test, 2))
    return Data(x, _one_hot(train_y, 2), test_x, _one_hot(test_y, 2))


def iris_three(seed: int) -> Data:
    """All three species, four features."""
    data = datasets.load("iris", split_seed=seed)
    x, test_x = unit_range(data.train_x, data.test_x)
    return Data(x, _one_hot(data.train_y, 3), test_x, _one_hot(data.test_y, 3))


DIGITS, SAMPLES = 4, (600, 300)  # training and test samples drawn; the paper does not say how many


def digits(seed: int) -> Data:
    """MNIST digits 0 to 3, a random sample, 784 pixels to 8 principal components."""
    data = _mnist()
    parts = []
    for which, (x, y, size) in enumerate(
        ((data.train_x, data.train_y, SAMPLES[0]), (data.test_x, data.test_y, SAMPLES[1]))
    ):
        (kept,) = np.nonzero(y < DIGITS)
        chosen = kept[streams.generator("subset", seed, which).permutation(len(kept))[:size]]
        parts.append((x[chosen], y[chosen]))
    (train, train_y), (test, test_y) = parts
    x, test_x = unit_range(*principal(train, test, 8))
    return Data(x, _one_hot(train_y, DIGITS), test_x, _one_hot(test_y, DIGITS))


@functools.cache
def _mnist() -> datasets.Dataset:
    return datasets.load("mnist")


def _one_hot(labels: np.ndarray, classes: int) -> Tensor:
    return torch.nn.functional.one_hot(torch.from_numpy(labels), classes).float()


TASKS = {"iris-two": iris_two, "iris-three": iris_three, "digits": digits}


def twin_of(config: Config) -> Perceptron:
    """The parallel digital model."""
    return Perceptron(
        config.layers, activation=config.activation, bias=config.bias, threshold=config.threshold
    )


def encoding_of(config: Config, headroom: float) -> Encoding:
    """The digital model spans the same weights at any headroom; the chips reach 1 / headroom beyond."""
    return Encoding(config.gain / headroom, config.signed)


def chips(config: Config, fleet: Fleet, compute: str = "cpu") -> PhotonicDevice:
    """The population of a fleet."""
    control = Control(profile(fleet.profile), config.levels, config.bits, config.v_max)
    encoding = encoding_of(config, fleet.headroom)
    return PhotonicDevice(
        twin_of(config),
        config.devices,
        CHIPS,
        control=control,
        optical=config.optical,
        encoding=encoding,
        spreads=config.spreads,
        compute=compute,
    )


def initial(config: Config, seed: int) -> Weights:
    """Weights uniform over the digital model's range, from stream `initial`."""
    low, high = Encoding(config.gain, config.signed).limits
    drawn = []
    for l, (n_in, n_out) in enumerate(zip(config.layers, config.layers[1:], strict=False)):
        table = streams.generator("initial", seed, l).uniform(
            low, high, (n_out, n_in + config.bias)
        )
        whole = torch.from_numpy(table).float()
        drawn.append(Layer(whole[:, :n_in], whole[:, n_in] if config.bias else None))
    return drawn


def build(
    config: Config, compute: str = "cpu", methods: dict[str, GradientMethod] = METHODS
) -> Trainer:
    """The trainer of a config: all trajectories, and every fleet on each of them."""
    seeds = range(config.seed, config.seed + config.trajectories)
    data = Data.stack([TASKS[config.task](seed) for seed in seeds])
    data = Data(*(t.to(compute) for t in vars(data).values()))
    start = stack([initial(config, seed) for seed in seeds])
    start = [Layer(*(None if t is None else t.to(compute) for t in layer)) for layer in start]
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        config.optimizer,
        config.reduction,
        config.seed,
    )
    branches, tested = {}, {}
    for fleet in config.fleets:
        population = chips(config, fleet, compute)
        if fleet.method == "insilico-bp":
            tested[fleet.name] = population
        else:
            limits = encoding_of(config, fleet.headroom).limits
            branches[fleet.name] = Branch(methods[fleet.method], population, limits=limits)
    limits = Encoding(config.gain, config.signed).limits
    return Trainer(
        twin_of(config),
        start,
        data,
        schedule,
        branches=branches,
        insilico=tested,
        digital_limits=limits,
    )


def stops(epochs: int) -> list[int]:
    """Epochs after which a run is evaluated: evenly spaced, with the first, a tenth of the training and the last."""
    evenly = np.linspace(0, epochs, CURVE_POINTS).round().astype(int)
    return sorted({*map(int, evenly), -(-epochs // 10)})


def run(
    config: Config,
    *,
    compute: str = "cpu",
    checkpoint=None,
    progress: bool = False,
    methods: dict[str, GradientMethod] = METHODS,
) -> pd.DataFrame:
    """Train all fleets; seconds to a minute, so `checkpoint` is not used.

    Returns:
        Tidy rows: quantity, method, profile, headroom, split, layer, epoch, trajectory, value,
        count. `accuracy` (fraction): how many chips of a trajectory ended at this value. `accuracy
        median`, `low` and `high` (5 and 95 %) summarise all draws after every stop; so do `angle`
        (degrees) and `magnitude` (relative) of a layer under AsyT. `lead over m mean`, `low`,
        `high`: final mean accuracy above that of method m on the same chips, with the 95 % interval
        of the crossed bootstrap. `confusion i-j`: mean share of the test samples of class i that
        chips under AsyT call j.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # tensors this small are slower on several
    try:
        return _run(config, compute, methods)
    finally:
        torch.set_num_threads(threads)


def _run(config: Config, compute: str, methods: dict[str, GradientMethod]) -> pd.DataFrame:
    trainer = build(config, compute, methods)
    named = {fleet.name: fleet for fleet in config.fleets} | {"digital": Fleet("ideal-bp")}
    rows: list[dict] = []
    for epoch in range(config.epochs + 1):
        if epoch:
            trainer.run_epoch()
        if epoch in stops(config.epochs):
            for quantity, name, split, layer, values in _measured(trainer):
                about = {**vars(named[name]), "split": split, "layer": layer, "epoch": epoch}
                rows += [
                    {
                        "quantity": f"{quantity} {what}",
                        **about,
                        "trajectory": -1,
                        "value": value,
                        "count": values.numel(),
                    }
                    for what, value in _summary(values)
                ]
                if quantity == "accuracy" and epoch == config.epochs:
                    rows += [
                        {
                            "quantity": quantity,
                            **about,
                            "trajectory": s,
                            "value": float(value),
                            "count": int(n),
                        }
                        for s, draws in enumerate(values.numpy())
                        for value, n in zip(*np.unique(draws, return_counts=True), strict=True)
                    ]
    rows += [
        {
            "quantity": f"lead over {other} {what}",
            **vars(fleet),
            "split": split,
            "layer": -1,
            "epoch": config.epochs,
            "trajectory": -1,
            "value": value,
            "count": n,
        }
        for fleet, other, split, what, value, n in _leads(trainer, config.fleets)
    ]
    rows += [
        {
            "quantity": f"confusion {true}-{told}",
            **vars(named[name]),
            "split": "test",
            "layer": -1,
            "epoch": config.epochs,
            "trajectory": -1,
            "value": share,
            "count": n,
        }
        for name, true, told, share, n in _confusion(trainer)
    ]
    return pd.DataFrame(rows).astype({"split": str})


def _summary(values: Tensor) -> list[tuple[str, float]]:
    low, median, high = np.quantile(values.numpy(), [0.05, 0.5, 0.95])
    return [("low", float(low)), ("median", float(median)), ("high", float(high))]


def _measured(trainer: Trainer) -> Iterator[tuple[str, str, str, int, Tensor]]:
    """Quantity, fleet, split, layer, values (S, C) at this epoch."""
    for split in ("train", "test"):
        for _, name, device, read in trainer.fleets():
            yield "accuracy", name, split, -1, trainer.accuracy(name, device, read, split)
    for name, branch in _under_asyt(trainer):
        pairs = zip(branch.device.effective(branch.controls), trainer.digital, strict=True)
        for l, (light, theirs) in enumerate(pairs):
            digital = (
                theirs.weight
                if theirs.bias is None
                else torch.cat([theirs.weight, theirs.bias[..., None]], -1)
            )
            angle, magnitude = misalignment(light, digital)
            yield "angle", name, "all", l, angle.cpu()
            yield "magnitude", name, "all", l, magnitude.cpu()


def _leads(
    trainer: Trainer, fleets: tuple[Fleet, ...]
) -> Iterator[tuple[Fleet, str, str, str, float, int]]:
    """Fleet, other method, split, mean or end of interval, value, draws: all pairs under one profile and headroom."""
    final = {
        (name, split): trainer.accuracy(name, device, read, split).numpy()
        for _, name, device, read in trainer.fleets()
        for split in ("train", "test")
    }
    for ours, theirs in itertools.permutations(fleets, 2):
        if (ours.profile, ours.headroom) == (theirs.profile, theirs.headroom):
            for split in ("train", "test"):
                found = statistics.paired_difference(
                    final[ours.name, split], final[theirs.name, split], n=2000
                )
                for what in ("mean", "low", "high"):
                    yield ours, theirs.method, split, what, getattr(found, what), found.n


def _under_asyt(trainer: Trainer) -> list[tuple[str, Branch]]:
    return [
        (name, branch) for name, branch in trainer.branches.items() if branch.method.name == "asyt"
    ]


def misalignment(physical: Tensor, digital: Tensor) -> tuple[Tensor, Tensor]:
    """Angle in degrees between two transformations of a layer (AsyT Eq. 8), and difference of their magnitudes.

    Args:
        physical: B, what the light meets, (S, C, out, in).
        digital: A, of the parallel model, (S, 1, out, in).

    Returns:
        Angle (S, C), and | |B| - |A| | / |A| (S, C).
    """
    b, a = physical.double().flatten(-2), digital.double().flatten(-2)
    angle = torch.rad2deg(torch.arccos(torch.cosine_similarity(b, a, dim=-1).clamp(-1, 1)))  # Eq. 8
    size = a.norm(dim=-1)
    return angle, (b.norm(dim=-1) - size).abs() / size


def _confusion(trainer: Trainer) -> Iterator[tuple[str, int, int, float, int]]:
    """Fleet, true class, predicted class, mean share of draws on test data, number of draws."""
    truth, classes = trainer.data.test_y.argmax(-1), range(trainer.twin.layers[-1])
    for name, branch in _under_asyt(trainer):
        with torch.no_grad():
            said = branch.device(branch.controls, trainer.data.test_x).argmax(-1)  # (S, C, B)
        for true in classes:
            there = truth == true
            for told in classes:
                share = ((said == told) & there).sum(-1) / there.sum(-1)
                yield name, true, told, float(share.double().mean()), share.numel()
