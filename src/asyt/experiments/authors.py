"""The chip, start and in-silico procedure of the authors' public demo, at the paper's own rate.

The reading `authors` of AsyT Fig. 5: the public code wherever the paper is silent. The chip is one,
`devices.demo`; what differs from run to run is the order of the samples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar

import pandas as pd
import torch

from asyt.devices import DistortedDevice, demo
from asyt.experiments import base, mnist, tasks
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, Perceptron, Weights


@dataclass(frozen=True)
class Config(base.Config):
    """One order of the samples on the demo's chip.

    Without update error AsyT is trained by Eq. 3 beside ideal BP, whose weights are in-silico BP's.
    With one, only in-silico BP is trained, by the demo's procedure: every digital update is wrong,
    and nothing is clipped.
    """

    by: ClassVar[tuple[str, ...]] = ("update_error", "seed")

    dataset: str = "mnist"
    samples: int | None = None
    scale: str = "unit-rows"  # of `tasks.SCALES`
    layers: tuple[int, ...] = (784, 256, 256, 10)
    epochs: int = 300
    batch_size: int = 600
    rate: float = 1e-4
    mixing: tuple[float, float] = (0.5, 0.5)
    severities: tuple[float, ...] = (1.0,)  # of the chip's errors, units of one sigma_phy
    update_error: float = 0.0
    population: int = 20  # independent chips that in-silico BP is tested on too
    seed: int = 0

    @property
    def columns(self) -> dict[str, Any]:
        """Width of the first hidden layer, number of hidden layers, update error and seed."""
        hidden = self.layers[1:-1]
        return {
            "width": hidden[0],
            "depth": len(hidden),
            **super().columns,
        }

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        layers = "-".join(map(str, self.layers))
        severities = "/".join(f"{severity:g}" for severity in self.severities)
        chip = f"{self.dataset}, {self.scale}, {layers}, at {severities}"
        return f"{chip}, update error {self.update_error:g}, seed {self.seed}"


SEEDS = (0, 1, 2, 3, 4)
PROFILES = {
    "smoke": Config(samples=1200, epochs=1, population=2),
    "quick": Config(epochs=10),
    "paper": Config(),
}


def experiment(name: str, profiles: Mapping[str, Config]) -> Experiment:
    """With and without update error, in each order of the samples."""

    def plan(profile: str, seeds: Seeds = None) -> list[Config]:
        config = profiles[profile]
        orders = base.seeds_of(profile, seeds, SEEDS)
        runs = product(orders, (0.0, demo.DISTORTION))
        return [replace(config, seed=seed, update_error=error) for seed, error in runs]

    return Experiment(name, profiles, plan, run)


def chip(layers: tuple[int, ...], severities: Sequence[float], compute: str) -> Weights:
    """The demo's relative errors at each severity, (C, out, in) and (C, out) a layer."""
    chips = []
    for severity in severities:
        chips.append(demo.masks(layers, severity * demo.DISTORTION))
    masks = []
    for one_layer in zip(*chips, strict=True):  # of every chip
        weight = torch.stack([layer.weight for layer in one_layer])
        bias = torch.stack([layer.bias for layer in one_layer if layer.bias is not None])
        masks.append(Layer(weight, bias).to(compute))
    return masks


def build(config: Config, compute: str = "cpu", data: Data | None = None) -> Trainer:
    """The digital model from the demo's start; its weights put on the chip; AsyT if unhindered."""
    if data is None:
        data = tasks.load(
            config.dataset,
            samples=config.samples,
            scale=tasks.SCALES[config.scale],
            compute=compute,
        )
    limited = Perceptron(config.layers, clip=mnist.Config.clip)
    masks = chip(config.layers, config.severities, compute)
    device = DistortedDevice.from_masks(limited, masks)
    start = [layer.to(compute) for layer in demo.initial(config.layers)]
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        seed=config.seed,
    )
    if config.update_error:
        return Trainer(
            Perceptron(config.layers),
            start,
            data,
            schedule,
            insilico={"demo": device},
            digital_gain=_wrong_updates(config, compute),
        )
    asyt = METHODS["asyt"].mixing(*config.mixing)
    return Trainer(
        limited,
        start,
        data,
        schedule,
        branches={"demo": Branch(asyt, device)},
        insilico={"demo": device},
    )


def _wrong_updates(config: Config, compute: str) -> Weights:
    """What the demo multiplies digital updates by: 1 + error."""
    gain = []
    for layer in demo.update_errors(config.layers, config.update_error):
        gain.append(layer.to(compute).map(lambda error: 1 + error))
    return gain


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test when `mnist.evaluated`; at the end on independent chips too.

    Returns:
        Tidy rows: epoch, method (ideal-bp, asyt, insilico-bp), fleet (digital, demo,
        independent), chip (index of the severity; of independent chips their number), split,
        accuracy (fraction).
    """
    trainer = build(config, execution.compute)
    rows = trainer.fit(
        mnist.evaluated,
        execution.checkpoint,
        progress=execution.progress,
    )
    others = mnist.chips(
        mnist.Config(layers=config.layers),
        config.population,
        demo.DISTORTION,
        execution.compute,
    )
    fleet = trainer.in_silico("independent", others)
    return pd.DataFrame([*rows, *trainer.test(*fleet)])


#: When in-silico BP is tested on MNIST, beside the last epoch.
TESTED = set(mnist.Config.population_epochs)


def as_fig5(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of AsyT Fig. 5's three methods, as `mnist.run` has them, in reading `authors`.

    In-silico BP is the demo's own: its digital model is trained with the update error.
    """
    own = table[table.fleet.isin(["digital", "demo"])]
    update_error = {
        "ideal-bp": 0.0,
        "asyt": 0.0,
        "insilico-bp": demo.DISTORTION,
    }
    own = own[own.update_error == own.method.map(update_error)]
    trained = own.method != "insilico-bp"
    tested = own.epoch.isin(TESTED | {own.epoch.max()})
    own = own[trained | tested]
    fleets = own.fleet.replace("demo", mnist.TRAINED)
    return own.assign(reading="authors", fleet=fleets)


EXPERIMENT = experiment("authors", PROFILES)
