"""AsyT Fig. 5d: MNIST accuracy against the distortion of the device."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt import experiments, statistics
from asyt.claims import Measurement
from asyt.figures import Drawing, style, sweep_runs, sweeps
from asyt.figures.family import NOISE_TITLES, PRIMARY
from asyt.figures.sweep_runs import NOISES, PAPER_RANGE, SEEDS, Config, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "Config", "jobs", "measurements", "run"]

EXPERIMENT = "mnist-distortion"
PAGE = "sweeps.html"
#: AsyT under the noise that decides is judged by the runs of Fig. 5a.
CLAIMS = ("asyt-5d-insilico",)
FIGURES = {
    "asyt-fig5d": Drawing(
        EXPERIMENT, "draw",
        "MNIST against the distortion of the device. (a-c) Digital weights after 300 epochs, put on chips: in-silico "
        "BP, median and 5-95 % range of 20 chips x 5 seeds, beside ideal BP. (d) AsyT without noise after 20 epochs, "
        "beside ideal BP after as many: means with 95 % bands over 5 draws of seed and chip; a curve belongs to one "
        "pattern of errors, made larger. Shaded, the range of the paper's Fig. 5d; dashed, the bound it reports for "
        "AsyT.",
        "Four panels of accuracy against distortion from 0 to 4 sigma_phy: in-silico BP falls fast in the first "
        "three, AsyT in the fourth stays close to ideal BP up to 2 sigma_phy and then falls.",
    ),
}  # fmt: skip
#: The paper's range, then on to where it breaks.
SEVERITIES = (*PAPER_RANGE, 2.5, 3.0, 4.0)
PROFILES = {
    "smoke": Config(samples=1200, epochs=1, population=1),
    "quick": Config(epochs=20),
    "paper": Config(),
}
#: Epochs for which chips are trained at every distortion; 300 for all of them would take an hour a draw.
TRAINED_EPOCHS = {"smoke": 1, "quick": 5, "paper": 20}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """Two runs a draw: the digital weights on populations in every reading of the noise; AsyT without noise."""
    base = PROFILES[profile]
    insilico = replace(base, tested=tuple((noise, SEVERITIES) for noise in NOISES))
    asyt = replace(base, epochs=TRAINED_EPOCHS[profile], trained=(("none", SEVERITIES),))
    return sweep_runs.jobs([insilico, asyt], seeds, devices)


def tested(table: pd.DataFrame) -> pd.DataFrame:
    """The runs whose digital weights were put on populations."""
    return table[table.sweep == "tested"]


def trained(table: pd.DataFrame) -> pd.DataFrame:
    """The runs of AsyT."""
    return table[table.sweep == "trained"]


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against distortion: in-silico BP, a panel a reading of the noise, and AsyT."""
    chips, asyt = (sweeps.final(part(table), ["severity"]) for part in (tested, trained))
    figure, axes = plt.subplots(2, 2, figsize=(style.PAGE, 0.72 * style.PAGE), sharex=True, sharey=True)
    for ax, noise in zip(axes.flat, NOISES, strict=False):
        _ideal(ax, chips)
        part = chips[(chips.noise == noise) & (chips.method == "insilico-bp")]
        style.interval(ax, part.severity, part.middle, part.low, part.high, "insilico-bp")
        ax.set_title(NOISE_TITLES[noise])
    ax = axes[1, 1]
    _ideal(ax, asyt)
    part = asyt[asyt.method == "asyt"].sort_values("severity")
    style.band(ax, part.severity, part.middle, part.low, part.high, "asyt")
    style.reported(ax, 90, "AsyT reported: above 90")
    epochs = trained(table).epoch.max()
    ax.set_title(f"no noise, trained for {epochs} epochs (n = {part.n.iloc[0]})")
    for ax in axes.flat:
        ax.axvspan(0, PAPER_RANGE[-1], color="0.94", zorder=0)
        ax.set_ylim(0, 100)
    for ax in axes[1]:
        ax.set_xlabel(r"distortion ($\sigma_\mathrm{phy}$)")
    for ax in axes[:, 0]:
        ax.set_ylabel("test accuracy (%)")
    handles = {label: handle for ax in axes.flat for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=3)
    style.panel_letters(axes.flat)
    return figure, pd.concat([chips.assign(sweep="tested"), asyt.assign(sweep="trained")], ignore_index=True)


def _ideal(ax: Axes, shown: pd.DataFrame) -> None:
    """The digital model, which has no distortion, across a panel."""
    ideal = shown[shown.method == "ideal-bp"].iloc[0]
    ends = [0, shown.severity.max()]
    style.band(ax, ends, [ideal.middle] * 2, [ideal.low] * 2, [ideal.high] * 2, "ideal-bp")


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Ideal BP minus AsyT without noise in points, a row a distortion: mean, 95 % interval and n, paired by draw."""
    part = trained(table)
    asyt = sweeps.final(part, ["severity"]).query("method == 'asyt'").set_index("severity").middle
    ideal = part[part.method == "ideal-bp"]
    every = [ideal.assign(severity=severity) for severity in asyt.index]  # the same digital model beside each
    found = sweeps.gaps(pd.concat([part[part.method == "asyt"], *every]), "severity").drop(columns="noise")
    return found.assign(asyt=asyt.loc[found.severity].to_numpy())


def fall(table: pd.DataFrame, noise: str) -> statistics.Interval:
    """Points that in-silico BP loses from 0 to 1 sigma_phy: the mean over chips, paired by seed and chip."""
    last = tested(table)
    last = last[(last.epoch == last.epoch.max()) & (last.method == "insilico-bp") & (last.noise == noise)]
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
