"""Dual adaptive training against the size of the device's error: published logs, and ours on another device."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt import paths, statistics
from asyt.claims import Measurement
from asyt.errors import AsytError
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.figures.bench_runs import (
    SEEDS,
    SMOKE,
    Cell,
    Condition,
    Config,
    best_rates,
    each,
    one_draw,
    run,
    search,
)

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "Config", "jobs", "measurements", "run"]

EXPERIMENT = "methods-distortion"
CLAIMS: tuple[str, ...] = ()
FIGURES = {
    "methods-distortion": Drawing(
        EXPERIMENT,
        "draw",
        "MNIST against the size of the device's error. (a, b) Published by the authors of dual "
        "adaptive training: a "
        "network of three 64-mode interferometer meshes with errors of its beam splitters or phase "
        "shifters, one run "
        "a point; DAT without reading hidden states (open), and reading them in the separable mode "
        "(filled). (c) "
        "This library: [784, 128, 128, 10] with distorted weights, 10,000 samples, 30 epochs; "
        "means with 95 % bands "
        "over 5 draws.",
        "Three panels of accuracy falling with the error: in the published ones digital weights "
        "put on the device "
        "fall first and dual adaptive training last; in ours AsyT hardly falls, PAT and dual "
        "adaptive training break "
        "off.",
    ),
}
METHODS = ("insilico-bp", "pat", "dat", "asyt")
DISTORTIONS = (0.0, 0.3, 0.6, 0.9, 1.2)
CONDITIONS = tuple(Condition(f"distortion {size:g}", distortion=size) for size in DISTORTIONS)
CELLS = tuple(Cell(name, condition) for condition in CONDITIONS for name in METHODS)
#: The rates of highest validation accuracy, from the search runs of this experiment; `chosen` finds
#: them again. One a method and distortion.
RATES = each(
    {
        "insilico-bp": (0.6, 0.6, 0.6, 0.6, 0.6),
        "pat": (0.6, 0.6, 0.6, 0.2, 0.02),
        "dat": (0.6, 0.6, 0.6, 0.2, 0.02),
        "asyt": (0.6, 0.6, 0.6, 0.6, 0.2),
    },
    CONDITIONS,
)
PROFILES = {"smoke": SMOKE, "quick": {"samples": 3000, "epochs": 10}, "paper": {}}
#: Name of a method in the published logs -> its look here, and how its points are filled.
PUBLISHED = {
    "in silico": ("insilico-bp", "full"),
    "PAT": ("pat", "full"),
    "DAT": ("dat", "none"),
    "DAT, states read, separable": ("dat", "full"),
}


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """The runs that choose the rates (not for seeds of one's own), then every draw: every method at every distortion.

    Raises:
        AsytError: if numbers of chips are asked for.
    """
    if devices is not None:
        raise AsytError(
            f"{devices} devices: here a draw has one chip; ask for more draws with --seed."
        )
    searches = search(CELLS) if profile == "paper" and seeds is None else []
    final = [config for seed in seeds or SEEDS for config in one_draw(CELLS, RATES, seed)]
    return [replace(config, **PROFILES[profile]) for config in [*searches, *final]]


def chosen(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """What the search runs choose: the rate for each method and distortion."""
    return best_rates(table).to_dict()


def measurements(profile: str = "paper") -> list[Measurement]:
    """None: the register has no row on these logs."""
    return []


def published() -> pd.DataFrame:
    """Accuracies on the device that Zheng et al. (2023) deposited, percent: error, size, method, accuracy."""
    table = pd.read_csv(paths.published() / "data" / "published" / "zheng2023-mnist.csv")
    return table.assign(accuracy=100 * table.accuracy)


def ours(table: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy after the last epoch with its 95 % interval, a method and distortion, percent."""
    tested = table[(table.split == "test") & (table.condition != "digital")]
    last = tested[tested.epoch == tested.epoch.max()]
    rows = []
    for (name, condition), part in last.groupby(["method", "condition"], sort=False):
        found = statistics.crossed_bootstrap(100 * part.accuracy.to_numpy()[:, None])
        low, high = (found.mean,) * 2 if found.n == 1 else (found.low, found.high)
        rows.append(
            {
                "method": name,
                "size": float(condition.split()[1]),
                "middle": found.mean,
                "low": low,
                "high": high,
                "n": found.n,
            }
        )
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against the size of the error: two published panels and ours."""
    logs, shown = published(), ours(table)
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.42 * style.PAGE), sharey=True)
    for ax, error in zip(axes, ("beam splitters", "phase shifters"), strict=False):
        _logs(ax, logs[logs.error.isin([error, "none"])])
        ax.set(title=f"Zheng et al. 2023:\n{error}", xlabel="standard deviation of the error")
    for name in METHODS:
        line = shown[shown.method == name].sort_values("size")
        style.band(axes[2], line["size"], line.middle, line.low, line.high, name)
    axes[2].set(
        title=f"this library: weights\n(n = {shown.n.iloc[0]})", xlabel="relative distortion"
    )
    axes[0].set(ylabel="accuracy on the device (%)", ylim=(0, 100))
    figure.legend(*axes[2].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    style.panel_letters(axes)
    return figure, pd.concat(
        [logs.assign(source="published"), shown.assign(source="this library")], ignore_index=True
    )


def _logs(ax: Axes, logs: pd.DataFrame) -> None:
    """Published points."""
    for name, (method, fill) in PUBLISHED.items():
        part, look = logs[logs.method == name].sort_values("size"), style.look(method)
        ax.plot(
            part["size"],
            part.accuracy,
            color=look.colour,
            linestyle=look.line,
            marker=look.marker,
            fillstyle=fill,
            linewidth=0.8,
        )
