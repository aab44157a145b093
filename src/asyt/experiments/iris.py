"""Iris on a population of distorted chips: the first look of "AsyT in ten minutes".

This is the ideal perceptron with AsyT Eq. 9 on top, not the photonic hardware of AsyT Figs. 2 and
3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
from torch import Tensor

from asyt.angles import response_angle
from asyt.devices import DistortedDevice
from asyt.experiments import base, tasks
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.experiments.summaries import SPREAD, spread
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron
from asyt.twins.perceptron import required


@dataclass(frozen=True)
class Config(base.Config):
    """One split, one set of initial values, one population.

    The layers are the paper's; all else is ours. Rate and epochs were chosen so that ideal BP
    converges, before any device was trained.
    """

    layers: tuple[int, ...] = (4, 4, 3)
    activation: str = "sigmoid"
    weight_scale: float = 1.0
    bias_scale: float = 0.5
    epochs: int = 200
    batch_size: int = 10
    rate: float = 0.5
    reduction: str = "mean"
    distortion: float = 0.6
    devices: int = 20
    seed: int = 0


#: Each chooses the split, the initial values and the batches.
SEEDS = tuple(range(10))
#: Seed of the fabrication stream: all training seeds share the chips.
CHIPS = 0
EVERY = 10  # epochs between evaluations
PROFILES = {
    "smoke": Config(epochs=10, devices=3),
    "quick": Config(),
    "paper": Config(),
}
#: What a table's rows are told apart by, beside seed and chip.
GROUP = ["quantity", "method", "split", "epoch"]


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Config]:
    """One run a seed; two of them at smoke."""
    config = PROFILES[profile]
    if devices is not None:
        config = replace(config, devices=devices)
    published = SEEDS[:2] if profile == "smoke" else SEEDS
    return [replace(config, seed=seed) for seed in seeds or published]


def task(seed: int, compute: str = "cpu") -> Data:
    """Iris, features scaled to [0, 1] by the range of the training split that a seed chooses."""
    return tasks.load("iris", scale=tasks.unit_range, split_seed=seed, compute=compute)


def twin(config: Config) -> Perceptron:
    """The digital model of a config."""
    return Perceptron(config.layers, activation=config.activation)


def chips(config: Config, compute: str = "cpu", *, encapsulated: bool = True) -> DistortedDevice:
    """The population of a config (AsyT Eq. 9)."""
    return DistortedDevice(
        twin(config),
        config.devices,
        CHIPS,
        distortion=config.distortion,
        encapsulated=encapsulated,
        compute=compute,
    )


def build(config: Config, compute: str = "cpu") -> Trainer:
    """AsyT and pseudo IP-BP on the same chips, beside the digital model they lean on."""
    model = twin(config)
    initial = model.initial(config.seed, config.weight_scale, config.bias_scale)
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        reduction=config.reduction,
        seed=config.seed,
    )
    return Trainer(
        model,
        [layer.to(compute) for layer in initial],
        task(config.seed, compute),
        schedule,
        branches={
            "asyt": Branch(METHODS["asyt"], chips(config, compute)),
            "pseudo-ip-bp": Branch(METHODS["pseudo-ip-bp"], chips(config, compute)),
        },
        insilico={"insilico-bp": chips(config, compute)},
    )


def angles(trainer: Trainer) -> Tensor:
    """The response angles of the chips under AsyT on the training inputs, degrees (C,)."""
    branch = trainer.branches["asyt"]
    twin = required(trainer.twin, "the response angle")
    return response_angle(
        twin, trainer.digital, branch.device, branch.controls, trainer.data.train_x
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test every tenth epoch; seconds, so no checkpoint is used.

    Returns:
        Tidy rows: quantity (accuracy as a fraction, angle in degrees), epoch, method, fleet, chip,
        split, value.
    """
    trainer = build(config, execution.compute)
    parts = []
    for epoch in range(config.epochs + 1):
        if epoch:
            trainer.run_epoch()
        if epoch % EVERY == 0:
            trainer.evaluate()
            parts.append(_angle_rows(epoch, angles(trainer)))
    tested = pd.DataFrame(trainer.rows).assign(quantity="accuracy")
    tested = tested.rename(columns={"accuracy": "value"})
    return pd.concat([tested, *parts], ignore_index=True)


def _angle_rows(epoch: int, angles: Tensor) -> pd.DataFrame:
    rows = pd.DataFrame({"value": angles.tolist()}).rename_axis("chip").reset_index()
    return rows.assign(quantity="angle", epoch=epoch, method="asyt", fleet="asyt", split="train")


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Median and 5-95 % range over chips, splits and initial values; accuracies in percent."""
    rows = []
    for key, group in table.groupby(GROUP, sort=False):
        named = dict(zip(GROUP, key, strict=True))
        scale = 100 if named["quantity"] == "accuracy" else 1
        values = scale * group.value.to_numpy()
        rows.append({**named, **spread(values)})
    return pd.DataFrame(rows, columns=[*GROUP, *SPREAD])


EXPERIMENT = Experiment("iris", PROFILES, plan, run, population=True)
