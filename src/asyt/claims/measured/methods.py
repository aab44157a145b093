"""All methods on one bench: optimizers of AsyT, and how many epochs gradient-free methods need."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import methods, summaries

EXPERIMENTS = (methods.EXPERIMENT,)
PAGE = "methods-bench.html"
CLAIMS = ("asyt-m-optimizers", "asyt-m-convergence")


def measure(table: DataFrame) -> list[Measurement]:
    """Adam against gradient descent, and gradient-free methods against those based on BP."""
    return [optimizers(table), convergence(table)]


def optimizers(table: DataFrame) -> Measurement:
    """By how much Adam ends above gradient descent."""
    ends = methods.by_optimizer(table)
    adam = ends[["Adam"]].to_numpy()
    descent = ends[["SGD"]].to_numpy()
    gap = summaries.mean(adam - descent)
    means = ", ".join(f"{name} {mean:.1f}" for name, mean in ends.mean().items())
    note = f"Adam minus gradient descent after 30 epochs, in points; accuracies: {means} %"
    return Measurement.of("asyt-m-optimizers", gap, note, holds=gap["centre"] >= -1)


def convergence(table: DataFrame) -> Measurement:
    """By how many epochs gradient-free methods are behind, in the pair of least certainty."""
    all_reach = True
    lags = []
    texts = []
    for (name, other), draws in methods.epochs_to(table).groupby(["method", "other"]):
        behind = draws.epochs - draws.other_epochs
        if behind.isna().any():
            all_reach = False
            continue
        lag = summaries.mean(behind.to_numpy()[:, None])
        lags.append(lag)
        ends = f"{lag['low']:.1f} to {lag['high']:.1f}"
        texts.append(f"{name} after {other}: {lag['centre']:.1f} epochs ({ends})")
    least = min(lags, key=lambda lag: lag["low"])
    holds = all_reach and least["low"] > 0
    note = f"epochs to 90 % of what the gradient-free method ends with: {'; '.join(texts)}"
    return Measurement.of("asyt-m-convergence", least, note, holds=holds)
