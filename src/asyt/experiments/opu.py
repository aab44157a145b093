"""The optical processing unit by itself: holography, linearity, statistics, and its camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asyt import streams
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera
from asyt.experiments import base, check
from asyt.experiments.base import HERE, Execution, Experiment, Seeds

SCHEMES = ("off-axis", "phase-shifting", "phase-shifting-3")
SEEDS = (0, 1, 2)
#: What is shown of a run: pixels of a frame, parts of its spectrum, and projections.
PIXELS, PARTS, PROJECTIONS = 64, 128, 200
#: What a value may differ by where a pixel can fall on the other side of a grey level: 0.01.
POINTS = 1.0
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Config(base.Config):
    """One medium, with the default camera.

    Vectors are ternary, -1, 0 and 1 equally likely, and not used for anything else.
    """

    inputs: int = 64
    outputs: int = 2048
    vectors: int = 64
    wells: tuple[float, ...] = (300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6)
    bits: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 10, 12)
    full_scales: tuple[float, ...] = (8, 10, 12, 15, 20, 30, 60, 120)
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.outputs} x {self.inputs}, seed {self.seed}"


PROFILES = {
    "smoke": Config(outputs=256, vectors=8, wells=(1e3, 1e5), bits=(4, 8), full_scales=(10, 30)),
    "quick": Config(outputs=1024, vectors=32),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """One medium a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds or SEEDS]


def vectors(config: Config, part: int) -> Tensor:
    """Random ternary vectors (vectors, inputs), float64."""
    generator = streams.generator("subset", config.seed, part)
    drawn = generator.integers(-1, 2, (config.vectors, config.inputs))
    return torch.from_numpy(drawn).double()


def unit(config: Config, scheme: str, camera: Camera | None = None) -> OpticalProcessingUnit:
    """A unit with the medium of a config."""
    return OpticalProcessingUnit(
        config.inputs, config.outputs, config.seed, scheme, camera=camera, dtype=torch.float64
    )


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Measure one medium, in seconds.

    Returns:
        Tidy rows: quantity, scheme, x, value. Noise and residuals are standard deviations of a
        projection's entry, in units of a matrix entry's (one).
    """
    matrix = unit(config, "ideal").matrix()
    e = vectors(config, 0)
    true = e @ matrix.T
    rows: Rows = []
    for scheme in SCHEMES:
        rows += _fidelity(config, scheme, e, true)
        rows += _camera_sweeps(config, scheme, e, true)
    for scale in config.full_scales:
        swept = unit(config, "off-axis", Camera(full_scale=scale))
        residual = (swept.project(e) - true).std()
        rows.append(_row("residual, full scale", "off-axis", residual, scale))
        rows.append(_row("saturated", "off-axis", swept.saturated, scale))
    rows += _entries(config, matrix)
    rows += _frames(config, e, true)
    return pd.DataFrame(rows)


EXPERIMENT = Experiment("opu", PROFILES, plan, run, gpu=False)


def _row(quantity: str, scheme: str, value: Tensor | float, x: Tensor | float = 0) -> dict:
    return {"quantity": quantity, "scheme": scheme, "x": float(x), "value": float(value)}


def _rows(scheme: str, values: Mapping[str, Tensor | float]) -> Rows:
    return [_row(quantity, scheme, value) for quantity, value in values.items()]


def _fidelity(config: Config, scheme: str, e: Tensor, true: Tensor) -> Rows:
    """How well a scheme projects, and what it takes."""
    used = unit(config, scheme)
    found = used.project(e)
    a = e.clamp_min(0)
    b = vectors(config, 1).clamp_max(0) * (e <= 0)  # so that a + b is ternary too
    gap = used.project(a + b) - used.project(a) - used.project(b)
    perfect = unit(config, scheme, Camera(bits=None, noisy=False, full_scale=1e6))
    values = {
        "slope": (found * true).sum() / true.square().sum(),
        "residual": (found - true).std(),
        "predicted": used.noise(),
        "additivity": gap.std() / 3**0.5,
        "perfect camera": (perfect.project(e) - true).abs().max(),
        "pixels": used.pixels / config.outputs,
        "frames": used.frames,
        "rate": used.rate,
    }
    return _rows(scheme, values)


def _camera_sweeps(config: Config, scheme: str, e: Tensor, true: Tensor) -> Rows:
    """Error against the electrons of a pixel, and against the camera's bits."""
    cameras = [("well", well, Camera(well=well, bits=None)) for well in config.wells]
    for bits in config.bits:
        cameras.append(("bits", bits, Camera(bits=bits, well=1e6, read_noise=0)))
    rows = []
    for name, x, camera in cameras:
        swept = unit(config, scheme, camera)
        residual = (swept.project(e) - true).std()
        rows.append(_row(f"residual, {name}", scheme, residual, x))
        rows.append(_row(f"predicted, {name}", scheme, swept.noise(), x))
    return rows


def _entries(config: Config, matrix: Tensor) -> Rows:
    """Mean, variance, fourth moment and independence of the matrix's entries."""
    field = unit(config, "ideal").field(torch.eye(config.inputs, dtype=torch.float64))
    imaginary = field.imag.T
    columns = torch.corrcoef(matrix.T)
    off_diagonal = columns[~torch.eye(config.inputs, dtype=torch.bool)]
    rms = off_diagonal.square().mean().sqrt()
    values = {
        "entry mean": matrix.mean(),
        "entry variance": matrix.var(),
        "entry fourth moment": (matrix**4).mean(),
        "correlation, real and imaginary": (matrix * imaginary).mean(),
        "correlation of columns, rms x sqrt(outputs)": rms * config.outputs**0.5,
    }
    return _rows("medium", values)


def _frames(config: Config, e: Tensor, true: Tensor) -> Rows:
    """A stretch of an off-axis frame, the spectrum of such frames, and some projections."""
    used = unit(config, "off-axis")
    frames = used.camera(e)[:, 0, 0]
    field = used.scale * used.field(e.clamp_min(0))
    speckle = field.abs().square()[0]
    width = used.pixels // config.outputs
    power = torch.fft.rfft(frames).abs().square().mean(0)[1:]
    spectrum = power.reshape(PARTS, -1).mean(1) / power.max()
    found = used.project(e).flatten()
    every = true.numel() // PROJECTIONS
    rows = [_row("light", "off-axis", frames[0, x], x) for x in range(PIXELS)]
    for grain in range(PIXELS // width):
        rows.append(_row("speckle", "off-axis", speckle[grain], grain * width))
    for part, value in enumerate(spectrum):
        rows.append(_row("spectrum", "off-axis", value, (part + 0.5) / (2 * PARTS)))
    for x, value in zip(true.flatten()[::every], found[::every], strict=True):
        rows.append(_row("projection", "off-axis", value, x))
    return rows


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """What is measured once: a row a seed and scheme, a column a quantity."""
    single = table[table.x == 0]
    return single.pivot_table(
        index=["seed", "scheme"], columns="quantity", values="value"
    ).reset_index()


def schemes(table: pd.DataFrame) -> pd.DataFrame:
    """What each holography costs and gives: means over media."""
    costs = ["pixels", "frames", "rate"]
    fidelity = ["slope", "residual", "predicted", "additivity", "perfect camera"]
    shown = table[table.quantity.isin(costs + fidelity)]
    means = shown.pivot_table(index="scheme", columns="quantity", values="value")
    return means.loc[list(SCHEMES)].reset_index()


def again(config: Config) -> check.Agreement:
    """Measure a medium now, and compare with its stored table, but for single projections.

    Raises:
        ResultError: a value differs by more than a hundredth.
    """
    live = run(config)
    live = live[live.quantity != "projection"]
    keys = ["quantity", "scheme", "x"]
    return check.check(EXPERIMENT, config, live, keys, value="value", points=POINTS, noisy=True)
