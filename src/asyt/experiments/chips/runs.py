"""What is measured on the chips of a run while they are trained, as one tidy table."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from asyt import angles, statistics
from asyt.devices import PhotonicDevice
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.experiments.chips.fleets import Config, Fleet, Study, build
from asyt.methods import METHODS, GradientMethod
from asyt.training import Branch, Trainer

#: The digital model, whose rows stand beside those of the chips.
DIGITAL = Fleet("ideal-bp")
#: Evaluations of a run.
CURVE_POINTS = 13
#: Quantiles of a summary.
QUANTILES = {"low": 0.05, "median": 0.5, "high": 0.95}
SPLITS = ("train", "test")
Values = NDArray[np.floating]
Rows = Iterator[dict[str, Any]]


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
    return _table(config, config.epochs, execution.compute, methods)


def first(config: Config, methods: Mapping[str, GradientMethod] = METHODS) -> pd.DataFrame:
    """The rows of `run` after its first tenth: what a page repeats live."""
    return _table(config, stops(config.epochs)[1], "cpu", methods)


def _table(
    config: Config, last: int, compute: str, methods: Mapping[str, GradientMethod]
) -> pd.DataFrame:
    """The rows up to epoch `last`, on one thread: tensors this small are slower on several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _rows(config, last, build(config, compute, methods))
    finally:
        torch.set_num_threads(threads)


def _rows(config: Config, last: int, trainer: Trainer) -> pd.DataFrame:
    named = {fleet.name: fleet for fleet in config.fleets} | {"digital": DIGITAL}
    asyt = [
        (named[name], branch)
        for name, branch in trainer.branches.items()
        if branch.method.name == "asyt"
    ]
    rows: list[dict[str, Any]] = []
    final: dict[tuple[Fleet, str], Values] = {}
    for epoch in range(last + 1):
        if epoch:
            trainer.run_epoch()
        if epoch not in stops(config.epochs):
            continue
        for split, (_, name, device, read) in itertools.product(SPLITS, trainer.fleets()):
            values = trainer.accuracy(name, device, read, split).numpy()
            final[named[name], split] = values
            rows += _quantiles("accuracy", named[name], epoch, values, split=split)
            if epoch == config.epochs:
                rows += _counts(named[name], epoch, values, split)
        for fleet, branch in asyt:
            rows += _misalignment(trainer, fleet, branch)
    if last == config.epochs:
        rows += _leads(config, final)
        for fleet, branch in asyt:
            rows += _confusion(trainer, fleet, branch)
    return pd.DataFrame(rows).astype({"split": str})


def _row(
    quantity: str, fleet: Fleet, epoch: int, value: Any, count: int, **where: Any
) -> dict[str, Any]:
    return {
        "quantity": quantity,
        **vars(fleet),
        "split": "test",
        "layer": -1,
        "epoch": epoch,
        "trajectory": -1,
        "value": float(value),
        "count": count,
        **where,
    }


def _quantiles(quantity: str, fleet: Fleet, epoch: int, draws: Values, **where: Any) -> Rows:
    for what, share in QUANTILES.items():
        end = np.quantile(draws, share)
        yield _row(f"{quantity} {what}", fleet, epoch, end, draws.size, **where)


def _counts(fleet: Fleet, epoch: int, draws: Values, split: str) -> Rows:
    for trajectory, chips in enumerate(draws):
        for value, count in zip(*np.unique(chips, return_counts=True), strict=True):
            where = {"split": split, "trajectory": trajectory}
            yield _row("accuracy", fleet, epoch, value, int(count), **where)


def _misalignment(trainer: Trainer, fleet: Fleet, branch: Branch) -> Rows:
    device = cast(PhotonicDevice, branch.device)
    pairs = zip(device.effective(branch.controls), trainer.digital, strict=True)
    for l, (light, (weight, bias)) in enumerate(pairs):
        whole = weight if bias is None else torch.cat([weight, bias[..., None]], -1)
        angle, magnitude = angles.misalignment(light, whole)
        for quantity, draws in (("angle", angle), ("magnitude", magnitude)):
            values = draws.cpu().numpy()
            yield from _quantiles(quantity, fleet, trainer.epoch, values, split="all", layer=l)


def _leads(config: Config, final: Mapping[tuple[Fleet, str], Values]) -> Rows:
    """Every fleet above every other under the same profile and headroom."""
    for ours, other in itertools.permutations(config.fleets, 2):
        if (ours.profile, ours.headroom) != (other.profile, other.headroom):
            continue
        for split in SPLITS:
            found = statistics.paired_difference(final[ours, split], final[other, split], n=2000)
            for what in ("mean", "low", "high"):
                name, value = f"lead over {other.method} {what}", getattr(found, what)
                yield _row(name, ours, config.epochs, value, found.n, split=split)


def _confusion(trainer: Trainer, fleet: Fleet, branch: Branch) -> Rows:
    """Mean share of the samples of a class that are called each class, on test data."""
    truth = trainer.data.test_y.argmax(-1)
    with torch.no_grad():
        scores = branch.device(branch.controls, trainer.data.test_x)
    said = scores.argmax(-1)  # (S, C, B)
    for true, told in itertools.product(range(scores.shape[-1]), repeat=2):
        there = truth == true
        share = ((said == told) & there).sum(-1) / there.sum(-1)
        mean = share.double().mean()
        yield _row(f"confusion {true}-{told}", fleet, trainer.epoch, mean, share.numel())


def experiment(name: str, study: Study, run: Callable[..., pd.DataFrame] = run) -> Experiment:
    """The experiment of that name; its runs have a number of chips."""
    return Experiment(name, study.profiles, study.plan, run, population=True)
