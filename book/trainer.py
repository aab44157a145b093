"""Writes what the page "Train a network in your browser" draws from, and trains the same here.

The page (`extra/trainer/`) draws no numbers of its own. Data, initial values, chips, orders
of samples and noise come from the library's streams, in float64, as a script that also a page
opened from a file can load. `reference` is the library's run that the page repeats.
"""

import functools
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from asyt import streams
from asyt.angles import response_angle
from asyt.devices import DistortedDevice, Noise
from asyt.experiments import iris
from asyt.methods import LOOKS, METHODS
from asyt.schedules import orders
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron

#: What the trainer of the chapter "AsyT in ten minutes" is, but for what the sliders set.
CONFIG = iris.PROFILES["paper"]
TWIN = Perceptron(CONFIG.layers, activation=CONFIG.activation)
SHOWN = ("ideal-bp", "insilico-bp", "pseudo-ip-bp", "asyt")
#: Draws of split, initial values and order of the samples.
SEEDS = (0, 1, 2)
EPOCHS = 60
#: Numbers of noise; a moment starts at its own place among them, and goes round.
POOL, STRIDE = 2**14, 5003
#: The moment at which the angle is read; 0 is the training and 1 the evaluation of an epoch.
ANGLE = 2
FILE = "draws.js"


@dataclass(frozen=True)
class Setting:
    """What the sliders set.

    Attributes:
        distortion: standard deviation of P_sys (AsyT Eq. 9).
        noise: standard deviation of N_rand, as a share of the root-mean-square net output.
        mixing: M2 of AsyT Eq. 3, and 1 - M2 is M1.
        rate: learning rate of AsyT Eq. 2.
        draw: one of `SEEDS`.
    """

    distortion: float = 0.6
    noise: float = 0.0
    mixing: float = 0.5
    rate: float = 0.5
    draw: int = 0


@functools.cache
def pool() -> np.ndarray:
    """Normal numbers with four decimals, which text and float64 both hold exactly."""
    return streams.normal((POOL,), "noise", 0).numpy().round(4)


class Cursor:
    """A place among the numbers of noise, as a moment of a device has one."""

    def __init__(self, start: int):
        self.next = start

    def take(self, count: int) -> np.ndarray:
        """The places of the next numbers."""
        places = (self.next + np.arange(count)) % POOL
        self.next += count
        return places


@dataclass(frozen=True)
class PooledNoise(Noise):
    """The library's noise with the page's numbers."""

    def generator(self, _compute: torch.device, *address: int) -> Cursor:
        """As `Noise.generator`, of (device's seed, schedule's seed, epoch, phase)."""
        *_, epoch, phase = address
        return Cursor((3 * epoch + phase) * STRIDE)

    def draw(self, shape: tuple[int, ...], like: torch.Tensor, generator: Cursor) -> torch.Tensor:
        """As `Noise.draw`."""
        places = generator.take(int(np.prod(shape)))
        return torch.from_numpy(pool()[places].reshape(shape)).to(like)


def task(seed: int) -> Data:
    """Iris as in the chapter, in float64."""
    data = iris.task(seed)
    return Data(*(tensor.double() for tensor in vars(data).values()))


def chips(setting: Setting) -> DistortedDevice:
    """The population of a setting."""
    noise = None
    if setting.noise:
        noise = PooledNoise(-20 * float(np.log10(setting.noise)))
    return DistortedDevice(
        TWIN,
        CONFIG.devices,
        iris.CHIPS,
        distortion=setting.distortion,
        noise=noise,
        dtype=torch.float64,
    )


def trainer(setting: Setting, epochs: int = EPOCHS) -> Trainer:
    """The library's trainer of a setting."""
    mixed = METHODS["asyt"].mixing(1 - setting.mixing, setting.mixing)
    schedule = Schedule(
        epochs, CONFIG.batch_size, setting.rate, reduction="mean", seed=setting.draw
    )
    return Trainer(
        TWIN,
        TWIN.initial(setting.draw, CONFIG.weight_scale, CONFIG.bias_scale, torch.float64),
        task(setting.draw),
        schedule,
        branches={
            "asyt": Branch(mixed, chips(setting)),
            "pseudo-ip-bp": Branch(METHODS["pseudo-ip-bp"], chips(setting)),
        },
        insilico={"insilico-bp": chips(setting)},
    )


def angles(run: Trainer) -> list[float]:
    """AsyT Eq. 8 of every chip under AsyT, degrees."""
    branch = run.branches["asyt"]
    branch.device.at(run.schedule.seed, run.epoch, ANGLE)
    found = response_angle(TWIN, run.digital, branch.device, branch.controls, run.data.train_x)
    return found.tolist()


def reference(setting: Setting, epochs: int = EPOCHS) -> list[dict[str, Any]]:
    """What the library finds after each epoch, before training first.

    Returns:
        For each epoch the accuracy of the chips a method (fractions), `angle` (degrees) and the
        controls of the chips under AsyT and pseudo IP-BP, each in one list.
    """
    run, found = trainer(setting, epochs), []
    for epoch in range(epochs + 1):
        if epoch:
            run.run_epoch()
        run.rows.clear()
        run.evaluate()
        measured: dict[str, Any] = {name: [] for name in SHOWN}
        for row in run.rows:
            measured[row["method"]].append(row["accuracy"])
        measured["angle"] = angles(run)
        for name, branch in run.branches.items():
            measured[f"{name} controls"] = _flat(branch.controls)
        found.append(measured)
    return found


def _flat(weights: list[Any]) -> list[float]:
    """Controls chip by chip, a chip's weight and bias layer by layer."""
    tensors = [tensor.flatten(1) for layer in weights for tensor in layer.tensors()]
    return torch.cat(tensors, 1).flatten().tolist()


def draws() -> dict[str, Any]:
    """All that the page draws from."""
    unit = chips(Setting(distortion=1.0))  # 1 + error a parameter
    errors = [gain.map(lambda value: value - 1) for gain in unit.gain]
    return {
        "layers": CONFIG.layers,
        "batch": CONFIG.batch_size,
        "epochs": EPOCHS,
        "stride": STRIDE,
        "published": asdict(Setting()),
        "looks": {name: _look(name) for name in SHOWN},
        "errors": [_layers(errors, chip) for chip in range(CONFIG.devices)],
        "noise": pool().tolist(),
        "draws": [_draw(seed) for seed in SEEDS],
    }


def _look(name: str) -> dict[str, Any]:
    """How a method is called and drawn; dashes in units of the line's width times two."""
    label, colour, line, _ = LOOKS[name]
    dashes = [] if isinstance(line, str) else [2 * length for length in line[1]]
    return {"label": label, "colour": colour, "dash": dashes}


def _draw(seed: int) -> dict[str, Any]:
    data = task(seed)
    initial = TWIN.initial(seed, CONFIG.weight_scale, CONFIG.bias_scale, torch.float64)
    order = [orders(len(data.train_x), (), seed, epoch).tolist() for epoch in range(EPOCHS)]
    return {
        "train": {"x": data.train_x.tolist(), "y": data.train_y.argmax(-1).tolist()},
        "test": {"x": data.test_x.tolist(), "y": data.test_y.argmax(-1).tolist()},
        "initial": _layers(initial),
        "order": order,
    }


def _layers(weights: list[Any], chip: int | None = None) -> list[dict[str, Any]]:
    """Weight, (out, in) row by row, and bias of each layer, of one chip."""
    found = []
    for layer in weights:
        one = layer if chip is None else layer.map(lambda tensor: tensor[chip])
        found.append({"weight": one.weight.flatten().tolist(), "bias": one.bias.tolist()})
    return found


def write(folder: Path) -> Path:
    """Write the script that holds `draws`, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(draws(), separators=(",", ":"))
    file = folder / FILE
    file.write_text(f"window.AsyT = {{ draws: {text} }};\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    write(Path(sys.argv[1]) / "extra" / "trainer")
