"""The MNIST family on a population of distorted devices, trained by AsyT: the runs behind AsyT Figs. 5a to 5c."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import torch

from asyt import datasets, streams
from asyt.devices import DistortedDevice, Noise
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron

#: Seed of the fabrication stream: the chips are the same for every training seed (devices and seeds
#: are crossed).
CHIPS = 0


@dataclass(frozen=True)
class Config:
    """One training run: one seed, one digital trajectory, one population.

    From the paper: layers, batch_size, optimizer, rate (its upper end), mixing, 10 dB. From the
    public demo: epochs, reduction, weight_scale, bias_scale, rows of unit length, distortion 0.6
    for one sigma_phy, acting on the weights.
    Ours: population sizes, seeds and when to evaluate.
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
    )  # other distortions, in-silico, after the last epoch
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.dataset}, {self.columns['noise']}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        if self.noise_db is None:
            return {"noise": "none", "seed": self.seed}
        reading = (
            f"{self.noise_db:g} dB {self.noise_reading}{' common' if self.noise_common else ''}"
        )
        return {"noise": reading, "seed": self.seed}

    @property
    def noise(self) -> Noise | None:
        """The noise of a pass."""
        return (
            None
            if self.noise_db is None
            else Noise(self.noise_db, self.noise_reading, self.noise_common)
        )


#: The fleet that is trained, by its distortion.
TRAINED = f"{Config().distortion:g}"
SEEDS = (0, 1, 2)
NOISELESS, MEAN_SQUARE, POWER = VARIANTS = (
    {},
    {"noise_db": 10.0, "noise_reading": "mean-square"},
    {"noise_db": 10.0, "noise_reading": "power"},
)
PROFILES = {
    "smoke": Config(
        samples=3000, epochs=2, devices=2, population=4, population_epochs=(), scan=(1.0,)
    ),
    "quick": Config(epochs=20, devices=5, population=20, population_epochs=(0, 10), scan=(1.0,)),
    "paper": Config(),
}


def on(
    dataset: str, variants: tuple[dict, ...] = VARIANTS, once: tuple[dict, ...] = ()
) -> tuple[dict[str, Config], Callable[..., list[Config]]]:
    """The profiles of a data set, and its `jobs`.

    Args:
        dataset: its name.
        variants: of the noise, run with every seed.
        once: those run with the first seed alone.
    """
    profiles = {name: replace(config, dataset=dataset) for name, config in PROFILES.items()}

    def jobs(
        profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None
    ) -> list[Config]:
        """The runs of a profile, noise by noise."""
        base = profiles[profile] if devices is None else replace(profiles[profile], devices=devices)
        plan = [(variant, seeds) for variant in variants] + [
            (variant, seeds[:1]) for variant in once
        ]
        return [replace(base, **variant, seed=seed) for variant, chosen in plan for seed in chosen]

    return profiles, jobs


jobs = on("mnist")[1]


@functools.lru_cache(maxsize=1)
def tensors(name: str, samples: int | None, device: str = "cpu") -> Data:
    """A data set with rows of unit length and one-hot targets, on a device.

    Args:
        name: of the data set.
        samples: take that many training samples, drawn from stream `subset`; None takes all.
        device: torch device.
    """
    data = datasets.load(name)
    x, y = torch.from_numpy(data.train_x), torch.from_numpy(data.train_y)
    if samples is not None:
        chosen = streams.permutation(len(x), "subset", 0)[:samples]
        x, y = x[chosen], y[chosen]
    unit = torch.nn.functional.normalize
    classes = len(data.classes)

    def one_hot(labels):
        return torch.nn.functional.one_hot(labels, classes).to(torch.float32).to(device)

    test_x, test_y = torch.from_numpy(data.test_x), torch.from_numpy(data.test_y)
    return Data(unit(x).to(device), one_hot(y), unit(test_x).to(device), one_hot(test_y))


def twin(config: Config) -> Perceptron:
    """The digital model of a config."""
    return Perceptron(config.layers, clip=config.clip)


def evaluated(epoch: int) -> bool:
    """Each of the first ten epochs, then every fifth."""
    return epoch <= 10 or epoch % 5 == 0


def build(config: Config, device: str = "cpu", data: Data | None = None) -> Trainer:
    """The trainer of a config: the digital trajectory and the population of chips trained along it.

    Args:
        config: of the run.
        device: torch device.
        data: the task; by default the config's data set.
    """
    model = twin(config)
    data = tensors(config.dataset, config.samples, device) if data is None else data
    chips = _chips(config, config.devices, config.distortion, device)
    initial = model.initial(config.seed, config.weight_scale, config.bias_scale)
    initial = [type(layer)(layer.weight.to(device), layer.bias.to(device)) for layer in initial]
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        config.optimizer,
        config.reduction,
        config.seed,
    )
    asyt = METHODS["asyt"].mixing(*config.mixing)
    return Trainer(
        model, initial, data, schedule, branches={f"{config.distortion:g}": Branch(asyt, chips)}
    )


def _chips(config: Config, population: int, distortion: float, device: str) -> DistortedDevice:
    return DistortedDevice(
        twin(config),
        population,
        CHIPS,
        distortion=distortion,
        acts_on=config.acts_on,
        noise=config.noise,
        device=device,
    )


def run(
    config: Config, *, device: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train, and test after each `evaluated` epoch.

    Returns:
        Tidy rows: epoch, method (ideal-bp, asyt, insilico-bp), fleet (distortion of the chips;
        "digital"), chip, split, accuracy (fraction).
    """
    trainer = build(config, device)
    stops = [*(e for e in config.population_epochs if e < config.epochs), config.epochs]

    def when(epoch: int) -> bool:
        population = (
            _chips(config, config.population, config.distortion, device) if epoch in stops else None
        )
        trainer.insilico = {f"{config.distortion:g}": population} if population else {}
        return evaluated(epoch)

    trainer.fit(when, checkpoint, progress=progress)
    others = [s for s in config.scan if s != config.distortion]
    return pd.DataFrame(
        trainer.rows + [row for s in others for row in _insilico(trainer, config, s, device)]
    )


def _insilico(trainer: Trainer, config: Config, distortion: float, device: str) -> list[dict]:
    """The final digital weights on a population with another distortion."""
    population = _chips(config, config.population, distortion, device)
    return trainer.test(
        "insilico-bp", f"{distortion:g}", population, lambda x: population(trainer.digital, x)
    )
