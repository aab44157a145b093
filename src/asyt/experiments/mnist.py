"""The MNIST family on a population of distorted devices under AsyT: runs of AsyT Figs. 5a to 5c."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import torch

from asyt.devices import DistortedDevice, Noise
from asyt.devices.noise import levels
from asyt.experiments import base, summaries, tasks
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron, Weights, tensors

#: Seed of the fabrication stream: all training seeds share the chips (both are crossed).
CHIPS = 0


@dataclass(frozen=True)
class Config(base.Config):
    """One training run: one seed, one digital trajectory, one population.

    From the paper: layers, batch_size, optimizer, rate (its upper end), mixing, 10 dB. From the
    public demo: epochs, reduction, weight_scale, bias_scale, rows of unit length, distortion 0.6
    for one sigma_phy, acting on the weights. Ours: population sizes, seeds and when to evaluate.
    """

    dataset: str = "mnist"
    samples: int | None = None  # training samples used; None is all
    layers: tuple[int, ...] = (784, 256, 256, 10)
    clip: float = 1.0
    weight_scale: float = 0.1
    bias_scale: float = 0.5
    epochs: int = 300
    batch_size: int = 600
    rate: float = 1e-4
    optimizer: str = "SGD"
    reduction: str = "sum"
    mixing: tuple[float, float] = (0.5, 0.5)
    distortion: float = 0.6
    acts_on: str = "weights"
    noise_db: float | None = None
    noise_reading: str = "mean-square"
    noise_common: bool = False
    devices: int = 5  # chips trained
    population: int = 100  # chips tested with the digital weights
    population_epochs: tuple[int, ...] = (0, 10, 30, 100, 200)  # and the last
    scan: tuple[float, ...] = (
        0.2,
        0.4,
        0.8,
        1.0,
        1.2,
    )  # more distortions, in-silico, at the end
    seed: int = 0

    def data(self, compute: str = "cpu") -> Data:
        """The task, images scaled to unit length as in the public demo."""
        return tasks.load(self.dataset, samples=self.samples, compute=compute)

    def schedule(self) -> Schedule:
        """Epochs, batches and rate."""
        return Schedule(
            self.epochs,
            self.batch_size,
            self.rate,
            self.optimizer,
            self.reduction,
            self.seed,
        )

    @property
    def reading(self) -> str:
        """Name of the reading, as in data/readings.yml; of noise that is in none, its settings."""
        for name, changes in READINGS.items():
            settings = {**SILENT, **changes}
            if settings == {key: getattr(self, key) for key in settings}:
                return name
        common = " common" if self.noise_common else ""
        return f"{self.noise_db:g} dB {self.noise_reading}{common}"

    @property
    def columns(self) -> dict[str, Any]:
        """The reading and the seed."""
        return {"reading": self.reading, "seed": self.seed}

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.dataset}, {super().label}"


#: The fleet that is trained, by its distortion.
TRAINED = f"{Config.distortion:g}"
SEEDS = (0, 1, 2)
#: Settings of the noise that a reading need not name.
SILENT: dict[str, Any] = {"noise_reading": "mean-square", "noise_common": False}
#: Name of a reading of "a noise floor of 10 dB signal-to-noise ratio where applicable", as in
#: data/readings.yml, the nearest to the sources first -> its settings.
READINGS: dict[str, dict[str, Any]] = {
    "independent": {"noise_db": None},
    "floor": {"noise_db": 10.0, "noise_reading": "floor"},
    "common-gain": {"noise_db": 10.0, "noise_common": True},
    "power": {"noise_db": 10.0, "noise_reading": "power"},
    "mean-square": {"noise_db": 10.0},
}
#: What the first stored tables call a reading -> its name.
FIRST_NAMES = {
    "none": "independent",
    "10 dB mean-square": "mean-square",
    "10 dB power": "power",
}
PROFILES = {
    "smoke": Config(
        samples=3000,
        epochs=2,
        devices=2,
        population=4,
        population_epochs=(),
        scan=(1.0,),
    ),
    "quick": Config(
        epochs=20,
        devices=5,
        population=20,
        population_epochs=(0, 10),
        scan=(1.0,),
    ),
    "paper": Config(),
}


plan = base.one_a_seed(PROFILES, SEEDS, list(READINGS.values()))


def renamed(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose column `noise` has become `reading`, with the names of `READINGS`."""
    return table.replace({"noise": FIRST_NAMES}).rename(columns={"noise": "reading"})


def twin(config: Config) -> Perceptron:
    """The digital model of a config."""
    return Perceptron(config.layers, clip=config.clip)


def initial(config: Config) -> Weights:
    """The initial values of a config's digital model and chips."""
    return twin(config).initial(config.seed, config.weight_scale, config.bias_scale)


def noise(config: Config) -> Noise | None:
    """The noise of a pass; a floor is set by the exact network at its initial values."""
    if config.noise_db is None:
        return None
    signals: tuple[float, ...] = ()
    if config.noise_reading == "floor":
        signals = levels(twin(config), initial(config), config.data().train_x)
    return Noise(
        config.noise_db,
        config.noise_reading,
        config.noise_common,
        signals,
    )


def chips(
    config: Config,
    population: int,
    distortion: float | Sequence[float],
    compute: str,
    numbers: Sequence[int] | None = None,
) -> DistortedDevice:
    """A population of devices (AsyT Eq. 9); see `DistortedDevice`, whose `chips` are `numbers`."""
    return DistortedDevice(
        twin(config),
        population,
        CHIPS,
        distortion=distortion,
        acts_on=config.acts_on,
        noise=noise(config),
        chips=numbers,
        compute=compute,
    )


def evaluated(epoch: int) -> bool:
    """Each of the first ten epochs, then every fifth."""
    return epoch <= 10 or epoch % 5 == 0


def build(
    config: Config,
    compute: str = "cpu",
    data: Data | None = None,
) -> Trainer:
    """The digital trajectory and the population trained along it, by default on its data set."""
    if data is None:
        data = config.data(compute)
    asyt = METHODS["asyt"].mixing(*config.mixing)
    fleet = chips(config, config.devices, config.distortion, compute)
    return Trainer(
        twin(config),
        [layer.to(compute) for layer in initial(config)],
        data,
        config.schedule(),
        branches={f"{config.distortion:g}": Branch(asyt, fleet)},
    )


def starts_alike(config: Config) -> bool:
    """Whether every chip starts from the digital model's weights ("W_(0,dig) = W_(0,phy)")."""
    inputs = torch.zeros(config.batch_size, config.layers[0])
    targets = torch.zeros(config.batch_size, config.layers[-1])
    data = Data(inputs, targets, inputs, targets)
    trainer = build(replace(config, devices=1), data=data)
    (branch,) = trainer.branches.values()
    chip = [controls[0] for controls in tensors(branch.controls)]
    digital = tensors(trainer.digital)
    return all(map(torch.equal, chip, digital))


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test after each `evaluated` epoch.

    Returns:
        Tidy rows: epoch, method (ideal-bp, asyt, insilico-bp), fleet (distortion of the chips, or
        "digital"), chip, split, accuracy (fraction).
    """
    trainer = build(config, execution.compute)
    stops = {*config.population_epochs, config.epochs}

    def population(distortion: float) -> DistortedDevice:
        return chips(config, config.population, distortion, execution.compute)

    def when(epoch: int) -> bool:
        trainer.insilico = {}
        if epoch in stops:
            name = f"{config.distortion:g}"
            trainer.insilico[name] = population(config.distortion)
        return evaluated(epoch)

    rows = list(trainer.fit(when, execution.checkpoint, progress=execution.progress))
    for distortion in config.scan:
        if distortion != config.distortion:
            fleet = trainer.in_silico(f"{distortion:g}", population(distortion))
            rows += trainer.test(*fleet)
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Centre, range and number of draws, percent: a reading, method, fleet and epoch."""
    return summaries.by_method(table, ["reading", "method", "fleet", "epoch"], replicates=2000)


def at_end(table: pd.DataFrame) -> pd.DataFrame:
    """`summary` after the last epoch, of the digital model and the fleet that is trained."""
    last = summaries.final(summary(table))
    return last[last.fleet.isin(["digital", TRAINED])]


EXPERIMENT = Experiment("mnist", PROFILES, plan, run, population=True)
