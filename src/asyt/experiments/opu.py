"""The optical processing unit by itself: holography, linearity, statistics, and its camera."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asyt import streams
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera, measures
from asyt.experiments import base, check
from asyt.experiments.base import HERE, Execution, Experiment, Seeds

SCHEMES = ("off-axis", "phase-shifting", "phase-shifting-3")
SEEDS = (0, 1, 2)
#: What is shown of a run: pixels of a frame, parts of its spectrum, and projections.
PIXELS, PARTS, PROJECTIONS = 64, 128, 200
#: What a value may differ by where a pixel can fall on the other side of a grey level: 0.01.
POINTS = 1.0
Rows = list[dict[str, Any]]
Number = Tensor | float
#: What is swept, and the camera that has it.
Cameras = Sequence[tuple[float, Camera]]


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
    "smoke": Config(
        outputs=256,
        vectors=8,
        wells=(1e3, 1e5),
        bits=(4, 8),
        full_scales=(10, 30),
    ),
    "quick": Config(outputs=1024, vectors=32),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """One medium a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds or SEEDS]


def unit(config: Config, scheme: str, camera: Camera | None = None) -> OpticalProcessingUnit:
    """A unit with the medium of a config."""
    return OpticalProcessingUnit(
        config.inputs,
        config.outputs,
        config.seed,
        scheme,
        camera=camera,
        dtype=torch.float64,
    )


@dataclass(frozen=True)
class Probe:
    """Vectors (vectors, inputs) that are projected, and their true projections."""

    config: Config
    vectors: Tensor
    true: Tensor

    def residual(self, used: OpticalProcessingUnit) -> Tensor:
        """Standard deviation of what a unit measures from what is true."""
        return (used.project(self.vectors) - self.true).std()


def vectors(config: Config, part: int) -> Tensor:
    """Random ternary vectors (vectors, inputs), float64."""
    generator = streams.generator("subset", config.seed, part)
    size = (config.vectors, config.inputs)
    return torch.from_numpy(generator.integers(-1, 2, size)).double()


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Measure one medium, in seconds.

    Returns:
        Tidy rows: quantity, scheme, x, value. Noise and residuals are standard deviations of a
        projection's entry, in units of a matrix entry's (one).
    """
    e = vectors(config, 0)
    probe = Probe(config, e, e @ unit(config, "ideal").matrix().T)
    wells = [(well, Camera(well=well, bits=None)) for well in config.wells]
    bits = [(bits, Camera(bits=bits, well=1e6, read_noise=0)) for bits in config.bits]
    rows: Rows = []
    for scheme in SCHEMES:
        rows += _fidelity(probe, scheme)
        rows += _swept(probe, scheme, "well", wells)
        rows += _swept(probe, scheme, "bits", bits)
    rows += _full_scales(probe)
    rows += _rows("medium", measures.entries(unit(config, "ideal")))
    rows += _frames(probe)
    return pd.DataFrame(rows)


EXPERIMENT = Experiment("opu", PROFILES, plan, run, gpu=False)


def _row(
    quantity: str,
    scheme: str,
    value: Number,
    x: Number = 0,
) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "scheme": scheme,
        "x": float(x),
        "value": float(value),
    }


def _rows(scheme: str, values: Mapping[str, Number]) -> Rows:
    return [_row(quantity, scheme, value) for quantity, value in values.items()]


def _fidelity(probe: Probe, scheme: str) -> Rows:
    """How well a scheme projects, and what it takes."""
    used = unit(probe.config, scheme)
    e, true = probe.vectors, probe.true
    found = used.project(e)
    a = e.clamp_min(0)
    b = vectors(probe.config, 1).clamp_max(0) * (e <= 0)  # so that a + b is ternary too
    perfect = unit(probe.config, scheme, Camera(bits=None, noisy=False, full_scale=1e6))
    values: dict[str, Number] = {
        "slope": (found * true).sum() / true.square().sum(),
        "residual": (found - true).std(),
        "predicted": used.noise(),
        "additivity": measures.additivity(used, a, b),
        "perfect camera": (perfect.project(e) - true).abs().max(),
        "pixels": used.pixels / used.outputs,
        "frames": used.frames,
        "rate": used.rate,
    }
    return _rows(scheme, values)


def _swept(probe: Probe, scheme: str, name: str, cameras: Cameras) -> Rows:
    """Error, measured and predicted, against a property of the camera."""
    rows = []
    for x, camera in cameras:
        used = unit(probe.config, scheme, camera)
        rows.append(_row(f"residual, {name}", scheme, probe.residual(used), x))
        rows.append(_row(f"predicted, {name}", scheme, used.noise(), x))
    return rows


def _full_scales(probe: Probe) -> Rows:
    """Error and saturated pixels against full scale."""
    rows = []
    for scale in probe.config.full_scales:
        swept = unit(probe.config, "off-axis", Camera(full_scale=scale))
        residual = probe.residual(swept)
        rows.append(_row("residual, full scale", "off-axis", residual, scale))
        rows.append(_row("saturated", "off-axis", swept.saturated, scale))
    return rows


def _frames(probe: Probe) -> Rows:
    """A stretch of an off-axis frame, the spectrum of such frames, and some projections."""
    used = unit(probe.config, "off-axis")
    frames = used.camera(probe.vectors)[:, 0, 0]
    rows = [
        _row(
            "light",
            "off-axis",
            frames[0, x],
            x,
        )
        for x in range(PIXELS)
    ]
    rows += _speckle(probe, used)
    for part, power in enumerate(measures.spectrum(frames, PARTS)):
        rows.append(
            _row(
                "spectrum",
                "off-axis",
                power,
                (part + 0.5) / (2 * PARTS),
            )
        )
    found = used.project(probe.vectors).flatten()
    every = found.numel() // PROJECTIONS
    pairs = zip(probe.true.flatten()[::every], found[::every], strict=True)
    rows += [_row("projection", "off-axis", measured, true) for true, measured in pairs]
    return rows


def _speckle(probe: Probe, used: OpticalProcessingUnit) -> Rows:
    """Intensity of the speckle alone, at the first pixel of each grain."""
    field = used.scale * used.field(probe.vectors.clamp_min(0))
    speckle = field.abs().square()[0]
    pixels = range(0, PIXELS, used.pixels // used.outputs)
    pairs = zip(pixels, speckle, strict=False)
    return [_row("speckle", "off-axis", intensity, x) for x, intensity in pairs]


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
    return check.check(
        EXPERIMENT,
        config,
        live,
        keys,
        value="value",
        points=POINTS,
        noisy=True,
    )
