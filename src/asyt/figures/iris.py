"""Iris on a population of distorted chips: the first look of "AsyT in ten minutes", and the counters of AsyT Fig. 1.

This is the ideal perceptron with AsyT Eq. 9 on top, not the photonic hardware of AsyT Figs. 2 and
3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
import torch
from matplotlib.figure import Figure

from asyt import datasets, statistics
from asyt.claims import Measurement
from asyt.devices import DistortedDevice
from asyt.figures import Drawing, schematics
from asyt.figures import _style as style
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron

EXPERIMENT = "iris"
PAGE = "ten-minutes.html"
CLAIMS = ("asyt-1-concept",)
FIGURES = {
    "asyt-fig1": Drawing(
        "iris",
        "draw_concept",
        "What is read, and when (after Fig. 1 of the paper, redrawn). (a) A truncated network is "
        "read and rewritten "
        "at every layer, an encapsulated one only at its outputs. (b) One step of AsyT. (c) One "
        "digital model serves "
        "many chips. Every number is a counter of a run on Iris, [4, 4, 3].",
        "Schematic in three panels. Light path with interfaces at each layer against a closed one; "
        "the digital "
        "parallel model and the device with their errors mixed; one digital model and several "
        "chips.",
    ),
    "iris-ten-minutes": Drawing(
        "iris",
        "draw",
        "Iris on a population of distorted chips. (a-c) Test accuracy of three methods, median and "
        "5-95 % range over "
        "chips, splits and initial values, beside the median of ideal BP. (d) Angle between the "
        "responses of digital "
        "model and device (AsyT Eq. 8) under AsyT.",
        "Accuracy against epoch for in-silico BP, pseudo IP-BP and AsyT, each beside ideal BP; "
        "last, the alignment "
        "angle falling during training.",
    ),
}


@dataclass(frozen=True)
class Config:
    """One split, one set of initial values, one population. The layers are the paper's; all else is ours.

    Rate and epochs were chosen so that ideal BP converges, before any device was trained.
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

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"iris, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


SEEDS = tuple(range(10))
EVERY = 10  # epochs between evaluations
PROFILES = {"smoke": Config(epochs=10, devices=3), "quick": Config(), "paper": Config()}


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """One run a seed; the seed chooses the split, the initial values and the batches."""
    base = PROFILES[profile] if devices is None else replace(PROFILES[profile], devices=devices)
    chosen = seeds or (SEEDS[:2] if profile == "smoke" else SEEDS)
    return [replace(base, seed=seed) for seed in chosen]


def tensors(seed: int) -> Data:
    """Iris, features scaled to [0, 1] by the range of the training split."""
    data = datasets.load("iris", split_seed=seed)
    low, high = data.train_x.min(0), data.train_x.max(0)
    train, test = (torch.from_numpy((x - low) / (high - low)) for x in (data.train_x, data.test_x))
    labels = (
        torch.nn.functional.one_hot(torch.from_numpy(y), 3).float()
        for y in (data.train_y, data.test_y)
    )
    train_y, test_y = labels
    return Data(train, train_y, test, test_y)


def build(config: Config, compute: str = "cpu") -> Trainer:
    """AsyT and pseudo IP-BP on the same chips, beside the digital model they lean on."""
    twin = Perceptron(config.layers, activation=config.activation)
    data = Data(*(t.to(compute) for t in vars(tensors(config.seed)).values()))

    def chips() -> DistortedDevice:
        return DistortedDevice(
            twin, config.devices, 0, distortion=config.distortion, compute=compute
        )

    initial = twin.initial(config.seed, config.weight_scale, config.bias_scale)
    initial = [type(layer)(*(t.to(compute) for t in layer)) for layer in initial]
    schedule = Schedule(
        config.epochs, config.batch_size, config.rate, reduction=config.reduction, seed=config.seed
    )
    branches = {name: Branch(METHODS[name], chips()) for name in ("asyt", "pseudo-ip-bp")}
    return Trainer(
        twin, initial, data, schedule, branches=branches, insilico={"insilico-bp": chips()}
    )


def alignment_angle(trainer: Trainer, branch: str) -> torch.Tensor:
    """Angle in degrees between the class scores of the digital model and of each chip on the training inputs (Eq. 8).

    Returns:
        (C,)
    """
    trained = trainer.branches[branch]
    x = trainer.data.train_x
    b = trainer.twin.predict(trainer.twin.forward(trainer.digital, x)[-1]).flatten()
    a = trainer.twin.predict(trained.device(trained.controls, x)).flatten(-2)
    return torch.rad2deg(torch.arccos(torch.cosine_similarity(a, b, dim=-1).clamp(-1, 1)))


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train, and test every tenth epoch; seconds, so `checkpoint` is not used.

    Returns:
        Tidy rows: quantity (accuracy as a fraction, angle in degrees), epoch, method, fleet, chip,
        split, value.
    """
    trainer = build(config, compute)
    angles = []
    for epoch in range(config.epochs + 1):
        if epoch:
            trainer.run_epoch()
        if epoch % EVERY == 0:
            trainer.evaluate()
            angles += [
                {
                    "quantity": "angle",
                    "epoch": epoch,
                    "method": "asyt",
                    "fleet": "asyt",
                    "chip": chip,
                    "split": "train",
                    "value": value,
                }
                for chip, value in enumerate(alignment_angle(trainer, "asyt").tolist())
            ]
    accuracy = (
        pd.DataFrame(trainer.rows).rename(columns={"accuracy": "value"}).assign(quantity="accuracy")
    )
    return pd.concat([accuracy, pd.DataFrame(angles)], ignore_index=True)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Median and 5-95 % range over chips, splits and initial values, a quantity, method, split and epoch."""
    rows = []
    for key, part in table.groupby(["quantity", "method", "split", "epoch"], sort=False):
        scale = 100 if key[0] == "accuracy" else 1
        found = statistics.population(scale * part.value.to_numpy())
        rows.append(
            {
                **dict(zip(("quantity", "method", "split", "epoch"), key, strict=True)),
                "median": found.median,
                "low": found.low,
                "high": found.high,
                "n": found.n,
            }
        )
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy of each method beside ideal BP, and the alignment angle under AsyT, against epoch."""
    shown = summary(table)
    figure, axes = plt.subplots(1, 4, figsize=(style.PAGE, 0.36 * style.PAGE))
    accuracy = shown[shown.quantity == "accuracy"]
    ideal = accuracy[accuracy.method == "ideal-bp"]
    for ax, name in zip(axes, ("insilico-bp", "pseudo-ip-bp", "asyt"), strict=False):
        line = accuracy[accuracy.method == name]
        style.band(ax, line.epoch, line["median"], line.low, line.high, name, n=int(line.n.iloc[0]))
        look = style.look("ideal-bp")
        ax.plot(ideal.epoch, ideal["median"], color=look.colour, linewidth=1)
        ax.set(ylim=(0, 102), title=f"{style.LABELS[name]} (n = {line.n.iloc[0]})")
        axes[0].lines[-1].set_label(f"{look.label} (median, n = {ideal.n.iloc[0]})")
    figure.legend(handles=[axes[0].lines[-1]], loc="outside upper center")
    axes[0].set_ylabel("test accuracy (%)")
    angle = shown[shown.quantity == "angle"]
    style.band(
        axes[3], angle.epoch, angle["median"], angle.low, angle.high, "asyt", n=int(angle.n.iloc[0])
    )
    axes[3].set(ylabel="angle to the model (degrees)", title="Angle under AsyT")
    axes[3].set_ylim(bottom=0)
    for ax in axes:
        ax.set(xlabel="epoch", xlim=(0, shown.epoch.max()))
    style.panel_letters(axes)
    return figure, shown


def accesses(config: Config = PROFILES["smoke"]) -> dict[str, dict[str, float]]:
    """Interface crossings a sample, counted by devices that really ran the training data once.

    Returns:
        {"encapsulated" | "truncated": {"reads", "writes", "accesses", "time_steps"}}
    """
    trainer = build(config)
    twin, x = trainer.twin, trainer.data.train_x
    controls = trainer.branches["asyt"].controls
    counted = {}
    for name in ("encapsulated", "truncated"):
        closed = name == "encapsulated"
        chips = DistortedDevice(
            twin, config.devices, 0, distortion=config.distortion, encapsulated=closed
        )
        run = chips if chips.encapsulated else chips.layer_by_layer
        run(controls, x)
        counted[name] = chips.accesses.a_sample()
    return counted


def draw_concept(table: pd.DataFrame | None = None) -> tuple[Figure, pd.DataFrame]:
    """AsyT Fig. 1, redrawn, with the counters of a run on it."""
    counted = accesses()
    plotted = pd.DataFrame(counted).T.rename_axis("structure").reset_index()
    return schematics.concept(counted), plotted


def measurements(profile: str = "paper") -> list[Measurement]:
    """Whether the numbers on the schematic are the paper's: P against 2M - P accesses, 1 against N + 1 steps."""
    layers = PROFILES[profile].layers
    neurons, outputs, hidden = sum(layers[1:]), layers[-1], len(layers) - 2
    counted = accesses(PROFILES[profile])
    agrees = (
        counted["encapsulated"]["accesses"] == outputs
        and counted["truncated"]["accesses"] == 2 * neurons - outputs
        and counted["encapsulated"]["time_steps"] == 1
        and counted["truncated"]["time_steps"] == hidden + 1
    )
    reading = "accesses and time-steps a sample, counted by both kinds of device on Iris, against P, 2M - P, 1, N + 1"
    return [Measurement("asyt-1-concept", reading=reading, page=PAGE, n=1, holds=agrees)]
