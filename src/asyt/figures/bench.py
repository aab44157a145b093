"""All methods on one bench, drawn and judged: methods against devices, epochs to an accuracy, optimizers, mixing."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments, statistics
from asyt.claims import Measurement
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.figures.bench_jobs import (
    ALIGNED,
    BP_BASED,
    GRADIENT_FREE,
    KINDS,
    METHODS,
    OPTIMIZERS,
    PLAIN,
    PROFILES,
    RATES,
    chosen,
    jobs,
)
from asyt.figures.bench_runs import build, rule, run

__all__ = ["CLAIMS", "PROFILES", "build", "chosen", "jobs", "measurements", "run"]

EXPERIMENT = "methods"
PAGE = "methods.html"
CLAIMS = ("asyt-m-optimizers", "asyt-m-convergence")
FIGURES = {
    "methods-matrix": Drawing(
        EXPERIMENT,
        "draw_matrix",
        "Every method on five kinds of device (MNIST, [784, 128, 128, 10], 10,000 samples): test "
        "accuracy after 30 "
        "epochs. Each dot is one draw of task and chip, the bar their mean. The dashed line is "
        "ideal BP at the "
        "rate that AsyT has on the plain chip.",
        "Five panels of dots, one row a method: close together on the plain chip and with 16 "
        "levels, far apart after "
        "the perturbation; SPSA lowest.",
    ),
    "methods-convergence": Drawing(
        EXPERIMENT,
        "draw_convergence",
        "Test accuracy against epoch on the plain distorted chip, every method at its own learning "
        "rate. Means with "
        "95 % bands over 5 draws of task and chip.",
        "Two panels of rising curves: methods based on back-propagation rise fastest, forward-only "
        "learning close "
        "behind, DFA and FA more slowly; SPSA stays below 30 %.",
    ),
    "methods-optimizers": Drawing(
        EXPERIMENT,
        "draw_optimizers",
        "AsyT with three optimizers, each at its own learning rate; the digital model (ideal BP) "
        "uses the same one. "
        "Means with 95 % bands over 5 draws of task and chip.",
        "Accuracy against epoch in three panels; in each AsyT follows ideal BP from below.",
    ),
    "methods-mixing": Drawing(
        EXPERIMENT,
        "draw_mixing",
        "AsyT with a digital share M1 of the error, and M2 = 1 - M1, on the plain distorted chip "
        "after 30 epochs. Each "
        "dot is one draw of task and chip, the bar their mean.",
        "Dots against the digital share from 0 to 1; accuracy falls at both ends, at 0 in some "
        "draws only.",
    ),
}


def tested(table: pd.DataFrame) -> pd.DataFrame:
    """The final runs only, without the digital trajectories, accuracy in percent."""
    part = table[(table.split == "test") & (table.condition != "digital")]
    return part.assign(accuracy=100 * part.accuracy)


def ideal(table: pd.DataFrame) -> pd.DataFrame:
    """The digital trajectories that AsyT was trained along, one a seed and optimizer, accuracy in percent."""
    along = table[(table.method == "asyt") & (table.condition == PLAIN.name)][
        ["split", "optimizer", "rate", "seed"]
    ]
    part = table[(table.split == "test") & (table.condition == "digital")].merge(
        along.drop_duplicates()
    )
    part = part.drop_duplicates(["optimizer", "seed", "epoch"])
    return part.assign(accuracy=100 * part.accuracy)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Gradient descent on the plain chip, AsyT with equal shares."""
    part = tested(table)
    return part[(part.condition == PLAIN.name) & (part.optimizer == "SGD") & part.share.isna()]


def _final(part: pd.DataFrame) -> pd.DataFrame:
    return part[part.epoch == part.epoch.max()]


def together(table: pd.DataFrame) -> pd.DataFrame:
    """Every method on every kind of device, after the last epoch."""
    part = tested(table)
    return _final(part[(part.optimizer == "SGD") & part.share.isna()])


def matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Mean test accuracy in percent, one row a method, one column a kind of device."""
    part = together(table)
    found = part.pivot_table(index="method", columns="condition", values="accuracy")
    found = found.loc[list(METHODS), [condition.name for condition in KINDS]]
    found.insert(0, "method", [style.LABELS[name] for name in found.index])
    return found.reset_index(drop=True)


def rates() -> pd.DataFrame:
    """The learning rates of `matrix`, in its rows and columns."""
    found = (
        pd.Series(RATES)
        .map("{:g}".format)
        .unstack()
        .loc[list(METHODS), [condition.name for condition in KINDS]]
    )
    found.insert(0, "method", [style.LABELS[name] for name in found.index])
    return found.reset_index(drop=True)


def epochs_to(table: pd.DataFrame, share: float = 0.9) -> pd.DataFrame:
    """Epochs that BP-based methods need to an accuracy that a gradient-free one reaches late.

    The accuracy is `share` of what the gradient-free method ends with, in the same draw; an epoch
    is the first evaluated one that reaches it.

    Returns:
        Rows seed, method (gradient-free), epochs, other (BP-based), other_epochs (NaN if it never
        gets there).
    """
    curves = _plain(table).pivot_table(index="epoch", columns=["seed", "method"], values="accuracy")
    rows = []
    for seed in curves.columns.unique("seed"):
        for name in GRADIENT_FREE:
            goal = share * curves[seed, name].iloc[-1]
            for other in BP_BASED:
                reached = [curves.index[curves[seed, m] >= goal] for m in (name, other)]
                own, others = (epochs[0] if len(epochs) else np.nan for epochs in reached)
                rows.append(
                    {
                        "seed": seed,
                        "method": name,
                        "epochs": own,
                        "other": other,
                        "other_epochs": others,
                    }
                )
    return pd.DataFrame(rows)


def optimizers(table: pd.DataFrame) -> pd.DataFrame:
    """AsyT on the plain chip by optimizer: final accuracy a draw, percent; columns are optimizers, rows seeds."""
    part = tested(table)
    part = _final(
        part[(part.method == "asyt") & (part.condition == PLAIN.name) & part.share.isna()]
    )
    return part.pivot(index="seed", columns="optimizer", values="accuracy")


def measurements(profile: str = "paper") -> list[Measurement]:
    """Adam against gradient descent, and gradient-free methods against those based on back-propagation."""
    table = experiments.table(EXPERIMENT, profile)
    finals = optimizers(table)
    gap = statistics.paired_difference(finals[["Adam"]].to_numpy(), finals[["SGD"]].to_numpy())
    each = ", ".join(f"{name} {finals[name].mean():.1f}" for name in finals)
    found = epochs_to(table)
    lag = {}
    for pair, part in found.groupby(["method", "other"]):
        spare = part.epochs - part.other_epochs.fillna(np.inf)
        reached = bool(np.isfinite(spare).all())
        lag[pair] = statistics.crossed_bootstrap(spare.to_numpy()[:, None]) if reached else None
    known = {pair: value for pair, value in lag.items() if value is not None}
    least = min(known.values(), key=lambda value: value.low)
    texts = [
        f"{name} after {other}: {value.mean:.1f} epochs ({value.low:.1f} to {value.high:.1f})"
        for (name, other), value in known.items()
    ]
    return [
        Measurement(
            "asyt-m-optimizers",
            gap.mean,
            gap.low,
            gap.high,
            gap.n,
            f"Adam minus gradient descent after 30 epochs, in points; accuracies: {each} %",
            PAGE,
            holds=gap.mean >= -1,
        ),
        Measurement(
            "asyt-m-convergence",
            least.mean,
            least.low,
            least.high,
            least.n,
            "epochs to 90 % of what the gradient-free method ends with: " + "; ".join(texts),
            PAGE,
            holds=len(known) == len(lag) and least.low > 0,
        ),
    ]


def draw_matrix(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One panel a kind of device, one row a method."""
    part, goal = together(table), _final(ideal(table))
    figure, axes = plt.subplots(
        1, 5, figsize=(style.PAGE, 0.42 * style.PAGE), sharex=True, sharey=True
    )
    for ax, condition in zip(axes, KINDS, strict=True):
        ax.axvline(
            goal[goal.optimizer == "SGD"].accuracy.mean(),
            color="0.5",
            linewidth=0.8,
            linestyle="--",
            zorder=0,
        )
        for y, name in enumerate(reversed(METHODS)):
            draws = part[(part.condition == condition.name) & (part.method == name)].accuracy
            look = style.look(name)
            ax.plot(
                draws,
                [y] * len(draws),
                color=look.colour,
                marker="o",
                markersize=3,
                alpha=0.6,
                linestyle="none",
                markeredgewidth=0,
            )
            ax.vlines(draws.mean(), y - 0.3, y + 0.3, color=look.colour, linewidth=2)
        ax.set(
            title=condition.name.replace(" an epoch", "\nan epoch"),
            xlim=(0, 100),
            xlabel="test accuracy (%)",
        )
    axes[0].set_yticks(range(len(METHODS)), [style.LABELS[name] for name in reversed(METHODS)])
    style.panel_letters(axes)
    return figure, part


def _curves(ax, part: pd.DataFrame, name: str) -> None:
    grid = part.pivot(index="epoch", columns="seed", values="accuracy")
    found = [
        statistics.crossed_bootstrap(row.to_numpy()[:, None], n=2000) for _, row in grid.iterrows()
    ]
    mean, low, high = (
        np.array([getattr(f, end) for f in found]) for end in ("mean", "low", "high")
    )
    style.band(
        ax,
        grid.index,
        mean,
        np.where(np.isnan(low), mean, low),
        np.where(np.isnan(high), mean, high),
        name,
    )


def draw_convergence(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Methods based on back-propagation left, the others with AsyT right."""
    part = _plain(table)
    figure, axes = plt.subplots(1, 2, figsize=(style.PAGE, 0.42 * style.PAGE), sharey=True)
    for ax, names in zip(axes, (BP_BASED, ("asyt", *ALIGNED, *GRADIENT_FREE)), strict=True):
        for name in names:
            _curves(ax, part[part.method == name], name)
        ax.set(xlabel="epoch", ylim=(0, 100))
        ax.legend(loc="center right")
    axes[0].set_ylabel("test accuracy (%)")
    style.panel_letters(axes)
    return figure, part


def draw_optimizers(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One panel an optimizer."""
    digital, part = ideal(table), tested(table)
    part = part[(part.method == "asyt") & (part.condition == PLAIN.name) & part.share.isna()]
    names = [rule(*options) for options in OPTIMIZERS]
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.36 * style.PAGE), sharey=True)
    for ax, name in zip(axes, names, strict=True):
        _curves(ax, digital[digital.optimizer == name], "ideal-bp")
        _curves(ax, part[part.optimizer == name], "asyt")
        title = {"SGD": "gradient descent", "SGD momentum 0.9": "momentum 0.9"}.get(name, name)
        ax.set(title=title, xlabel="epoch", ylim=(0, 100))
    axes[0].set_ylabel("test accuracy (%)")
    axes[0].legend(loc="lower right")
    style.panel_letters(axes)
    return figure, pd.concat([digital, part])


def draw_mixing(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Final accuracy against the digital share."""
    part = _final(tested(table))
    part = part[
        (part.method == "asyt") & (part.condition == PLAIN.name) & (part.optimizer == "SGD")
    ]
    part = part.assign(share=part.share.fillna(0.5))
    figure, ax = plt.subplots(figsize=(style.COLUMN, 0.75 * style.COLUMN))
    look = style.look("asyt")
    for share, draws in part.groupby("share").accuracy:
        ax.plot(
            [share] * len(draws),
            draws,
            color=look.colour,
            marker="o",
            markersize=3,
            alpha=0.6,
            linestyle="none",
            markeredgewidth=0,
        )
        ax.hlines(draws.mean(), share - 0.05, share + 0.05, color=look.colour, linewidth=2)
    ax.set(xlabel="digital share $M_1$ of the error", ylabel="test accuracy (%)", ylim=(0, 100))
    return figure, part
