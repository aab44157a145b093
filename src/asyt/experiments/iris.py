"""Iris on a population of distorted chips: the first look of "AsyT in ten minutes".

This is the ideal perceptron with AsyT Eq. 9 on top, not the hardware of AsyT Figs. 2 and 3.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from torch import Tensor

from asyt.angles import response_angle
from asyt.devices import DistortedDevice
from asyt.experiments import base, summaries, tasks
from asyt.experiments.base import HERE, Execution, Experiment
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


def task(seed: int, compute: str = "cpu") -> Data:
    """Iris, features scaled to [0, 1] by the range of the training split that a seed chooses."""
    return tasks.load("iris", scale=tasks.unit_range, split_seed=seed, compute=compute)


def chips(config: Config, compute: str = "cpu", *, encapsulated: bool = True) -> DistortedDevice:
    """The population of a config (AsyT Eq. 9)."""
    return DistortedDevice(
        Perceptron(config.layers, activation=config.activation),
        config.devices,
        CHIPS,
        distortion=config.distortion,
        encapsulated=encapsulated,
        compute=compute,
    )


def build(config: Config, compute: str = "cpu") -> Trainer:
    """AsyT and pseudo IP-BP on the same chips, beside the digital model they lean on."""
    model = Perceptron(config.layers, activation=config.activation)
    initial = model.initial(config.seed, config.weight_scale, config.bias_scale)
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        reduction=config.reduction,
        seed=config.seed,
    )
    branches = {}
    for name in ("asyt", "pseudo-ip-bp"):
        branches[name] = Branch(METHODS[name], chips(config, compute))
    return Trainer(
        model,
        [layer.to(compute) for layer in initial],
        task(config.seed, compute),
        schedule,
        branches=branches,
        insilico={"insilico-bp": chips(config, compute)},
    )


def angles(trainer: Trainer) -> Tensor:
    """The response angles of the chips under AsyT on the training inputs, degrees (C,)."""
    branch = trainer.branches["asyt"]
    twin = required(trainer.twin, "the response angle")
    return response_angle(
        twin,
        trainer.digital,
        branch.device,
        branch.controls,
        trainer.data.train_x,
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test every tenth epoch; seconds, so no checkpoint.

    Returns:
        Tidy rows: quantity (accuracy as a fraction, angle in degrees), epoch, method, fleet, chip,
        split, value.
    """
    trainer = build(config, execution.compute)
    angles_by_epoch = []

    def when(epoch: int) -> bool:
        evaluated = epoch % EVERY == 0
        if evaluated:
            of_chips = pd.DataFrame({"epoch": epoch, "value": angles(trainer).tolist()})
            angles_by_epoch.append(of_chips.rename_axis("chip").reset_index())
        return evaluated

    tested = pd.DataFrame(trainer.fit(when))
    accuracies = tested.rename(columns={"accuracy": "value"}).assign(quantity="accuracy")
    response_angles = pd.concat(angles_by_epoch).assign(
        quantity="angle",
        method="asyt",
        fleet="asyt",
        split="train",
    )
    return pd.concat([accuracies, response_angles], ignore_index=True)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Median and 5-95 % range over chips, splits and initial values; accuracies in percent."""

    def of_group(group: pd.DataFrame) -> dict[str, Any]:
        scale = 100 if group.quantity.iloc[0] == "accuracy" else 1
        return summaries.spread(scale * group.value.to_numpy())

    return summaries.each(table, GROUP, of_group)


EXPERIMENT = Experiment(
    "iris",
    PROFILES,
    base.one_a_seed(PROFILES, SEEDS, smoke=2),
    run,
    population=True,
)
