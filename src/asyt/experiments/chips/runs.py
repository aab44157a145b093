"""What is measured on the chips of a run while they are trained, as one tidy table."""

import itertools
import math
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
    tenth = math.ceil(epochs / 10)
    return sorted({*evenly.tolist(), tenth})


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
    config: Config,
    last: int,
    compute: str,
    methods: Mapping[str, GradientMethod],
) -> pd.DataFrame:
    """The rows up to epoch `last`, on one thread: tensors this small are slower on several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _rows(config, last, build(config, compute, methods))
    finally:
        torch.set_num_threads(threads)


def _rows(config: Config, last: int, trainer: Trainer) -> pd.DataFrame:
    fleets = {fleet.name: fleet for fleet in config.fleets}
    fleets["digital"] = DIGITAL
    under_asyt: list[tuple[Fleet, Branch]] = []
    for name, branch in trainer.branches.items():
        if branch.method.name == "asyt":
            under_asyt.append((fleets[name], branch))
    rows: list[dict[str, Any]] = []
    accuracies: dict[tuple[Fleet, str], Values] = {}
    for epoch in range(last + 1):
        if epoch:
            trainer.run_epoch()
        if epoch not in stops(config.epochs):
            continue
        accuracies = _accuracies(trainer, fleets)
        for (fleet, split), draws in accuracies.items():
            rows += _quantiles("accuracy", fleet, epoch, draws, split=split)
            if epoch == config.epochs:
                rows += _counts(fleet, epoch, draws, split)
        for fleet, branch in under_asyt:
            rows += _misalignment(trainer, fleet, branch)
    if last == config.epochs:
        rows += _leads(config, accuracies)
        for fleet, branch in under_asyt:
            rows += _confusion(trainer, fleet, branch)
    return pd.DataFrame(rows).astype({"split": str})


def _accuracies(
    trainer: Trainer,
    fleets: Mapping[str, Fleet],
) -> dict[tuple[Fleet, str], Values]:
    """The accuracy of every draw, (S, C), of each fleet on each split."""
    accuracies = {}
    for split in SPLITS:
        for _, name, device, read in trainer.fleets():
            draws = trainer.accuracy(name, device, read, split)
            accuracies[fleets[name], split] = draws.numpy()
    return accuracies


def _row(
    quantity: str,
    fleet: Fleet,
    epoch: int,
    value: Any,
    count: int,
    **where: Any,
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


def _quantiles(
    quantity: str,
    fleet: Fleet,
    epoch: int,
    draws: Values,
    **where: Any,
) -> Rows:
    for name, share in QUANTILES.items():
        quantile = np.quantile(draws, share)
        yield _row(
            f"{quantity} {name}",
            fleet,
            epoch,
            quantile,
            draws.size,
            **where,
        )


def _counts(fleet: Fleet, epoch: int, draws: Values, split: str) -> Rows:
    """How many chips of each trajectory, a row of `draws`, have each accuracy."""
    for trajectory, chips in enumerate(draws):
        values, counts = np.unique(chips, return_counts=True)
        for value, count in zip(values, counts, strict=True):
            yield _row(
                "accuracy",
                fleet,
                epoch,
                value,
                int(count),
                split=split,
                trajectory=trajectory,
            )


def _misalignment(trainer: Trainer, fleet: Fleet, branch: Branch) -> Rows:
    device = cast(PhotonicDevice, branch.device)
    pairs = zip(device.effective(branch.controls), trainer.digital, strict=True)
    for l, (light, (weight, bias)) in enumerate(pairs):
        whole = weight
        if bias is not None:
            whole = torch.cat([weight, bias[..., None]], -1)
        angle, magnitude = angles.misalignment(light, whole)
        for quantity, draws in (("angle", angle), ("magnitude", magnitude)):
            yield from _quantiles(
                quantity,
                fleet,
                trainer.epoch,
                draws.cpu().numpy(),
                split="all",
                layer=l,
            )


def _leads(config: Config, final: Mapping[tuple[Fleet, str], Values]) -> Rows:
    """Every fleet above every other under the same profile and headroom."""
    for ours, other in itertools.permutations(config.fleets, 2):
        if (ours.profile, ours.headroom) != (other.profile, other.headroom):
            continue
        for split in SPLITS:
            lead = statistics.paired_difference(
                final[ours, split],
                final[other, split],
                n=2000,
            )
            for end in ("mean", "low", "high"):
                yield _row(
                    f"lead over {other.method} {end}",
                    ours,
                    config.epochs,
                    getattr(lead, end),
                    lead.n,
                    split=split,
                )


def _confusion(trainer: Trainer, fleet: Fleet, branch: Branch) -> Rows:
    """Mean share of the samples of a class that are called each class, on test data."""
    truth = trainer.data.test_y.argmax(-1)
    with torch.no_grad():
        scores = branch.device(branch.controls, trainer.data.test_x)
    told = scores.argmax(-1)  # (S, C, B)
    classes = range(scores.shape[-1])
    for true, said in itertools.product(classes, repeat=2):
        of_class = truth == true
        both = (told == said) & of_class
        share = both.sum(-1) / of_class.sum(-1)  # (S, C)
        yield _row(
            f"confusion {true}-{said}",
            fleet,
            trainer.epoch,
            share.double().mean(),
            share.numel(),
        )


def experiment(
    name: str,
    study: Study,
    run: Callable[..., pd.DataFrame] = run,
) -> Experiment:
    """The experiment of that name; its runs have a number of chips."""
    return Experiment(
        name,
        study.profiles,
        study.plan,
        run,
        population=True,
    )
