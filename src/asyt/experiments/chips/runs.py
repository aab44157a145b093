"""What is measured on the chips of a run while they are trained, as one tidy table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from asyt import angles, statistics
from asyt.devices import PhotonicDevice
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.experiments.chips.fleets import Config, Fleet, Study, build
from asyt.methods import METHODS, GradientMethod
from asyt.training import Branch, Trainer
from asyt.twins import Layer

#: The digital model, whose rows stand beside those of the chips.
DIGITAL = Fleet("ideal-bp")
#: Evaluations of a run.
CURVE_POINTS = 13
#: Quantiles of a summary.
QUANTILES = {"low": 0.05, "median": 0.5, "high": 0.95}


def stops(epochs: int) -> list[int]:
    """Epochs after which a run is evaluated: evenly spaced, a tenth of the training, the last."""
    evenly = np.linspace(0, epochs, CURVE_POINTS).round().astype(int)
    return sorted({*map(int, evenly), -(-epochs // 10)})


def run(
    config: Config,
    execution: Execution = HERE,
    methods: Mapping[str, GradientMethod] = METHODS,
) -> pd.DataFrame:
    """Train all fleets; seconds to a minute, so no checkpoint is used.

    Returns:
        Tidy rows: quantity, method, profile, headroom, split, layer, epoch, trajectory, value,
        count. `accuracy` (fraction): how many chips of a trajectory ended at this value. `accuracy
        median`, `low` and `high` (5 and 95 %) summarise all draws after every stop; so do `angle`
        (degrees) and `magnitude` (relative) of a layer under AsyT. `lead over m mean`, `low`,
        `high`: final mean accuracy above that of method m on the same chips, with the 95 % interval
        of the crossed bootstrap. `confusion i-j`: mean share of the test samples of class i that
        chips under AsyT call j. `summary` reads these names.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # tensors this small are slower on several
    try:
        return _table(config, build(config, execution.compute, methods))
    finally:
        torch.set_num_threads(threads)


def _table(config: Config, trainer: Trainer) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for epoch in range(config.epochs + 1):
        if epoch:
            trainer.run_epoch()
        if epoch in stops(config.epochs):
            for draws in _draws(config, trainer):
                rows += _quantiles(draws, epoch)
                if draws.quantity == "accuracy" and epoch == config.epochs:
                    rows += _counts(draws, epoch)
    rows += _leads(config, trainer)
    rows += _confusion(config, trainer)
    return pd.DataFrame(rows).astype({"split": str})


def _row(
    quantity: str,
    fleet: Fleet,
    epoch: int,
    value: float,
    count: int,
    *,
    split: str = "test",
    layer: int = -1,
    trajectory: int = -1,
) -> dict[str, Any]:
    return {
        "quantity": quantity,
        **vars(fleet),
        "split": split,
        "layer": layer,
        "epoch": epoch,
        "trajectory": trajectory,
        "value": float(value),
        "count": count,
    }


class _Draws(NamedTuple):
    """A quantity of all draws of a fleet at one epoch, (S, C)."""

    quantity: str
    fleet: Fleet
    split: str
    layer: int
    values: NDArray[np.floating]


def _quantiles(draws: _Draws, epoch: int) -> Iterator[dict[str, Any]]:
    ends = np.quantile(draws.values, list(QUANTILES.values()))
    where: dict[str, Any] = {"split": draws.split, "layer": draws.layer}
    for what, end in zip(QUANTILES, ends, strict=True):
        name = f"{draws.quantity} {what}"
        yield _row(name, draws.fleet, epoch, end, draws.values.size, **where)


def _counts(draws: _Draws, epoch: int) -> Iterator[dict[str, Any]]:
    for trajectory, chips_of_it in enumerate(draws.values):
        found = np.unique(chips_of_it, return_counts=True)
        where: dict[str, Any] = {"split": draws.split, "trajectory": trajectory}
        for value, count in zip(*found, strict=True):
            yield _row(draws.quantity, draws.fleet, epoch, value, int(count), **where)


def _named(config: Config) -> dict[str, Fleet]:
    """The fleets by the names that the trainer has for them."""
    return {fleet.name: fleet for fleet in config.fleets} | {"digital": DIGITAL}


def _draws(config: Config, trainer: Trainer) -> Iterator[_Draws]:
    named = _named(config)
    for split in ("train", "test"):
        for _, name, device, read in trainer.fleets():
            values = trainer.accuracy(name, device, read, split).numpy()
            yield _Draws("accuracy", named[name], split, -1, values)
    for fleet, branch in _under_asyt(config, trainer):
        device = cast(PhotonicDevice, branch.device)
        pairs = zip(device.effective(branch.controls), trainer.digital, strict=True)
        for l, (light, layer) in enumerate(pairs):
            angle, magnitude = angles.misalignment(light, _whole(layer))
            yield _Draws("angle", fleet, "all", l, angle.cpu().numpy())
            yield _Draws("magnitude", fleet, "all", l, magnitude.cpu().numpy())


def _whole(layer: Layer) -> Tensor:
    """Weights with the bias as a last column."""
    if layer.bias is None:
        return layer.weight
    return torch.cat([layer.weight, layer.bias[..., None]], -1)


def _under_asyt(config: Config, trainer: Trainer) -> list[tuple[Fleet, Branch]]:
    named = _named(config)
    return [
        (named[name], branch)
        for name, branch in trainer.branches.items()
        if branch.method.name == "asyt"
    ]


def _leads(config: Config, trainer: Trainer) -> Iterator[dict[str, Any]]:
    """Every fleet above every other under the same profile and headroom."""
    final = {}
    for _, name, device, read in trainer.fleets():
        for split in ("train", "test"):
            final[name, split] = trainer.accuracy(name, device, read, split).numpy()
    for ours, other in itertools.permutations(config.fleets, 2):
        if (ours.profile, ours.headroom) != (other.profile, other.headroom):
            continue
        for split in ("train", "test"):
            a, b = final[ours.name, split], final[other.name, split]
            found = statistics.paired_difference(a, b, n=2000)
            ends = {"mean": found.mean, "low": found.low, "high": found.high}
            for what, value in ends.items():
                name = f"lead over {other.method} {what}"
                yield _row(name, ours, config.epochs, value, found.n, split=split)


def _confusion(config: Config, trainer: Trainer) -> Iterator[dict[str, Any]]:
    """Mean share of the samples of a class that are called each class, on test data."""
    truth = trainer.data.test_y.argmax(-1)
    classes = range(config.layers[-1])
    for fleet, branch in _under_asyt(config, trainer):
        with torch.no_grad():
            scores = branch.device(branch.controls, trainer.data.test_x)
        said = scores.argmax(-1)  # (S, C, B)
        for true, told in itertools.product(classes, classes):
            there = truth == true
            called = (said == told) & there
            share = called.sum(-1) / there.sum(-1)
            mean = float(share.double().mean())
            name = f"confusion {true}-{told}"
            yield _row(name, fleet, config.epochs, mean, share.numel())


def experiment(name: str, study: Study, run: Callable[..., pd.DataFrame] = run) -> Experiment:
    """The experiment of that name; its runs have a number of chips."""
    return Experiment(name, study.profiles, study.plan, run, population=True)
