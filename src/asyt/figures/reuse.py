"""Stored digital updates, replayed on a device that comes later (AsyT, Fig. 6c and Discussion)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd
import torch
from torch import Tensor

from asyt.claims import Measurement
from asyt.devices import Device, DistortedDevice
from asyt.methods import METHODS
from asyt.methods.gradient import GradientMethod, through_weights
from asyt.methods.sources import DigitalStep, Path
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, Perceptron, Weights

EXPERIMENT = "reuse"
PAGE = "efficiency.html#stored-updates"
CLAIMS = ("asyt-6c-reuse",)
FIGURES: dict = {}


@dataclass(frozen=True)
class TwoPasses(GradientMethod):
    """AsyT as Eq. 3 is written: the digital update and the pseudo update computed apart, then mixed.

    Attributes:
        stored: digital updates (BP of the digital error), one a step. With `replay` they are taken
            from here, else they are computed and put here.
        replay: whether to take them.
    """

    stored: list[Weights] = field(default_factory=list)
    replay: Iterator[Weights] | None = None

    def gradient(
        self,
        twin: Perceptron,
        step: DigitalStep,
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """M1 * BP(E_dig) + M2 * BP(E_phy)."""
        readout, path = self.source(twin, step, device, controls, x)
        pseudo = through_weights(twin, path, twin.error(readout, target) * scale)
        if self.replay is None:
            digital = through_weights(twin, Path(step.states, step.weights), step.error)
            self.stored.append(digital)
        else:
            digital = next(self.replay)
        return [
            Layer(*(self.digital * a + self.physical * b for a, b in zip(*pair, strict=True)))
            for pair in zip(digital, pseudo, strict=True)
        ]


@dataclass(frozen=True)
class Config:
    """A short run on drawn data; the published one has the layers and batch of MNIST."""

    layers: tuple[int, ...] = (784, 256, 256, 10)
    batch: int = 600
    steps: int = 20
    distortion: float = 0.6
    rate: float = 1e-4
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{list(self.layers)}, {self.steps} steps, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


PROFILES = {
    "smoke": Config(layers=(20, 16, 4), batch=30, steps=4),
    "quick": Config(),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """One run a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds]


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train chip B beside chip A; then chip B alone with the updates stored on A's trajectory; then by the fused pass.

    Returns:
        One row a precision: quantities `replayed` and `fused`, the largest difference of a control
        of chip B, and `change`, the largest difference its controls made from their start.
    """
    rows = []
    for dtype in (torch.float32, torch.float64):
        first = TwoPasses(**_asyt())
        afresh = _controls(config, dtype, first, compute)
        replayed = _controls(
            config, dtype, TwoPasses(**_asyt(), replay=iter(first.stored)), compute
        )
        fused = _controls(config, dtype, METHODS["asyt"], compute)
        start = _controls(config, dtype, None, compute)
        for quantity, other in (("replayed", replayed), ("fused", fused), ("change", start)):
            value = max(float((a - b).abs().max()) for a, b in zip(afresh, other, strict=True))
            rows.append(
                {
                    "precision": str(dtype).removeprefix("torch."),
                    "quantity": quantity,
                    "value": value,
                }
            )
    return pd.DataFrame(rows)


def _asyt() -> dict:
    row = METHODS["asyt"]
    return {"name": row.name, "label": row.label, "digital": row.digital, "physical": row.physical}


def _controls(
    config: Config, dtype: torch.dtype, method: GradientMethod | None, compute: str
) -> list[Tensor]:
    """The controls of chip B after the run; without a method those it starts from."""
    generator = torch.Generator().manual_seed(config.seed)
    samples = config.batch * config.steps
    x = (
        torch.rand(samples, config.layers[0], generator=generator, dtype=dtype).to(compute)
        / config.layers[0] ** 0.5
    )
    target = torch.eye(config.layers[-1], dtype=dtype)[
        torch.arange(samples) % config.layers[-1]
    ].to(compute)
    twin = Perceptron(config.layers, clip=1.0)
    chip = DistortedDevice(twin, 1, 1, distortion=config.distortion, dtype=dtype, compute=compute)
    initial = [
        Layer(*(t.to(compute) for t in layer))
        for layer in twin.initial(config.seed, 0.1, 0.5, dtype)
    ]
    trainer = Trainer(
        twin,
        initial,
        Data(x, target, x, target),
        Schedule(1, config.batch, config.rate),
        branches={"chip B": Branch(METHODS["asyt"] if method is None else method, chip)},
    )
    if method is not None:
        trainer.run_epoch()
    return [t for layer in trainer.branches["chip B"].controls for t in layer]


def differences(table: pd.DataFrame) -> pd.DataFrame:
    """One row a precision: largest differences in the controls."""
    wide = table.pivot(index="precision", columns="quantity", values="value").reset_index()
    text = {name: wide[name].map("{:.1e}".format) for name in ("replayed", "fused", "change")}
    return pd.DataFrame(
        {
            "precision": wide.precision,
            "replayed against afresh": text["replayed"],
            "fused pass against two passes": text["fused"],
            "change made by training": text["change"],
        }
    )


def storage(
    layers: tuple[int, ...] = (784, 256, 256, 10), steps: int = 30_000, batch: int = 600
) -> dict[str, float]:
    """GB (1e9 bytes) that a replay needs in float32: the updates, and the hidden activations of the digital model."""
    weights = sum(n_out * (n_in + 1) for n_in, n_out in zip(layers, layers[1:], strict=False))
    return {
        "updates": 4e-9 * weights * steps,
        "activations": 4e-9 * batch * sum(layers[1:-1]) * steps,
    }


def measurements() -> list[Measurement]:
    """Whether a replay gives the same controls."""
    from asyt import experiments

    found = experiments.table(EXPERIMENT, "paper").set_index(["precision", "quantity"]).value
    exact = found["float32", "replayed"] == found["float64", "replayed"] == 0
    fused = float(found["float64", "fused"])
    reading = (
        "replayed controls equal bit for bit; the number is the largest difference from the fused "
        "pass in "
        "float64. A replay still needs the digital activations of each batch"
    )
    holds = bool(exact and fused <= 1e-12)
    return [
        Measurement("asyt-6c-reuse", measured=fused, n=1, page=PAGE, holds=holds, reading=reading)
    ]
