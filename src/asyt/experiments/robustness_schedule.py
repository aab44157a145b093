"""AsyT Figs. 5g and 5h on the paper's own schedule, AsyT against PAT, in the readings of Fig. 5.

Network, batch, rate and length are those of Fig. 5a; both methods train at its one rate. Fixed
before any run: a chip is struck at half of the epochs with once, twice and four times its
distortion, as on the bench (`robustness`); "very noisy" is the reading's 10 dB, and 0 dB.
"""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from asyt.devices import Device, DistortedDevice, Noise, Perturbation, Unsteady, demo
from asyt.experiments import authors, base, mnist, robustness, summaries
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed
from asyt.methods import method
from asyt.training import Branch, Data, Trainer
from asyt.twins import Weights

#: Deviations of the second relative error, a chip of the same pattern each.
STRUCK = tuple(condition.perturbation for condition in robustness.PERTURBED)
DECIBELS = (10.0, 0.0)


@dataclass(frozen=True)
class Config(base.Config):
    """One draw: a seed with its chip; in reading `authors`, an order of the samples on its chip."""

    by = ("reading", "seed")

    reading: str = "independent"
    struck: tuple[float, ...] = STRUCK
    decibels: tuple[float, ...] = ()  # ratios of the noise, each with chips that nothing strikes
    samples: int | None = None
    layers: tuple[int, ...] = (784, 256, 256, 10)
    epochs: int = 300
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        panel = "noise" if self.decibels else "perturbation"
        return f"{panel}, {super().label}"

    @property
    def fig5a(self) -> mnist.Config:
        """The run of Fig. 5a that this draw varies; of `authors` without its chip and start."""
        noise_settings = mnist.READINGS.get(self.reading, {})
        return mnist.Config(
            samples=self.samples,
            layers=self.layers,
            epochs=self.epochs,
            seed=self.seed,
            **noise_settings,
        )


BLOWS = tuple(condition.name for condition in robustness.PERTURBED)
RATIOS = tuple(f"{decibel:g} dB" for decibel in DECIBELS)
#: Panel -> the readings it is run in: without noise there is no Fig. 5h.
PERTURBED = ("authors", "independent", "floor", "common-gain")
NOISY = ("authors", "floor", "common-gain", "mean-square")
VARIANTS: list[dict[str, Any]] = [{"reading": name} for name in PERTURBED]
VARIANTS += [{"reading": name, "struck": (), "decibels": DECIBELS} for name in NOISY]
PROFILES = {
    "smoke": Config(samples=1200, epochs=2),
    "quick": Config(epochs=20),
    "paper": Config(),
}
SEEDS = (0, 1, 2)


def noise(config: Config, decibel: float | None) -> Noise | None:
    """The noise of the reading, at its own ratio or at another; of the demo's chip a common gain.

    The demo has its noise switched off, so its chip has none but where a ratio is asked for.
    """
    if config.reading == "authors":
        return None if decibel is None else Noise(decibel, common=True)
    fig5a = config.fig5a
    if decibel is not None:
        fig5a = replace(fig5a, noise_db=decibel)
    return mnist.noise(fig5a)


def chips(
    config: Config,
    number: int,
    decibel: float | None,
    compute: str,
) -> DistortedDevice:
    """The draw's chip, several times; open, for PAT reads its hidden layers."""
    twin = mnist.twin(config.fig5a)
    felt = noise(config, decibel)
    if config.reading == "authors":
        masks = authors.chip(config.layers, [1.0] * number, compute)
        return DistortedDevice.from_masks(twin, masks, felt, encapsulated=False)
    return DistortedDevice(
        twin,
        number,
        mnist.CHIPS,
        distortion=mnist.Config.distortion,
        noise=felt,
        chips=[config.seed] * number,
        encapsulated=False,
        compute=compute,
    )


def devices(config: Config, compute: str) -> dict[str, Device]:
    """What both methods train on: chips struck by each size, and a chip at each ratio."""
    fleets: dict[str, Device] = {}
    if config.struck:
        half = config.epochs // 2
        blow = Perturbation(half, config.struck)
        whole = chips(
            config,
            len(config.struck),
            None,
            compute,
        )
        fleets["perturbation"] = Unsteady(whole, blow, seed=config.seed)
    for decibel in config.decibels:
        fleets[f"{decibel:g} dB"] = chips(config, 1, decibel, compute)
    return fleets


def initial(config: Config) -> Weights:
    """The start of the digital model and all chips."""
    if config.reading == "authors":
        return demo.initial(config.layers)
    return mnist.initial(config.fig5a)


def build(
    config: Config,
    compute: str = "cpu",
    data: Data | None = None,
) -> Trainer:
    """The digital trajectory, and along it every device by AsyT and by PAT."""
    fig5a = config.fig5a
    branches = {}
    for name in robustness.COMPARED:
        for place, device in devices(config, compute).items():
            branches[f"{name}|{place}"] = Branch(method(name), device)
    return Trainer(
        mnist.twin(fig5a),
        [layer.to(compute) for layer in initial(config)],
        data or fig5a.data(compute),
        fig5a.schedule(),
        branches=branches,
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test when `mnist.evaluated` and after each of the three epochs in the middle.

    Returns:
        Tidy rows: epoch, method, fleet, chip, split, accuracy (fraction), condition (as in
        `robustness`, "digital" of the digital model).
    """
    half = config.epochs // 2

    def when(epoch: int) -> bool:
        return mnist.evaluated(epoch) or abs(epoch - half) <= 1

    trainer = build(config, execution.compute)
    trainer.fit(when, execution.checkpoint, progress=execution.progress)
    table = pd.DataFrame(trainer.rows)
    conditions = []
    for fleet, chip in zip(table.fleet, table.chip, strict=True):
        conditions.append(_condition(config, fleet, chip))
    return table.assign(condition=conditions)


def _condition(config: Config, fleet: str, chip: int) -> str:
    """What a chip of a fleet suffers from."""
    if fleet == "digital":
        return fleet
    place = fleet.partition("|")[2]
    if place == "perturbation":
        return f"perturbation {config.struck[chip]:g}"
    return place


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of chips, each condition named with its reading: "floor, 0 dB"."""
    rows = table[table.condition != "digital"]
    condition = rows.reading + ", " + rows.condition
    return rows.assign(condition=condition)


def curves(table: pd.DataFrame) -> pd.DataFrame:
    """As `robustness.curves`, of the conditions of `labelled`."""
    by = ["condition", "method", "epoch"]
    return summaries.interval(
        labelled(table),
        by,
        chips=None,
        replicates=2000,
    )


def differences(table: pd.DataFrame) -> pd.DataFrame:
    """As `robustness.differences`, a row a reading and condition.

    Returns:
        Rows reading, condition, asyt, pat, centre, low, high, n.
    """
    last = summaries.final(table[table.condition != "digital"])
    rows = []
    for (reading, condition), both in last.groupby(["reading", "condition"], sort=False):
        rows.append(
            {
                "reading": reading,
                "condition": condition,
                **robustness.lead(both),
            }
        )
    return pd.DataFrame(rows)


plan = one_a_seed(PROFILES, SEEDS, VARIANTS, smoke=1)
EXPERIMENT = Experiment("robustness-schedule", PROFILES, plan, run)
