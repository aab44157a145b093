"""Dual adaptive training against the size of the error: published logs, and ours."""

import pandas as pd
from matplotlib.axes import Axes

from asyt import paths
from asyt.experiments import methods_distortion as experiment
from asyt.figures import _style as style

EXPERIMENT = experiment.EXPERIMENT
CAPTION = (
    "MNIST against the size of the device's error. (a, b) Published by the authors of dual "
    "adaptive training: a network of three 64-mode interferometer meshes with errors of its beam "
    "splitters or phase shifters, one run a point. DAT without reading hidden states is open, in "
    "the separable mode, which reads them, filled. (c) This library: [784, 128, 128, 10] with "
    "distorted weights, 10,000 samples, 30 epochs; means with 95 % intervals over 5 draws."
)
ALT = (
    "Three panels of accuracy falling with the error: in the published ones digital weights put on "
    "the device fall first and dual adaptive training last; in ours AsyT hardly falls, PAT and "
    "dual adaptive training break off."
)
ERRORS = ("beam splitters", "phase shifters")
#: Name of a method in the published logs -> its look here, and how its points are filled.
PUBLISHED = {
    "in silico": ("insilico-bp", "full"),
    "PAT": ("pat", "full"),
    "DAT": ("dat", "none"),
    "DAT, states read, separable": ("dat", "full"),
}
#: Horizontal places of the intervals of (c), so that none hides another.
SHIFTS = (-0.015, -0.005, 0.005, 0.015)


def published() -> pd.DataFrame:
    """Accuracies that Zheng et al. (2023) deposited, percent: error, size, method, accuracy."""
    table = pd.read_csv(paths.published() / "data" / "published" / "zheng2023-mnist.csv")
    return table.assign(accuracy=100 * table.accuracy)


def draw(table: pd.DataFrame) -> style.Drawn:
    """Two published panels and ours."""
    logs = published()
    ends = experiment.ends(table)
    figure, axes = style.panels(
        1, 3, 0.42, ylabel="accuracy on the device (%)", ylim=(0, 100), sharey=True
    )
    for ax, error in zip(axes[:2], ERRORS, strict=True):
        _logs(ax, logs[logs.error.isin([error, "none"])])
        ax.set(
            title=f"Zheng et al. 2023:\n{error}",
            xlabel="standard deviation of the error",
        )
    for at, name in enumerate(experiment.COMPARED):
        line = ends[ends.method == name].sort_values("size")
        style.line(axes[2], line["size"], line.centre, name, label=style.LABELS[name])
        beside = line.assign(size=line["size"] + SHIFTS[at])
        style.interval(
            axes[2],
            beside["size"],
            line.centre,
            line.low,
            line.high,
            name,
            "",
        )
    axes[2].set_title(f"this library: weights\n(n = {ends.n.iloc[0]})")
    axes[2].set_xlabel("relative distortion")
    axes[0].plot(
        [],
        [],
        "o",
        color="0.3",
        fillstyle="none",
        label="(a, b) hidden states not read",
    )
    handles, labels = axes[2].get_legend_handles_labels()
    more, told = axes[0].get_legend_handles_labels()
    figure.legend(
        [*handles, *more],
        [*labels, *told],
        loc="outside upper center",
        ncols=5,
    )
    sources = [logs.assign(source="published"), ends.assign(source="this library")]
    return figure, pd.concat(sources, ignore_index=True)


def _logs(ax: Axes, logs: pd.DataFrame) -> None:
    for name, (method, fill) in PUBLISHED.items():
        line = logs[logs.method == name].sort_values("size")
        style.line(
            ax,
            line["size"],
            line.accuracy,
            method,
            marker=style.MARKERS[method],
            fillstyle=fill,
            linewidth=0.8,
        )
