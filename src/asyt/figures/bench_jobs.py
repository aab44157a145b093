"""All methods on one bench, beyond the paper: which runs there are, and how their learning rates are chosen.

Every method has its rate for every kind of chip, in-silico BP too, as in Figs. 5g and 5h.
Gradient-free methods have grids of their own, since an update of SPSA grows with the number of
controls and one of a cosine with nothing. That of SPSA ends at 1e-3: at 3e-3 a search diverged
under noise.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from asyt.errors import AsytError
from asyt.figures.bench_runs import (
    GRID,
    SEEDS,
    SMOKE,
    Cell,
    Condition,
    Config,
    best_rates,
    each,
    one_draw,
    rule,
    search,
)

PLAIN = Condition("distortion")
HARDER = (
    Condition("noise 10 dB", noise_db=10.0),
    Condition("drift 0.1 an epoch", drift=0.1),
    Condition("perturbation 1.2", perturbation=1.2),
    Condition("16 levels", levels=16),
)
BP_BASED = ("asyt", "pseudo-ip-bp", "pat", "pat-readout", "dat")
ALIGNED = ("fa", "dfa")
GRADIENT_FREE = ("spsa", "forward-only")
METHODS = ("insilico-bp", *BP_BASED, *ALIGNED, *GRADIENT_FREE)
KINDS = (PLAIN, *HARDER)
SHARES = (0.0, 0.25, 0.75, 1.0)  # digital share of AsyT's error; 0.5 is AsyT itself
#: Optimizer and its options -> the grid of learning rates.
OPTIMIZERS = {
    ("SGD", ()): GRID,
    ("SGD", (("momentum", 0.9),)): tuple(rate / 10 for rate in GRID),
    ("Adam", ()): (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
}
GRIDS = {"spsa": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3), "forward-only": (0.06, 0.2, 0.6, 2.0, 6.0)}
#: The rates of highest validation accuracy, from the search runs of this experiment; `chosen` finds
#: them again. One a method and kind of chip, in the order of `KINDS`.
RATES = each(
    {
        "insilico-bp": (0.6, 0.6, 0.6, 0.6, 0.6),
        "asyt": (0.6, 0.06, 0.6, 0.2, 0.6),
        "pseudo-ip-bp": (0.6, 0.2, 0.6, 0.06, 0.6),
        "pat": (0.6, 0.2, 0.6, 0.02, 0.6),
        "pat-readout": (0.6, 0.2, 0.6, 0.02, 0.6),
        "dat": (0.6, 0.2, 0.6, 0.02, 0.6),
        "fa": (0.2, 2.0, 0.2, 0.02, 0.06),
        "dfa": (0.2, 2.0, 0.2, 0.02, 0.2),
        "spsa": (1e-3, 1e-3, 1e-3, 1e-3, 1e-3),
        "forward-only": (2.0, 6.0, 6.0, 0.2, 6.0),
    },
    KINDS,
)
OPTIMIZER_RATES = {"SGD momentum 0.9": 0.2, "Adam": 3e-3}

PROFILES = {
    "smoke": SMOKE,
    "quick": {"samples": 3000, "epochs": 10},
    "paper": {},
}


def _searches() -> list[Config]:
    """The runs that choose the rates: on every kind of chip, and for other optimizers on the plain one."""
    shared = search(Cell(name, kind) for kind in KINDS for name in METHODS if name not in GRIDS)
    own = [
        config
        for name, grid in GRIDS.items()
        for config in search([Cell(name, kind) for kind in KINDS], grid)
    ]
    rules = [
        config
        for (optimizer, options), grid in list(OPTIMIZERS.items())[1:]
        for config in search([Cell("asyt", PLAIN)], grid, optimizer=optimizer, options=options)
    ]
    return [*shared, *own, *rules]


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """The runs that choose the rates (not for seeds of one's own); then every draw: all methods on every kind of chip.

    Raises:
        AsytError: if numbers of chips are asked for.
    """
    if devices is not None:
        raise AsytError(
            f"{devices} devices: here a draw has one chip; ask for more draws with --seed."
        )
    searches = _searches() if profile == "paper" and seeds is None else []
    final = [
        config
        for seed in seeds or (SEEDS[:1] if profile == "smoke" else SEEDS)
        for config in _finals(seed)
    ]
    return [*searches, *(replace(config, **PROFILES[profile]) for config in final)]


def _finals(seed: int) -> list[Config]:
    """One draw; on the plain chip evaluated after every epoch, for its curves."""
    plain = [
        *(Cell(name, PLAIN) for name in METHODS),
        *(Cell("asyt", PLAIN, share) for share in SHARES),
    ]
    harder = [Cell(name, kind) for kind in HARDER for name in METHODS]
    runs = [*one_draw(plain, RATES, seed, every=1), *one_draw(harder, RATES, seed)]
    for optimizer, options in list(OPTIMIZERS)[1:]:
        rate = OPTIMIZER_RATES[rule(optimizer, options)]
        runs.append(
            Config(rate, (Cell("asyt", PLAIN),), seed, optimizer=optimizer, options=options)
        )
    return runs


def chosen(table: pd.DataFrame) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """What the search runs choose: the rate for each method and kind of chip, and for AsyT with each optimizer."""
    named = {optimizer: best_rates(part) for optimizer, part in table.groupby("optimizer")}
    return named.pop("SGD").to_dict(), {
        optimizer: rates.item() for optimizer, rates in named.items()
    }
