"""Stored digital updates, replayed on a device that comes later (AsyT, Fig. 6c and Discussion)."""

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import torch
from torch import Tensor

from asyt.devices import DistortedDevice
from asyt.experiments import base, tasks
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.methods import METHODS, GradientMethod
from asyt.methods.two_passes import TwoPasses
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron, tensors


@dataclass(frozen=True)
class Config(base.Config):
    """A short run on drawn data; the published one has the layers and batch of MNIST."""

    layers: tuple[int, ...] = (784, 256, 256, 10)
    batch: int = 600
    steps: int = 20
    distortion: float = 0.6
    rate: float = 1e-4
    seed: int = 0


#: Seed of the chip that comes later.
CHIP_B = 1
PROFILES = {
    "smoke": Config(layers=(20, 16, 4), batch=30, steps=4),
    "quick": Config(),
    "paper": Config(),
}


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train chip B beside the digital model, from stored updates, and by the fused pass.

    Returns:
        By precision and quantity, the largest difference of a control of chip B: `replayed`,
        `fused`, and `change`, from its start.
    """
    rows, compute = [], execution.compute
    for dtype in (torch.float32, torch.float64):
        afresh, fused = TwoPasses(), METHODS["asyt"]
        wanted = trained(config, dtype, afresh, compute)
        replayed = TwoPasses(replay=iter(afresh.stored))
        others = {
            "replayed": trained(config, dtype, replayed, compute),
            "fused": trained(config, dtype, fused, compute),
            "change": trained(config, dtype, fused, compute, epochs=0),
        }
        precision = str(dtype).removeprefix("torch.")
        for quantity, other in others.items():
            rows.append((precision, quantity, difference(wanted, other)))
    return pd.DataFrame(rows, columns=["precision", "quantity", "value"])


def trained(
    config: Config,
    dtype: torch.dtype,
    method: GradientMethod,
    compute: str = "cpu",
    epochs: int = 1,
) -> list[Tensor]:
    """The controls of chip B after the run, or after no epoch of it."""
    twin, distortion = Perceptron(config.layers, clip=1.0), config.distortion
    chip = DistortedDevice(twin, 1, CHIP_B, distortion=distortion, dtype=dtype, compute=compute)
    initial = [layer.to(compute) for layer in twin.initial(config.seed, 0.1, 0.5, dtype)]
    schedule = Schedule(1, config.batch, config.rate)
    branch = Branch(method, chip)
    data = task(config, dtype, compute)
    trainer = Trainer(twin, initial, data, schedule, branches={"chip B": branch})
    for _ in range(epochs):
        trainer.run_epoch()
    return tensors(branch.controls)


def task(config: Config, dtype: torch.dtype, compute: str) -> Data:
    """Drawn inputs, and the classes in turn."""
    inputs, classes = config.layers[0], config.layers[-1]
    samples = config.batch * config.steps
    generator = torch.Generator().manual_seed(config.seed)
    x = torch.rand(samples, inputs, generator=generator, dtype=dtype) / inputs**0.5
    target = torch.eye(classes, dtype=dtype)[torch.arange(samples) % classes]
    return tasks.moved(Data(x, target, x, target), compute)


def difference(ours: list[Tensor], others: list[Tensor]) -> float:
    """The largest between two sets of controls."""
    return max(float((a - b).abs().max()) for a, b in zip(ours, others, strict=True))


def differences(table: pd.DataFrame) -> pd.DataFrame:
    """One row a precision: largest differences in the controls."""
    wide = table.pivot(index="precision", columns="quantity", values="value")
    titles = {
        "replayed": "replayed against afresh",
        "fused": "fused pass against two passes",
        "change": "change made by training",
    }
    shown = wide[list(titles)].map("{:.1e}".format).rename(columns=titles)
    return shown.rename_axis(columns=None).reset_index()


def storage(
    layers: tuple[int, ...] = (784, 256, 256, 10), steps: int = 30_000, batch: int = 600
) -> dict[str, float]:
    """GB (1e9 bytes) in float32 of the updates, and of the hidden activations behind them."""
    weights = sum(outputs * (inputs + 1) for inputs, outputs in pairwise(layers))
    return {
        "updates": 4e-9 * weights * steps,
        "activations": 4e-9 * batch * sum(layers[1:-1]) * steps,
    }


EXPERIMENT = Experiment("reuse", PROFILES, base.one_a_seed(PROFILES), run)
