"""How large the controls of a device become under AsyT, with and without noise (beyond the paper).

The noise of AsyT Eq. 9 is a ratio to the signal: no device outgrows it, its output error never
vanishes, and AsyT goes on pushing the controls.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch

from asyt.experiments import base, mnist
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.training import Trainer
from asyt.twins import Weights, tensors


@dataclass(frozen=True)
class Config(mnist.Config):
    """The MNIST run with one chip and fewer epochs, optionally with a limited range of controls."""

    epochs: int = 80
    devices: int = 1
    limit: float | None = None  # of a weight or bias; the digital model is not limited

    @property
    def reading(self) -> str:
        """The reading of the noise, with the limit if there is one."""
        limited = "" if self.limit is None else f", controls within {self.limit:g}"
        return super().reading + limited


STRONG = mnist.READINGS["mean-square"]
VARIANTS: tuple[dict[str, Any], ...] = (
    mnist.READINGS["independent"],
    STRONG,
    mnist.READINGS["power"],
    mnist.READINGS["common-gain"],
    {**STRONG, "limit": 1.0},
)
PROFILES = {
    "smoke": Config(samples=3000, epochs=3),
    "quick": Config(epochs=10),
    "paper": Config(),
}
plan = base.one_a_seed(PROFILES, variants=VARIANTS)


def build(config: Config, compute: str = "cpu") -> Trainer:
    """The trainer of a config, its controls kept within the limit."""
    trainer = mnist.build(config, compute)
    if config.limit is not None:
        (branch,) = trainer.branches.values()
        branch.limits = (-config.limit, config.limit)
    return trainer


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train; where MNIST is tested, test, and measure the controls. Minutes: no checkpoint.

    Returns:
        Tidy rows: quantity (accuracy as a fraction; size, the root mean square of all weights and
        biases), epoch, method (ideal-bp stands for the digital model), chip, value.
    """
    trainer = build(config, execution.compute)
    measured: list[dict[str, Any]] = []

    def when(epoch: int) -> bool:
        due = mnist.evaluated(epoch)
        if due:
            measured.extend(sizes(trainer))
        return due

    tested = pd.DataFrame(trainer.fit(when))
    fractions = tested.drop(columns=["fleet", "split"])
    values = fractions.rename(columns={"accuracy": "value"})
    accuracy = values.assign(quantity="accuracy")
    return pd.concat([accuracy, pd.DataFrame(measured)], ignore_index=True)


def sizes(trainer: Trainer) -> list[dict[str, Any]]:
    """Root mean square of all parameters of the digital model and of each chip's controls."""
    (branch,) = trainer.branches.values()
    chips = branch.device.population
    measured = {
        "ideal-bp": _sizes(trainer.digital, 1),
        "asyt": _sizes(branch.controls, chips),
    }
    rows = []
    for method, values in measured.items():
        for chip, value in enumerate(values):
            rows.append(
                {
                    "quantity": "size",
                    "epoch": trainer.epoch,
                    "method": method,
                    "chip": chip,
                    "value": value,
                }
            )
    return rows


def _sizes(weights: Weights, chips: int) -> list[float]:
    rows = [tensor.reshape(chips, -1) for tensor in tensors(weights)]
    parameters = torch.cat(rows, 1)
    return parameters.square().mean(1).sqrt().tolist()


def outcome(table: pd.DataFrame) -> pd.DataFrame:
    """By reading: best and last accuracy of the chip, size of its controls over the digital one."""
    rows = []
    for reading, draw in table.groupby("reading", sort=False):
        curve = draw.pivot_table(index="epoch", columns=["quantity", "method"], values="value")
        end = curve.iloc[-1]
        row = {
            "reading": reading,
            "peak (%)": 100 * curve["accuracy", "asyt"].max(),
            "end (%)": 100 * end["accuracy", "asyt"],
            "digital model (%)": 100 * end["accuracy", "ideal-bp"],
            "size ratio": end["size", "asyt"] / end["size", "ideal-bp"],
        }
        rows.append(row)
    return pd.DataFrame(rows)


EXPERIMENT = Experiment("mnist-growth", PROFILES, plan, run, population=True)
