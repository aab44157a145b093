"""AsyT Fig. 5d: MNIST accuracy against the distortion of the device."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments, statistics
from asyt.claims import Measurement
from asyt.figures import Drawing, style, sweep_runs, sweeps
from asyt.figures.family import NOISE_TITLES, PRIMARY
from asyt.figures.sweep_runs import NOISES, PAPER_RANGE, Config, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "Config", "jobs", "measurements", "run"]

EXPERIMENT = "mnist-distortion"
PAGE = "sweeps.html"
#: AsyT under the noise that decides is judged by the runs of Fig. 5a.
CLAIMS = ("asyt-5d-insilico",)
FIGURES = {
    "asyt-fig5d": Drawing(
        EXPERIMENT, "draw",
        "In-silico BP on MNIST against the distortion of the device: the digital weights of 300 epochs put on 20 "
        "chips x 5 seeds, median and 5-95 % range, beside ideal BP. A chip keeps its pattern of errors from one "
        "distortion to the next. Shaded, the range of the paper's Fig. 5d.",
        "Three panels, a reading of the noise each: in-silico BP falls from ideal BP to chance between 0 and 4 "
        "sigma_phy, most of it before 2; with the strong noise it starts lower.",
    ),
}  # fmt: skip
#: The paper's range, then on to where it breaks.
SEVERITIES = (*PAPER_RANGE, 2.5, 3.0, 4.0)
PROFILES = {
    "smoke": Config(samples=1200, epochs=1, population=1),
    "quick": Config(epochs=20),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None) -> list[Config]:
    """A run a draw: the digital weights on populations in every reading of the noise."""
    base = replace(PROFILES[profile], tested=tuple((noise, SEVERITIES) for noise in NOISES))
    return sweep_runs.jobs([base], profile, seeds, devices)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against distortion, a panel a reading of the noise."""
    shown = sweeps.final(table, ["severity"])
    figure, axes = plt.subplots(1, len(NOISES), figsize=(style.PAGE, 0.42 * style.PAGE), sharey=True)
    ideal = shown[shown.method == "ideal-bp"].iloc[0]
    for ax, noise in zip(axes, NOISE_TITLES, strict=True):
        part = shown[(shown.noise == noise) & (shown.method == "insilico-bp")]
        ax.axvspan(0, PAPER_RANGE[-1], color="0.94", zorder=0)
        ends = [0, part.severity.max()]
        style.band(ax, ends, [ideal.middle] * 2, [ideal.low] * 2, [ideal.high] * 2, "ideal-bp", n=int(ideal.n))
        style.interval(ax, part.severity, part.middle, part.low, part.high, "insilico-bp",
                       label=f"{style.LABELS['insilico-bp']} (n = {part.n.iloc[0]})")  # fmt: skip
        ax.set(title=NOISE_TITLES[noise], xlabel=r"distortion ($\sigma_\mathrm{phy}$)", ylim=(0, 100))
    axes[0].set_ylabel("test accuracy (%)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    style.panel_letters(axes)
    return figure, shown


def fall(table: pd.DataFrame, noise: str) -> statistics.Interval:
    """Points that in-silico BP loses from 0 to 1 sigma_phy: the mean over chips, paired by seed and chip."""
    last = table[(table.epoch == table.epoch.max()) & (table.method == "insilico-bp") & (table.noise == noise)]
    grids = [100 * last[last.severity == s].pivot(index="seed", columns="chip", values="accuracy") for s in (0.0, 1.0)]
    return statistics.paired_difference(*grids)


def measurements(profile: str = "paper") -> list[Measurement]:
    """How far in-silico BP falls."""
    table = experiments.table(EXPERIMENT, profile)
    falls = {noise: fall(table, noise) for noise in NOISES}
    others = "; ".join(f"{n} {f.mean:.1f}" for n, f in falls.items() if n != PRIMARY)
    found = falls[PRIMARY]
    reading = f"points lost from 0 to 1 sigma_phy, {PRIMARY} noise; with other noise: {others}"
    return [Measurement("asyt-5d-insilico", found.mean, found.low, found.high, found.n, reading, PAGE,
                        holds=found.low >= 40)]  # fmt: skip
