"""Spoken vowels on second-harmonic generation: what the runs give, drawn and judged."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt import experiments, statistics
from asyt.claims import Measurement
from asyt.devices.shg import LAYERS
from asyt.experiments.chips.summary import select
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.figures._panels_chips import strips
from asyt.figures.vowel_runs import CHOICE, PROFILES, Config, build, jobs, run

__all__ = ["CLAIMS", "LAYERS", "PROFILES", "Config", "build", "jobs", "run"]

EXPERIMENT = "vowels"
PAGE = "physical.html"
CLAIMS = ("pnn-forward", "pnn-accuracy-vowels", "pnn-procedure", "pnn-inference-cost", "pnn-energy")
FIGURES = {
    "pnn-vowels": Drawing(
        "vowels",
        "draw",
        "Spoken vowels on five second-harmonic-generation modules. (a) Test accuracy against "
        "epoch: medians and 5-95 % "
        "ranges over 13 benches x 8 initial values. (b) Where every draw ends; diamonds: 93 %, "
        "which Wright et al. "
        "report for this task, and the blog's 97 %.",
        "Test accuracy against epoch and dot clouds of final accuracies for the twin alone, PAT, "
        "AsyT, pseudo IP-BP "
        "and in-silico BP.",
    ),
}
METHODS = ("ideal-bp", "pat", "asyt", "pseudo-ip-bp", "insilico-bp")
SHORT = {
    "ideal-bp": "twin\nalone",
    "pat": "PAT",
    "asyt": "AsyT",
    "pseudo-ip-bp": "pseudo\nIP-BP",
    "insilico-bp": "in-\nsilico",
}
BLOG, WRIGHT = 97.0, 93.0
CHANCE = 100 / 7


def main(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the population, at the published spreads."""
    return table[table.part == "main"]


def draws(table: pd.DataFrame, method: str, split: str = "test") -> np.ndarray:
    """Final accuracies in percent, (trajectories, benches)."""
    rows = select(table, quantity="accuracy", method=method, split=split)
    return 100 * rows.pivot(index="trajectory", columns="chip", values="value").to_numpy()


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against epoch, and every draw at the end."""
    table = main(table)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(style.PAGE, 0.44 * style.PAGE), width_ratios=(1.2, 1)
    )
    numbers = [_curve(left, table, method) for method in METHODS]
    left.set(xlabel="epoch", ylabel="test accuracy (%)", ylim=(0, 103), xlim=(0, None))
    left.legend(loc="lower center")
    numbers.append(strips(right, [(SHORT[m], m, draws(table, m).ravel(), None) for m in METHODS]))
    for value in (WRIGHT, BLOG):
        style.reported(right, value, f"{value:g}", x=len(METHODS) - 0.4)
    right.set_xlim(-0.6, len(METHODS) + 0.2)
    right.set_ylabel("final test accuracy (%)")
    style.panel_letters((left, right))
    return figure, pd.concat(numbers, ignore_index=True)


def _curve(ax: Axes, table: pd.DataFrame, method: str) -> pd.DataFrame:
    rows = {
        name: select(table, quantity=name, method=method, split="test").set_index("epoch").value
        for name in ("median", "low", "high")
    }
    middle, low, high = (100 * rows[name] for name in rows)
    label = "Twin alone" if method == "ideal-bp" else None
    style.band(
        ax, middle.index, middle, low, high, method, label=label, n=draws(table, method).size
    )
    return pd.DataFrame(
        {
            "method": method,
            "epoch": middle.index,
            "median": middle.to_numpy(),
            "low": low.to_numpy(),
            "high": high.to_numpy(),
        }
    )


def ends(table: pd.DataFrame) -> dict[str, float]:
    """Of the main run, for the page: ends of 5-95 % ranges, and percentages of draws that collapsed.

    Collapsed is a draw that ends below half of what the twin alone reaches.
    """
    half = np.median(draws(table, "ideal-bp")) / 2
    found = {
        name: draws(table, method)
        for name, method in (
            ("pat", "pat"),
            ("asyt", "asyt"),
            ("pseudo", "pseudo-ip-bp"),
            ("insilico", "insilico-bp"),
        )
    }
    low, high = np.quantile(found["pat"], [0.05, 0.95])
    return {
        "pat_low": low,
        "pat_high": high,
        "insilico_low": np.quantile(found["insilico"], 0.05),
        **{
            f"{name}_collapsed": 100 * float((values < half).mean())
            for name, values in found.items()
        },
    }


def lead(table: pd.DataFrame) -> statistics.Interval:
    """Points of test accuracy by which PAT leads in-silico BP, paired by initial values and bench."""
    return statistics.paired_difference(draws(table, "pat"), draws(table, "insilico-bp"))


def choice(table: pd.DataFrame) -> pd.DataFrame:
    """Mean validation accuracy in percent of every setting tried, best first."""
    rows = table[
        (table.part == "choice") & (table.quantity == "accuracy") & (table.split == "test")
    ]
    found = rows.groupby(list(CHOICE)).value.agg(["mean", "count"]).reset_index()
    found = found.assign(mean=100 * found["mean"]).rename(
        columns={"mean": "validation accuracy (%)", "count": "n"}
    )
    return found.sort_values("validation accuracy (%)", ascending=False)


def measurements(profile: str = "paper") -> list[Measurement]:
    """The rows of the vowels, and those of the same source that nobody can measure here."""
    table = main(experiments.table(EXPERIMENT, profile, "main"))
    found = statistics.population(draws(table, "pat"))
    ideal = float(np.median(draws(table, "ideal-bp")))
    ahead = lead(table)
    text = "five SHG modules, 7 vowels, the original 210/49 split; PAT with the analytic twin"
    where = f"{PAGE}#fig-pnn-vowels"
    return [
        Measurement(
            "pnn-forward",
            found.median,
            found.low,
            found.high,
            found.n,
            f"{text}; test accuracy, chance {CHANCE:.1f} %",
            where,
            holds=found.median >= 4 * CHANCE,
        ),
        Measurement(
            "pnn-accuracy-vowels",
            found.median,
            found.low,
            found.high,
            found.n,
            f"{text}; Wright et al. report 93 % for this task, and 97 % for an MNIST hybrid",
            where,
            chance=CHANCE,
            ideal=ideal,
        ),
        Measurement(
            "pnn-procedure",
            ahead.mean,
            ahead.low,
            ahead.high,
            ahead.n,
            f"{text}; points of test accuracy by which PAT leads in-silico BP on the same benches",
            where,
            holds=ahead.low > 0,
        ),
        Measurement("pnn-inference-cost", page=PAGE),
        Measurement("pnn-energy", page=PAGE),
    ]
