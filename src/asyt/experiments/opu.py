"""The optical processing unit by itself: holography, linearity, statistics, and its camera."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asyt import streams
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera, measures
from asyt.experiments import base, check
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed

SCHEMES = ("off-axis", "phase-shifting", "phase-shifting-3")
#: What is shown of a run: pixels of a frame, parts of its spectrum, and projections.
PIXELS, PARTS, PROJECTIONS = 64, 128, 200
#: What a value may differ by where a pixel can fall on the other side of a grey level: 0.01.
POINTS = 1.0
Rows = list[dict[str, Any]]
Number = Tensor | float


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


PROFILES = {
    "smoke": Config(64, 256, 8, wells=(1e3, 1e5), bits=(4, 8), full_scales=(10, 30)),
    "quick": Config(outputs=1024, vectors=32),
    "paper": Config(),
}
plan = one_a_seed(PROFILES, (0, 1, 2))


def unit(config: Config, scheme: str, camera: Camera | None = None) -> OpticalProcessingUnit:
    """A unit with the medium of a config."""
    sizes = config.inputs, config.outputs
    return OpticalProcessingUnit(*sizes, config.seed, scheme, camera=camera, dtype=torch.float64)


@dataclass(frozen=True)
class Probe:
    """Vectors (vectors, inputs) that are projected, and their true projections."""

    config: Config
    vectors: Tensor
    true: Tensor

    def swept(self, name: str, scheme: str, x: float, camera: Camera) -> Rows:
        """Error of a unit with a camera, measured and predicted, against a property of that."""
        used = unit(self.config, scheme, camera)
        measured = _row(f"residual, {name}", scheme, self.residual(used), x)
        return [measured, _row(f"predicted, {name}", scheme, used.noise(), x)]

    def residual(self, used: OpticalProcessingUnit) -> Tensor:
        """Standard deviation of what a unit measures from what is true."""
        return (used.project(self.vectors) - self.true).std()


def vectors(config: Config, part: int) -> Tensor:
    """Random ternary vectors (vectors, inputs), float64."""
    generator = streams.generator("subset", config.seed, part)
    drawn = generator.integers(-1, 2, (config.vectors, config.inputs))
    return torch.from_numpy(drawn).double()


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Measure one medium, in seconds.

    Returns:
        Tidy rows: quantity, scheme, x, value. Noise and residuals are standard deviations of a
        projection's entry, in units of a matrix entry's (one).
    """
    e = vectors(config, 0)
    probe = Probe(config, e, e @ unit(config, "ideal").matrix().T)
    rows: Rows = []
    for scheme in SCHEMES:
        rows += _fidelity(probe, scheme)
        for well in config.wells:
            rows += probe.swept("well", scheme, well, Camera(well=well, bits=None))
        for bits in config.bits:
            rows += probe.swept("bits", scheme, bits, Camera(bits=bits, well=1e6, read_noise=0))
    for scale in config.full_scales:
        used = unit(config, "off-axis", Camera(full_scale=scale))
        rows.append(_row("residual, full scale", "off-axis", probe.residual(used), scale))
        rows.append(_row("saturated", "off-axis", used.saturated, scale))
    rows += _rows("medium", measures.entries(unit(config, "ideal")))
    rows += _frames(probe)
    return pd.DataFrame(rows)


EXPERIMENT = Experiment("opu", PROFILES, plan, run, gpu=False)


def _row(quantity: str, scheme: str, value: Number, x: Number = 0) -> dict[str, Any]:
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
    b = vectors(probe.config, 1).clamp_max(0) * (e <= 0)  # so that its sum with a is ternary too
    perfect = unit(probe.config, scheme, Camera(bits=None, noisy=False, full_scale=1e6))
    values: dict[str, Number] = {
        "slope": (found * true).sum() / true.square().sum(),
        "residual": (found - true).std(),
        "predicted": used.noise(),
        "additivity": measures.additivity(used, e.clamp_min(0), b),
        "perfect camera": (perfect.project(e) - true).abs().max(),
        "pixels": used.pixels / used.outputs,
        "frames": used.frames,
        "rate": used.rate,
    }
    return _rows(scheme, values)


def _frames(probe: Probe) -> Rows:
    """A stretch of an off-axis frame, the spectrum of such frames, and some projections.

    The speckle alone has its intensity at the first pixel of each grain.
    """
    used = unit(probe.config, "off-axis")
    frames = used.camera(probe.vectors)[:, 0, 0]
    field = used.scale * used.field(probe.vectors.clamp_min(0))
    grains = range(0, PIXELS, used.pixels // used.outputs)
    frequencies = (torch.arange(PARTS) + 0.5) / (2 * PARTS)
    found = used.project(probe.vectors).flatten()
    every = found.numel() // PROJECTIONS
    lines = {
        "light": zip(range(PIXELS), frames[0], strict=False),
        "speckle": zip(grains, field.abs().square()[0], strict=False),
        "spectrum": zip(frequencies, measures.spectrum(frames, PARTS), strict=True),
        "projection": zip(probe.true.flatten()[::every], found[::every], strict=True),
    }
    rows = []
    for quantity, line in lines.items():
        rows += [_row(quantity, "off-axis", value, x) for x, value in line]
    return rows


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """What is measured once: a row a seed and scheme, a column a quantity."""
    single = table[table.x == 0]
    return single.pivot_table("value", ["seed", "scheme"], "quantity").reset_index()


def schemes(table: pd.DataFrame) -> pd.DataFrame:
    """What each holography costs and gives: means over media."""
    costs = ["pixels", "frames", "rate"]
    fidelity = ["slope", "residual", "predicted", "additivity", "perfect camera"]
    shown = table[table.quantity.isin(costs + fidelity)]
    means = shown.pivot_table("value", "scheme", "quantity")
    return means.loc[list(SCHEMES)].reset_index()


#: Column of `schemes` -> its heading.
HEADINGS = {
    "scheme": "holography",
    "pixels": "pixels an output",
    "frames": "frames a projection",
    "rate": "projections a second",
    "residual": "error of an entry",
    "predicted": "predicted error",
    "additivity": "error of a sum",
}


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """What is printed of `schemes`."""
    return schemes(table)[list(HEADINGS)].rename(columns=HEADINGS)


def again(config: Config) -> check.Agreement:
    """Measure a medium now, and compare with its stored table, but for single projections.

    Raises:
        ResultError: a value differs by more than a hundredth.
    """
    live = run(config)
    live = live[live.quantity != "projection"]
    keys = ["quantity", "scheme", "x"]
    return check.check(EXPERIMENT, config, live, keys, value="value", points=POINTS, noisy=True)
