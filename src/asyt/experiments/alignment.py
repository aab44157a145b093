"""The two alignment statements of AsyT's Methods: broken by distortion, and within 90 degrees."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt import breaking, streams
from asyt.errors import ResultError
from asyt.experiments import base, mnist
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.experiments.check import stored as stored_result
from asyt.methods.sources import DigitalStep
from asyt.training import TRAINING, Trainer

#: Similar magnitudes: within a factor of two either way. Ours, fixed before any angle was measured.
SIMILAR = 2.0
#: The distortions the paper names, by claim, as shares of the tunable range.
NAMED = {"asyt-m-10percent": 0.10, "asyt-m-25percent": 0.25}
RANGE = tuple(round(0.05 * k, 2) for k in range(2, 25))  # distortions sampled for one connection
LAYER_DISTORTIONS = (0.25, 0.6, 1.2)
#: Name of a layer -> its connections.
LAYERS = {
    "1": 1,
    "2x2": 4,
    "4x4": 16,
    "8x4": 32,
    "16x16": 256,
}
#: What may lie between a live and the stored largest angle: small networks are chaotic in rounding.
DEGREES = 3.0


@dataclass(frozen=True)
class Config(base.Config):
    """One seed: samples of the rare event, random layers, and a short MNIST training, two noises.

    Rate, mixing, distortion and initial values are those of Fig. 5a; all else is ours.
    """

    draws: int = 100_000
    samples: int = 6000
    epochs: int = 30
    every: int = 10  # steps between two measurements of the updates, after as many at every step
    devices: int = 3
    seed: int = 0

    def read(self, table: pd.DataFrame) -> pd.DataFrame:
        """With column `reading` in place of `noise`."""
        return mnist.renamed(table)

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"alignment, seed {self.seed}"


SEEDS = (0, 1, 2, 3, 4)
PROFILES = {
    "smoke": Config(draws=2000, samples=1200, epochs=2, every=1, devices=2),
    "quick": Config(epochs=10),
    "paper": Config(),
}


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Everything of one seed; a minute, so no checkpoint.

    Returns:
        Tidy rows: quantity, distortion, size (connections of a layer; number of the layer of an
        update), value, extra, noise, step, chip. connection: sampled probability, its standard
        error. layer: exact probability, share of random layers beyond 90 degrees. update: angle
        between AsyT and digital update in degrees, magnitude of the pseudo over the digital.
    """
    parts = [_broken(config.draws, config.seed)]
    for noise in ("none", "10 dB mean-square"):
        reading = mnist.FIRST_NAMES[noise]
        trained = mnist.Config(
            samples=config.samples,
            epochs=config.epochs,
            devices=config.devices,
            seed=config.seed,
            **mnist.READINGS[reading],
        )
        trainer = mnist.build(trained, execution.compute)
        measured = pd.DataFrame(updates(trainer, trained.mixing, config.every))
        parts.append(measured.assign(noise=noise, distortion=trained.distortion))
    return pd.concat(parts, ignore_index=True)


def _broken(draws: int, seed: int) -> pd.DataFrame:
    """Probabilities that distortion breaks the alignment: the rows `connection` and `layer`."""
    rows: list[dict[str, Any]] = []
    for distortion in RANGE:
        probability, error = breaking.sampled(distortion, draws, seed)
        rows.append(
            {
                "quantity": "connection",
                "distortion": distortion,
                "size": 1,
                "value": probability,
                "extra": error,
            }
        )
    for distortion, size in product(LAYER_DISTORTIONS, LAYERS.values()):
        seen, exact = breaking.layers(distortion, size, draws, seed)
        rows.append(
            {
                "quantity": "layer",
                "distortion": distortion,
                "size": size,
                "value": exact,
                "extra": seen,
            }
        )
    return pd.DataFrame(rows).assign(noise="none", step=0, chip=0)


@torch.no_grad()
def updates(trainer: Trainer, mixing: tuple[float, float], every: int) -> Iterator[dict[str, Any]]:
    """Train, and compare the updates layer by layer: the first `every` steps, then now and then."""
    (branch,) = trainer.branches.values()
    schedule = trainer.schedule
    data = trainer.data
    step = 0
    for epoch in range(schedule.epochs):
        branch.device.at(schedule.seed, epoch, TRAINING)
        order = streams.permutation(
            len(data.train_x),
            "batches",
            schedule.seed,
            epoch,
        )
        order = order.to(data.train_x.device)
        for rows in order.split(schedule.batch_size):
            x = data.train_x[rows]
            target = data.train_y[rows]
            if step < every or step % every == 0:
                for row in compare(trainer, mixing, x, target):
                    yield {**row, "step": step}
            trainer.step(x, target)
            step += 1


def compare(
    trainer: Trainer,
    mixing: tuple[float, float],
    x: Tensor,
    target: Tensor,
) -> Iterator[dict[str, Any]]:
    """AsyT's update beside the digital one on a batch: a row a layer and chip."""
    twin = trainer.twin
    digital = trainer.digital
    (branch,) = trainer.branches.values()
    states = twin.forward(digital, x)
    now = DigitalStep(digital, states, twin.error(states[-1], target))
    ideal = twin.vjp(states, digital, now.error)
    asyt = branch.method.gradient(
        twin,
        now,
        branch.device,
        branch.controls,
        x,
        target,
    )
    pairs = zip(asyt, ideal, strict=True)
    for number, pair in enumerate(pairs, start=1):
        degrees, magnitudes = breaking.turned(*pair, mixing)  # (C,) each
        of_chips = zip(degrees.tolist(), magnitudes.tolist(), strict=True)
        for chip, (angle, ratio) in enumerate(of_chips):
            yield {
                "quantity": "update",
                "size": number,
                "chip": chip,
                "value": angle,
                "extra": ratio,
            }


def connections(table: pd.DataFrame) -> pd.DataFrame:
    """A distortion: the sampled probability of one connection over seeds, and its error (extra)."""
    sampled = table[table.quantity == "connection"]
    squared = sampled.assign(square=sampled.extra**2)
    grouped = squared.groupby(["distortion", "size"])
    error = np.sqrt(grouped.square.sum()) / grouped.size()
    mean = grouped.value.mean().to_frame()
    return mean.assign(extra=error).reset_index()


def layers(table: pd.DataFrame) -> pd.DataFrame:
    """A distortion and size: exact probability over seeds, and the share that was seen (extra)."""
    random_layers = table[table.quantity == "layer"]
    grouped = random_layers.groupby(["distortion", "size"])
    return grouped[["value", "extra"]].mean().reset_index()


def angles(table: pd.DataFrame) -> pd.DataFrame:
    """The angles and ratios of the updates."""
    return table[table.quantity == "update"]


def similar(table: pd.DataFrame) -> pd.DataFrame:
    """The updates of similar magnitude (`SIMILAR`)."""
    measured = angles(table)
    alike = measured.extra.between(1 / SIMILAR, SIMILAR)
    return measured[alike]


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Median magnitude of the pseudo over the digital update: a row a reading.

    Columns `all` steps, and those `late`, in the last sixth of the training.
    """
    measured = angles(table)
    late = measured[measured.step > 5 / 6 * measured.step.max()]
    medians = {
        "all": measured.groupby("reading").extra.median(),
        "late": late.groupby("reading").extra.median(),
    }
    return pd.DataFrame(medians)


def beginning(config: Config, epochs: int) -> tuple[int, float]:
    """Repeat the first epochs of a stored run, here and now: what a page checks.

    Returns:
        The number of steps, and how far the largest angle is from the stored one, degrees.

    Raises:
        ResultError: as `check`.
    """
    live = run(replace(config, epochs=epochs))
    last_step = live.step.max()
    kept = stored_result(EXPERIMENT, config).table
    degrees = check(live, kept[kept.step <= last_step])
    return int(last_step) + 1, degrees


def check(live: pd.DataFrame, stored: pd.DataFrame) -> float:
    """How far the largest angle of the claim, computed live, is from the stored one, degrees.

    Raises:
        ResultError: more than `DEGREES`, or the sampled probabilities differ.
    """
    largest = similar(live).value.max()
    stored_largest = similar(stored).value.max()
    difference = abs(float(largest - stored_largest))
    same_samples = np.allclose(
        connections(live).value,
        connections(stored).value,
        rtol=1e-6,
        atol=0,
    )
    if difference > DEGREES or not same_samples:
        raise ResultError(
            f"'{EXPERIMENT.name}' differs from its stored table by {difference:.1f} degrees: "
            f"run `asyt run {EXPERIMENT.name} --profile paper --force`."
        )
    return difference


EXPERIMENT = Experiment(
    "alignment",
    PROFILES,
    base.one_a_seed(PROFILES, SEEDS),
    run,
    population=True,
)
