"""Learning rates of a comparison: the runs that choose them, and the runs that use them.

Rates are chosen for each method under each condition, by the same number of candidates and draws,
on validation data, by runs of the full length: a short search favours rates that fail later.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import pandas as pd

from asyt.experiments._comparison import Cell, Condition, Config, crossed, run
from asyt.experiments.base import Experiment, Seeds, seeds_of
from asyt.experiments.summaries import final

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


def search(
    cells: Iterable[Cell],
    rates: tuple[float, ...] = GRID,
    **options: Any,
) -> list[Config]:
    """The runs that choose a rate: draws of their own, judged on validation data."""
    cells = tuple(cells)
    searches = []
    for seed, rate in product(SEARCH_SEEDS, rates):
        searches.append(Config(rate, cells, seed, "validation", **options))
    return searches


def one_draw(
    cells: Iterable[Cell],
    rates: Rates,
    seed: int,
    **options: Any,
) -> list[Config]:
    """The runs of a draw: cells of the same rate share a trajectory."""
    cells_at: dict[float, list[Cell]] = {}
    for cell in cells:
        rate = rates[cell.method, cell.condition.name]
        cells_at.setdefault(rate, []).append(cell)
    configs = []
    for rate in sorted(cells_at):
        together = tuple(cells_at[rate])
        configs.append(Config(rate, together, seed, **options))
    return configs


def runs(
    profile: str,
    seeds: Seeds,
    searches: list[Config],
    draw: Callable[[int], list[Config]],
) -> list[Config]:
    """The searches where the published tables are made; then the draw of every seed."""
    configs: list[Config] = []
    if profile == "paper" and seeds is None:
        configs += searches
    for seed in seeds_of(profile, seeds, SEEDS):
        configs += draw(seed)
    changes = PROFILES[profile]
    return [replace(config, **changes) for config in configs]


def experiment(
    name: str,
    methods: Iterable[str],
    conditions: Iterable[Condition],
    rates: Rates,
) -> Experiment:
    """Every method under every condition: the searches, then every draw once for each rate."""
    cells = crossed(methods, conditions)

    def plan(profile: str, seeds: Seeds = None) -> list[Config]:
        draw = partial(one_draw, cells, rates)
        return runs(profile, seeds, search(cells), draw)

    return Experiment(name, PROFILES, plan, run)


def by_condition(
    rates: Mapping[str, Sequence[float]],
    conditions: Sequence[Condition],
) -> dict[tuple[str, str], float]:
    """A rate for each method and condition, from a method's rates in the conditions' order."""
    names = [condition.name for condition in conditions]
    table = pd.DataFrame(rates, index=names)
    return table.unstack().to_dict()


def best_rates(table: pd.DataFrame) -> pd.Series:
    """What the searches choose: a method's and condition's rate of highest final accuracy.

    The accuracy is that on validation data, the mean over draws; of equals the lowest rate.
    """
    cell = ["method", "condition"]
    on_chips = table.condition != "digital"
    last = final(table[(table.split == "validation") & on_chips])
    mean = last.groupby([*cell, "rate"], as_index=False).accuracy.mean()
    best = mean.groupby(cell).accuracy.idxmax()
    return mean.loc[best].set_index(cell).rate


def chosen(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """`best_rates` as an experiment's `RATES` have them."""
    return best_rates(table).to_dict()
