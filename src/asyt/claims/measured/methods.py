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
    gap = summaries.mean(ends[["Adam"]].to_numpy() - ends[["SGD"]].to_numpy())
    means = ", ".join(f"{name} {mean:.1f}" for name, mean in ends.mean().items())
    reading = f"Adam minus gradient descent after 30 epochs, in points; accuracies: {means} %"
    return Measurement.of("asyt-m-optimizers", gap, reading, holds=gap["centre"] >= -1)


def convergence(table: DataFrame) -> Measurement:
    """By how many epochs gradient-free methods are behind, in the pair of least certainty."""
    lags, all_reach = {}, True
    for (name, other), draws in methods.epochs_to(table).groupby(["method", "other"]):
        lag = draws.epochs - draws.other_epochs
        if lag.isna().any():
            all_reach = False
        else:
            lags[f"{name} after {other}"] = summaries.mean(lag.to_numpy()[:, None])
    least = min(lags.values(), key=lambda lag: lag["low"])
    texts = [
        f"{pair}: {lag['centre']:.1f} epochs ({lag['low']:.1f} to {lag['high']:.1f})"
        for pair, lag in lags.items()
    ]
    reading = f"epochs to 90 % of what the gradient-free method ends with: {'; '.join(texts)}"
    holds = all_reach and least["low"] > 0
    return Measurement.of("asyt-m-convergence", least, reading, holds=holds)
