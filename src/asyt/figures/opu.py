"""The optical processing unit by itself: holography, linearity, statistics, and fidelity against the camera."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure

from asyt import experiments, streams
from asyt.claims import Measurement
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera
from asyt.figures import Drawing
from asyt.figures import _style as style

EXPERIMENT = "opu"
PAGE = "optical-unit.html"
CLAIMS = ("opu-linear", "opu-phase-shifting")
FIGURES = {
    "opu-light": Drawing(
        "opu",
        "draw",
        "The optical processing unit, simulated. (a) Part of an off-axis frame: the light on the "
        "pixels, and the "
        "speckle alone. (b) Spectrum of such frames: speckle intensity at low frequencies, the "
        "side-band that carries "
        "the field in the grey band. (c) Projections read from the camera against the true ones. "
        "(d) Their error "
        "against the electrons a pixel holds (no quantisation) and (e) against the camera's bits; "
        "lines are "
        "predictions from shot, read-out and rounding noise. (f) Saturated pixels and error "
        "against full scale; "
        "beyond the last diamond no pixel saturates.",
        "Six panels: fringes along camera pixels; a spectrum with two separate bands; a straight "
        "line of dots; errors "
        "falling with the full well and with bits along their predictions, then flat; saturation "
        "falling with full "
        "scale.",
    ),
}
SCHEMES = ("off-axis", "phase-shifting", "phase-shifting-3")
LOOK = {"off-axis": "dfa", "phase-shifting": "hybrid", "phase-shifting-3": "dat"}
#: How far slope and residual may lie from their ideal, fixed with the register's row (slope) before
#: measuring.
TOLERANCE = 0.02


@dataclass(frozen=True)
class Config:
    """One medium: ternary vectors of equally likely -1, 0 and 1, not used for anything else; default camera."""

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

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


SEEDS = (0, 1, 2)
PROFILES = {
    "smoke": Config(outputs=256, vectors=8, wells=(1e3, 1e5), bits=(4, 8), full_scales=(10, 30)),
    "quick": Config(outputs=1024, vectors=32),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """One medium a seed."""
    if devices is not None:
        seeds = seeds[:devices]
    return [replace(PROFILES[profile], seed=seed) for seed in seeds]


def vectors(config: Config, part: int) -> torch.Tensor:
    """Random ternary vectors (vectors, inputs), float64."""
    drawn = streams.generator("subset", config.seed, part).integers(
        -1, 2, (config.vectors, config.inputs)
    )
    return torch.from_numpy(drawn).double()


def _unit(config: Config, scheme: str, camera: Camera | None = None) -> OpticalProcessingUnit:
    return OpticalProcessingUnit(
        config.inputs, config.outputs, config.seed, scheme, camera=camera, dtype=torch.float64
    )


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Measure one medium, in seconds; `checkpoint` is not used.

    Returns:
        Tidy rows: quantity, scheme, x, value. Noise and residuals are standard deviations of a
        projection's entry, in units of a matrix entry's (one).
    """
    rows = []

    def add(quantity: str, scheme: str, value: float, x: float = 0.0) -> None:
        rows.append({"quantity": quantity, "scheme": scheme, "x": float(x), "value": float(value)})

    e, other = vectors(config, 0), vectors(config, 1)
    matrix = _unit(config, "ideal").matrix()
    true = e @ matrix.T
    for scheme in SCHEMES:
        unit = _unit(config, scheme)
        found = unit.project(e)
        add("slope", scheme, (found * true).sum() / true.square().sum())
        add("residual", scheme, (found - true).std())
        add("predicted", scheme, unit.noise())
        a, b = e.clamp_min(0), other.clamp_max(0) * (e <= 0)  # so that a + b is ternary too
        gap = unit.project(a + b) - unit.project(a) - unit.project(b)
        add("additivity", scheme, gap.std() / 3**0.5)
        perfect = _unit(config, scheme, Camera(bits=None, noisy=False, full_scale=1e6))
        add("perfect camera", scheme, (perfect.project(e) - true).abs().max())
        add("pixels", scheme, unit.pixels / config.outputs)
        add("frames", scheme, unit.frames)
        add("rate", scheme, unit.rate)
        sweeps = {
            "well": [(w, Camera(well=w, bits=None)) for w in config.wells],
            "bits": [(b, Camera(bits=b, well=1e6, read_noise=0)) for b in config.bits],
        }
        for name, cameras in sweeps.items():
            for x, camera in cameras:
                swept = _unit(config, scheme, camera)
                add(f"residual, {name}", scheme, (swept.project(e) - true).std(), x)
                add(f"predicted, {name}", scheme, swept.noise(), x)
    for scale in config.full_scales:
        swept = _unit(config, "off-axis", Camera(full_scale=scale))
        add("residual, full scale", "off-axis", (swept.project(e) - true).std(), scale)
        add("saturated", "off-axis", swept.saturated, scale)
    _entries(add, matrix, config)
    _frames(add, config, e, true)
    return pd.DataFrame(rows)


def _entries(add, matrix: torch.Tensor, config: Config) -> None:
    """Mean, variance, fourth moment and independence of the matrix's entries."""
    imaginary = _unit(config, "ideal").field(torch.eye(config.inputs, dtype=torch.float64)).imag.T
    add("entry mean", "medium", matrix.mean())
    add("entry variance", "medium", matrix.var())
    add("entry fourth moment", "medium", (matrix**4).mean())
    add("correlation, real and imaginary", "medium", (matrix * imaginary).mean())
    columns = torch.corrcoef(matrix.T)
    off = columns[~torch.eye(config.inputs, dtype=torch.bool)]
    add(
        "correlation of columns, rms x sqrt(outputs)",
        "medium",
        off.square().mean().sqrt() * config.outputs**0.5,
    )


def _frames(add, config: Config, e: torch.Tensor, true: torch.Tensor) -> None:
    """A stretch of an off-axis frame, the spectrum of such frames, and 200 projections (panels a to c)."""
    unit = _unit(config, "off-axis")
    taken = unit.camera(e)[:, 0, 0]
    speckle = (unit.scale * unit.field(e.clamp_min(0))).abs().square()[0]
    for x in range(64):
        add("light", "off-axis", taken[0, x], x)
    for x in range(16):
        add("speckle", "off-axis", speckle[x], x * unit.scheme.pixels)
    power = torch.fft.rfft(taken).abs().square().mean(0)
    binned = power[1:].reshape(128, -1).mean(1) / power[1:].max()
    for x, value in enumerate(binned):
        add("spectrum", "off-axis", value, (x + 0.5) / 256)
    found = unit.project(e)
    for x, value in list(zip(true.flatten().tolist(), found.flatten().tolist(), strict=True))[
        :: true.numel() // 200
    ]:
        add("projection", "off-axis", value, x)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Holography and fidelity: panels of the first medium (a to c), means over all media (d to f)."""
    figure, axes = plt.subplots(2, 3, figsize=(style.PAGE, 0.6 * style.PAGE))
    first = table[table.seed == table.seed.min()]
    green, grey = style.COLOURS["dfa"], style.COLOURS["reported"]

    def curve(quantity: str, scheme: str = "off-axis", of: pd.DataFrame = table) -> pd.Series:
        return of[(of.quantity == quantity) & (of.scheme == scheme)].groupby("x").value.mean()

    light, speckle = curve("light", of=first), curve("speckle", of=first)
    axes[0, 0].plot(
        light.index, light, color=green, drawstyle="steps-mid", linewidth=1, label="frame"
    )
    axes[0, 0].plot(
        speckle.index,
        speckle,
        color="black",
        marker="s",
        markersize=2.5,
        linewidth=0.8,
        label=r"speckle $|F|^2$",
    )
    axes[0, 0].set(xlabel="camera pixel", ylabel="intensity", ylim=(0, 1.35 * light.max()))
    axes[0, 0].legend(loc="upper left", ncols=2)
    spectrum = curve("spectrum", of=first)
    axes[0, 1].axvspan(0.25, 0.5, color=grey, alpha=0.15, linewidth=0)
    axes[0, 1].semilogy(spectrum.index, spectrum, color=green, linewidth=1)
    axes[0, 1].text(
        0.375,
        0.95,
        "side-band: $F$",
        transform=axes[0, 1].get_xaxis_transform(),
        ha="center",
        va="top",
        fontsize=7,
    )
    axes[0, 1].text(
        0.125,
        0.95,
        "$|F|^2$",
        transform=axes[0, 1].get_xaxis_transform(),
        ha="center",
        va="top",
        fontsize=7,
    )
    axes[0, 1].set(
        xlabel="spatial frequency (cycles a pixel)",
        ylabel="power (normalised)",
        xlim=(0, 0.5),
        ylim=(None, 8),
    )
    points = first[first.quantity == "projection"]
    ends = np.array([points.x.min(), points.x.max()])
    axes[0, 2].plot(ends, ends, color="black", linewidth=0.7)
    axes[0, 2].plot(
        points.x, points.value, color=green, marker="o", markersize=2, linestyle="none", alpha=0.6
    )
    axes[0, 2].set(xlabel="true projection", ylabel="measured projection")
    for ax, name, label in (
        (axes[1, 0], "well", "electrons at full scale"),
        (axes[1, 1], "bits", "bits"),
    ):
        for scheme in SCHEMES:
            found, predicted = (
                curve(f"residual, {name}", scheme),
                curve(f"predicted, {name}", scheme),
            )
            look = style.look(LOOK[scheme])
            ax.plot(
                predicted.index, predicted, color=look.colour, linestyle=look.line, linewidth=0.9
            )
            ax.plot(
                found.index,
                found,
                color=look.colour,
                marker=look.marker,
                markersize=3.5,
                linestyle="none",
                label=scheme.replace("g-3", "g, 3 frames"),
            )
        ax.set(xlabel=label, ylabel="error of an entry", yscale="log")
    axes[1, 0].set_xscale("log")
    axes[1, 0].legend(loc="upper right", fontsize=6)
    saturated, residual = curve("saturated"), curve("residual, full scale")
    saturated = 100 * saturated[saturated > 0]  # a logarithmic axis has no zero
    axes[1, 2].plot(
        saturated.index,
        saturated,
        color=grey,
        marker="D",
        markersize=3.5,
        linestyle=":",
        label="saturated pixels (%)",
    )
    axes[1, 2].plot(residual.index, residual, color=green, marker="h", label="error of an entry")
    axes[1, 2].set(
        xscale="log",
        yscale="log",
        ylim=(None, 900),
        xlabel="full scale (mean speckle intensity)",
        ylabel="% and error",
    )
    axes[1, 2].set_xticks([8, 15, 30, 60, 120], ["8", "15", "30", "60", "120"])
    axes[1, 2].minorticks_off()
    axes[1, 2].legend(loc="upper right")
    style.panel_letters(axes)
    return figure, table


def schemes(table: pd.DataFrame) -> pd.DataFrame:
    """What each holography costs and gives: means over media."""
    mean = table[
        table.quantity.isin(
            [
                "pixels",
                "frames",
                "rate",
                "slope",
                "residual",
                "predicted",
                "additivity",
                "perfect camera",
            ]
        )
    ]
    wide = (
        mean.pivot_table(index="scheme", columns="quantity", values="value")
        .loc[list(SCHEMES)]
        .reset_index()
    )
    return wide


def measurements() -> list[Measurement]:
    """The rows on holography, every medium counted."""
    table = experiments.table(EXPERIMENT, "paper")
    wide = (
        table[table.x == 0]
        .pivot_table(index=["seed", "scheme"], columns="quantity", values="value")
        .reset_index()
    )
    off, shifting = (wide[wide.scheme == scheme] for scheme in ("off-axis", "phase-shifting"))
    ratio = off.residual / off.predicted
    linear = bool(((off.slope - 1).abs() <= TOLERANCE).all() and (ratio <= 1 + TOLERANCE).all())
    gain = float(off.pixels.iloc[0] / shifting.pixels.iloc[0])
    recovered = bool((shifting["perfect camera"] < 1e-9).all() and gain == 4)
    return [
        Measurement(
            "opu-linear",
            measured=float(off.slope.mean()),
            low=float(off.slope.min()),
            high=float(off.slope.max()),
            n=len(off),
            page=f"{PAGE}#fig-opu-light",
            holds=linear,
            reading="slope over media (smallest to largest); residual over predicted noise "
            f"{ratio.min():.3f} to {ratio.max():.3f}, allowed {1 + TOLERANCE:g}",
        ),
        Measurement(
            "opu-phase-shifting",
            measured=gain,
            n=len(shifting),
            page=f"{PAGE}#fig-opu-light",
            holds=recovered,
            reading="outputs a camera pixel, phase-shifting over off-axis: derived 4 (the source "
            "implies ten); "
            "four times the frames for it",
        ),
    ]
