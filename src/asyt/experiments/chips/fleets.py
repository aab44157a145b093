"""The runs of AsyT Figs. 2 to 4: their configs, populations of chips and trainers.

A run carries several trajectories (splits, initial values and batch orders) and on each of them the
same population of chips, so draws are crossed: trajectories x chips.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import torch

from asyt import streams
from asyt.devices import PhotonicDevice
from asyt.experiments import base, tasks
from asyt.experiments.base import Seeds
from asyt.methods import METHODS, GradientMethod
from asyt.photonics import Control, Encoding, Spreads, profile
from asyt.photonics.fabrication import TYPICAL
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Layer, Perceptron, Weights

#: Seed of the fabrication stream: every experiment and trajectory meets the same chips.
CHIPS = 0
TASKS = {
    "iris-two": tasks.iris_two,
    "iris-three": tasks.iris_three,
    "digits": tasks.few_digits,
}


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


def both(
    profiles: Iterable[str] = ("eq4",),
    headrooms: Iterable[float] = (1.0,),
) -> tuple[Fleet, ...]:
    """In-silico BP and AsyT under each control."""
    fleets = []
    for name, headroom, method in itertools.product(profiles, headrooms, ("insilico-bp", "asyt")):
        fleets.append(Fleet(method, name, headroom))
    return tuple(fleets)


@dataclass(frozen=True)
class Config(base.Config):
    """One task on one kind of chip.

    From the paper: layers, levels, bits, v_max, mixing (in `METHODS`), the kind of non-linearity,
    PCA. From cited fabrication data: spreads. The rest is ours, chosen by what ideal BP does on
    training data.
    """

    by = ("runs", "part", "encoding", "seed")

    task: str
    layers: tuple[int, ...]
    optical: bool
    fleets: tuple[Fleet, ...] = ()
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
    def runs(self) -> str:
        """Whether there are chips."""
        return "chips" if self.fleets else "ideal BP only"

    @property
    def encoding(self) -> str:
        """Name of the reading of sign and bias."""
        sign = "signed" if self.signed else "non-negative"
        return f"{sign}, bias light" if self.bias else f"{sign}, no bias"

    @property
    def limits(self) -> tuple[float, float]:
        """Range of the digital weights."""
        return Encoding(self.gain, self.signed).limits


@dataclass(frozen=True)
class Scale:
    """Size of a profile.

    Attributes:
        epochs: of every run.
        main: trajectories of the main fleets.
        other: trajectories of the others.
        alone: trajectories of ideal BP alone; 0 leaves that run out.
        devices: chips.
    """

    epochs: int
    main: int = 2
    other: int = 2
    alone: int = 100
    devices: int = 100


@dataclass(frozen=True)
class Study:
    """What an experiment on chips runs: every encoding with every part of its fleets.

    Attributes:
        encodings: the readings of sign and bias.
        fleets: part -> fleets; "main" gets more trajectories than the others.
        profiles: size of each profile.
    """

    encodings: tuple[Config, ...]
    fleets: Mapping[str, tuple[Fleet, ...]]
    profiles: Mapping[str, Scale]

    def plan(self, profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Config]:
        """For every encoding ideal BP over more trajectories, then each part of its fleets.

        Trajectories take the seeds that follow a first one of `seeds`; ideal BP alone needs no
        chips.
        """
        scale = self.profiles[profile]
        devices = devices or scale.devices
        runs = []
        for seed, encoding in itertools.product(seeds or (0,), self.encodings):
            sized = replace(encoding, devices=devices, epochs=scale.epochs, seed=seed)
            if scale.alone:
                alone = replace(
                    sized,
                    trajectories=scale.alone,
                    devices=1,
                    part="ideal BP",
                )
                runs.append(alone)
            for part, fleets in self.fleets.items():
                with_chips = replace(
                    sized,
                    trajectories=scale.main if part == "main" else scale.other,
                    fleets=fleets,
                    part=part,
                )
                runs.append(with_chips)
        return runs


def twin_of(config: Config) -> Perceptron:
    """The parallel digital model."""
    return Perceptron(
        config.layers,
        activation=config.activation,
        bias=config.bias,
        threshold=config.threshold,
    )


def encoding_of(config: Config, headroom: float) -> Encoding:
    """The digital model spans the same weights at any headroom; chips reach 1 / headroom beyond."""
    return Encoding(config.gain / headroom, config.signed)


def chips(config: Config, fleet: Fleet, compute: str = "cpu") -> PhotonicDevice:
    """The population of a fleet."""
    control = Control(
        profile(fleet.profile),
        config.levels,
        config.bits,
        config.v_max,
    )
    return PhotonicDevice(
        twin_of(config),
        config.devices,
        CHIPS,
        control=control,
        optical=config.optical,
        encoding=encoding_of(config, fleet.headroom),
        spreads=config.spreads,
        compute=compute,
    )


def initial(config: Config, seed: int) -> Weights:
    """Weights uniform over the digital model's range, from stream `initial`."""
    low, high = config.limits
    layers = []
    for l, (n_in, n_out) in enumerate(itertools.pairwise(config.layers)):
        generator = streams.generator("initial", seed, l)
        drawn = generator.uniform(low, high, (n_out, n_in + config.bias))
        whole = torch.from_numpy(drawn).float()
        bias = whole[:, n_in] if config.bias else None
        layers.append(Layer(whole[:, :n_in], bias))
    return layers


def build(
    config: Config,
    compute: str = "cpu",
    methods: Mapping[str, GradientMethod] = METHODS,
) -> Trainer:
    """The trainer of a config: all trajectories, and every fleet on each of them."""
    seeds = range(config.seed, config.seed + config.trajectories)
    data = Data.stack([TASKS[config.task](seed) for seed in seeds])
    start = stack([initial(config, seed) for seed in seeds])
    schedule = Schedule(
        config.epochs,
        config.batch_size,
        config.rate,
        config.optimizer,
        config.reduction,
        config.seed,
    )
    branches = {}
    tested = {}
    for fleet in config.fleets:
        population = chips(config, fleet, compute)
        if fleet.method == "insilico-bp":
            tested[fleet.name] = population
        else:
            branches[fleet.name] = Branch(
                methods[fleet.method],
                population,
                limits=encoding_of(config, fleet.headroom).limits,
            )
    return Trainer(
        twin_of(config),
        [layer.to(compute) for layer in start],
        tasks.moved(data, compute),
        schedule,
        branches=branches,
        insilico=tested,
        digital_limits=config.limits,
    )
