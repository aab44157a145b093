"""Learning rates of a comparison: the runs that choose them, and the runs that use them.

Rates are chosen for each method under each condition, by the same number of candidates and draws,
on validation data, by runs of the full length: a short search favours rates that fail later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from asyt.experiments._comparison import Cell, Condition, Config
from asyt.experiments.base import Seeds

#: Learning rates to choose from, for gradients averaged over the batch.
GRID = (0.02, 0.06, 0.2, 0.6, 2.0)
#: The seeds, so the chips, on which rates are chosen; no result is read from them.
SEARCH_SEEDS = (100, 101, 102)
SEEDS = (0, 1, 2, 3, 4)
#: Profile -> changes to every run. Smoke: the small digits instead of MNIST.
PROFILES: dict[str, dict[str, Any]] = {
    "smoke": {
        "dataset": "digits",
        "layers": (64, 16, 16, 10),
        "samples": 400,
        "batch_size": 100,
        "epochs": 2,
        "every": 2,
    },
    "quick": {"samples": 3000, "epochs": 10},
    "paper": {},
}
#: (method, name of a condition) -> learning rate.
Rates = Mapping[tuple[str, str], float]


def search(cells: Iterable[Cell], rates: tuple[float, ...] = GRID, **options: Any) -> list[Config]:
    """The runs that choose a rate: draws of their own, judged on validation data."""
    cells = tuple(cells)
    configs = []
    for seed in SEARCH_SEEDS:
        for rate in rates:
            configs.append(Config(rate, cells, seed, "validation", **options))
    return configs


def one_draw(
    cells: Iterable[Cell],
    rates: Rates,
    seed: int,
    **options: Any,
) -> list[Config]:
    """The runs of a draw: cells of the same rate share a trajectory."""
    by_rate: dict[float, list[Cell]] = {}
    for cell in cells:
        by_rate.setdefault(rates[cell.method, cell.condition.name], []).append(cell)
    return [Config(rate, tuple(by_rate[rate]), seed, **options) for rate in sorted(by_rate)]


def draws(profile: str, seeds: Seeds) -> tuple[int, ...]:
    """The seeds of the final runs."""
    return seeds or (SEEDS[:1] if profile == "smoke" else SEEDS)


def searched(profile: str, seeds: Seeds) -> bool:
    """Whether a plan has the runs that choose the rates: where the published tables are made."""
    return profile == "paper" and seeds is None


def plan(
    profile: str,
    seeds: Seeds,
    cells: Sequence[Cell],
    rates: Rates,
) -> list[Config]:
    """The searches, then every draw once for each rate that a cell has."""
    configs = search(cells) if searched(profile, seeds) else []
    for seed in draws(profile, seeds):
        configs += one_draw(cells, rates, seed)
    return [replace(config, **PROFILES[profile]) for config in configs]


def by_condition(
    rates: Mapping[str, Sequence[float]], conditions: Sequence[Condition]
) -> dict[tuple[str, str], float]:
    """A rate for each method and condition, from a method's rates in the conditions' order."""
    chosen = {}
    for name, row in rates.items():
        for condition, rate in zip(conditions, row, strict=True):
            chosen[name, condition.name] = rate
    return chosen


def best_rates(table: pd.DataFrame) -> pd.Series:
    """What the searches choose: a method's and condition's rate of highest final accuracy.

    The accuracy is that on validation data, the mean over draws; of equals the lowest rate.
    """
    validated = table[(table.split == "validation") & (table.condition != "digital")]
    last = validated[validated.epoch == validated.epoch.max()]
    means = last.groupby(["method", "condition", "rate"], as_index=False).accuracy.mean()
    means = means.sort_values("rate")
    best = means.loc[means.groupby(["method", "condition"]).accuracy.idxmax()]
    return best.set_index(["method", "condition"]).rate
