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
    "smoke": Config(
        64,
        256,
        8,
        wells=(1e3, 1e5),
        bits=(4, 8),
        full_scales=(10, 30),
    ),
    "quick": Config(outputs=1024, vectors=32),
    "paper": Config(),
}
plan = one_a_seed(PROFILES, (0, 1, 2))


def unit(
    config: Config,
    scheme: str,
    camera: Camera | None = None,
) -> OpticalProcessingUnit:
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

    def swept(
        self,
        name: str,
        scheme: str,
        x: float,
        camera: Camera,
    ) -> Rows:
        """Error of a unit with a camera, measured and predicted, against a property of that."""
        used = unit(self.config, scheme, camera)
        measured = self.residual(used)
        predicted = used.noise()
        return [
            _row(f"residual, {name}", scheme, measured, x),
            _row(f"predicted, {name}", scheme, predicted, x),
        ]

    def residual(self, used: OpticalProcessingUnit) -> Tensor:
        """Standard deviation of what a unit measures from what is true."""
        measured = used.project(self.vectors)
        return (measured - self.true).std()


def vectors(config: Config, part: int) -> Tensor:
    """Random ternary vectors (vectors, inputs), float64."""
    generator = streams.generator("subset", config.seed, part)
    shape = (config.vectors, config.inputs)
    drawn = generator.integers(-1, 2, shape)
    return torch.from_numpy(drawn).double()


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Measure one medium, in seconds.

    Returns:
        Tidy rows: quantity, scheme, x, value. Noise and residuals are standard deviations of a
        projection's entry, in units of a matrix entry's (one).
    """
    e = vectors(config, 0)
    ideal = unit(config, "ideal")
    probe = Probe(config, e, e @ ideal.matrix().T)
    rows: Rows = []
    for scheme in SCHEMES:
        rows += _fidelity(probe, scheme)
        rows += _cameras(probe, scheme)
    rows += _saturation(probe)
    rows += _rows("medium", measures.entries(ideal))
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
    e = probe.vectors
    true = probe.true
    measured = used.project(e)
    a = e.clamp_min(0)
    b = vectors(probe.config, 1).clamp_max(0) * (e <= 0)  # so that its sum with a is ternary too
    exact = Camera(bits=None, noisy=False, full_scale=1e6)
    perfect = unit(probe.config, scheme, exact)
    values: dict[str, Number] = {
        "slope": (measured * true).sum() / true.square().sum(),
        "residual": (measured - true).std(),
        "predicted": used.noise(),
        "additivity": measures.additivity(used, a, b),
        "perfect camera": (perfect.project(e) - true).abs().max(),
        "pixels": used.pixels / used.outputs,
        "frames": used.frames,
        "rate": used.rate,
    }
    return _rows(scheme, values)


def _cameras(probe: Probe, scheme: str) -> Rows:
    """The error of a scheme against a camera's full well, and against its bits."""
    rows: Rows = []
    for well in probe.config.wells:
        camera = Camera(well=well, bits=None)
        rows += probe.swept("well", scheme, well, camera)
    for bits in probe.config.bits:
        camera = Camera(bits=bits, well=1e6, read_noise=0)
        rows += probe.swept("bits", scheme, bits, camera)
    return rows


def _saturation(probe: Probe) -> Rows:
    """The error off axis and the saturated share against a camera's full scale."""
    rows: Rows = []
    for scale in probe.config.full_scales:
        used = unit(probe.config, "off-axis", Camera(full_scale=scale))
        error = probe.residual(used)
        saturated = used.saturated
        rows.append(_row("residual, full scale", "off-axis", error, scale))
        rows.append(_row("saturated", "off-axis", saturated, scale))
    return rows


def _frames(probe: Probe) -> Rows:
    """A stretch of an off-axis frame, the spectrum of such frames, and some projections.

    The speckle alone has its intensity at the first pixel of each grain.
    """
    used = unit(probe.config, "off-axis")
    frames = used.camera(probe.vectors)[:, 0, 0]
    field = used.scale * used.field(probe.vectors.clamp_min(0))
    speckle = field.abs().square()[0]
    grains = range(0, PIXELS, used.pixels // used.outputs)
    frequencies = (torch.arange(PARTS) + 0.5) / (2 * PARTS)
    spectrum = measures.spectrum(frames, PARTS)
    true = probe.true.flatten()
    measured = used.project(probe.vectors).flatten()
    every = measured.numel() // PROJECTIONS
    lines = {
        "light": zip(range(PIXELS), frames[0], strict=False),
        "speckle": zip(grains, speckle, strict=False),
        "spectrum": zip(frequencies, spectrum, strict=True),
        "projection": zip(true[::every], measured[::every], strict=True),
    }
    rows = []
    for quantity, line in lines.items():
        for x, value in line:
            rows.append(_row(quantity, "off-axis", value, x))
    return rows


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """What is measured once: a row a seed and scheme, a column a quantity."""
    single = table[table.x == 0]
    rows = single.pivot_table("value", ["seed", "scheme"], "quantity")
    return rows.reset_index()


def schemes(table: pd.DataFrame) -> pd.DataFrame:
    """What each holography costs and gives: means over media."""
    costs = ["pixels", "frames", "rate"]
    fidelity = ["slope", "residual", "predicted", "additivity", "perfect camera"]
    of_schemes = table[table.quantity.isin(costs + fidelity)]
    means = of_schemes.pivot_table("value", "scheme", "quantity")
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
    columns = schemes(table)[list(HEADINGS)]
    return columns.rename(columns=HEADINGS)


def again(config: Config) -> check.Agreement:
    """Measure a medium now, and compare with its stored table, but for single projections.

    Raises:
        ResultError: a value differs by more than a hundredth.
    """
    live = run(config)
    repeatable = live[live.quantity != "projection"]
    return check.check(
        EXPERIMENT,
        config,
        repeatable,
        keys=["quantity", "scheme", "x"],
        value="value",
        points=POINTS,
        noisy=True,
    )
