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
from asyt.figures.sweep_runs import NOISES, PAPER_RANGE, SEEDS, Config, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "Config", "jobs", "measurements", "run"]

EXPERIMENT = "mnist-distortion"
PAGE = "sweeps.html"
#: AsyT under the noise that decides is judged by the runs of Fig. 5a; here it is trained without noise.
CLAIMS = ("asyt-5d-insilico",)
FIGURES = {
    "asyt-fig5d": Drawing(
        EXPERIMENT, "draw",
        "MNIST against the distortion of the device, 300 epochs. Ideal BP and AsyT: mean with 95 % band over draws of "
        "seed and chip; each AsyT curve belongs to one pattern of errors, made larger. In-silico BP: median and 5-95 % "
        "range of chips given the digital weights. Shaded, the range of the paper's Fig. 5d; dashed, its bound.",
        "Accuracy against distortion from 0 to 4 sigma_phy, a panel a reading of the noise; AsyT high, in-silico BP "
        "falling fast.",
    ),
}  # fmt: skip
#: The paper's range, then on to where it breaks.
SEVERITIES = (*PAPER_RANGE, 2.5, 3.0, 4.0)
PROFILES = {
    "smoke": Config(samples=1200, epochs=1, population=1),
    "quick": Config(epochs=20),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """Two runs a draw: the digital weights on populations in every reading of the noise; AsyT without noise."""
    base = PROFILES[profile]
    insilico = replace(base, tested=tuple((noise, SEVERITIES) for noise in NOISES))
    return sweep_runs.jobs([insilico, replace(base, trained=(("none", SEVERITIES),))], seeds, devices)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against distortion, one panel a reading of the noise."""
    shown = sweeps.final(table, ["severity"])
    noises = [n for n in NOISE_TITLES if n in set(shown.noise)]
    figure, axes = plt.subplots(1, len(noises), figsize=(style.PAGE, 0.42 * style.PAGE), sharey=True, squeeze=False)
    ideal = shown[shown.method == "ideal-bp"].iloc[0]
    for ax, noise in zip(axes.flat, noises, strict=True):
        ax.axvspan(0, PAPER_RANGE[-1], color="0.94", zorder=0)
        ends = [0, shown.severity.max()]
        style.band(ax, ends, [ideal.middle] * 2, [ideal.low] * 2, [ideal.high] * 2, "ideal-bp", n=int(ideal.n))
        part = shown[shown.noise == noise].sort_values("severity")
        for name, plot in (("asyt", style.band), ("insilico-bp", style.interval)):
            line = part[part.method == name]
            if len(line):
                label = f"{style.LABELS[name]} (n = {line.n.iloc[0]})"
                plot(ax, line.severity, line.middle, line.low, line.high, name, label=label)
        style.reported(ax, 90, "reported: above 90")
        ax.set(title=NOISE_TITLES[noise], xlabel=r"distortion ($\sigma_\mathrm{phy}$)", ylim=(0, 100))
    axes[0, 0].set_ylabel("test accuracy (%)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    style.panel_letters(axes.flat)
    return figure, shown


def fall(table: pd.DataFrame, noise: str) -> statistics.Interval:
    """Points that in-silico BP loses from 0 to 1 sigma_phy: the mean over chips, paired by seed and chip."""
    last = table[(table.epoch == table.epoch.max()) & (table.method == "insilico-bp") & (table.noise == noise)]
    grids = [100 * last[last.severity == s].pivot(index="seed", columns="chip", values="accuracy") for s in (0.0, 1.0)]
    return statistics.paired_difference(*grids)


def measurements(profile: str = "paper") -> list[Measurement]:
    """How far in-silico BP falls."""
    table = experiments.table(EXPERIMENT, profile)
    tested = set(table[table.method == "insilico-bp"].noise)
    falls = {noise: fall(table, noise) for noise in NOISE_TITLES if noise in tested}
    others = "; ".join(f"{n} {f.mean:.1f}" for n, f in falls.items() if n != PRIMARY)
    found = falls[PRIMARY]
    reading = f"points lost from 0 to 1 sigma_phy, {PRIMARY} noise; with other noise: {others}"
    return [Measurement("asyt-5d-insilico", found.mean, found.low, found.high, found.n, reading, PAGE,
                        holds=found.low >= 40)]  # fmt: skip
