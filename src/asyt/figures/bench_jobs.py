"""All methods on one bench, beyond the paper: which runs there are, and how their learning rates are chosen.

Learning rates are chosen for each method on the plain distorted chip, by the same number of candidates, on validation
data, and then used on every kind of device. A short search favours rates that fail later, so the candidates are modest.
Gradient-free methods have grids of their own, since an update of SPSA
grows with the number of controls and one of a cosine with nothing.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from asyt.errors import AsytError
from asyt.figures.bench_runs import GRID, SEEDS, SMOKE, Cell, Condition, Config, best_rates, rule, search

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
METHODS = (*BP_BASED, *ALIGNED, *GRADIENT_FREE)
SHARES = (0.0, 0.25, 0.75, 1.0)  # digital share of AsyT's error; 0.5 is AsyT itself
#: Optimizer and its options -> the grid of learning rates.
OPTIMIZERS = {
    ("SGD", ()): GRID,
    ("SGD", (("momentum", 0.9),)): tuple(rate / 10 for rate in GRID),
    ("Adam", ()): (3e-4, 1e-3, 3e-3),
}
GRIDS = {"spsa": (1e-4, 1e-3, 1e-2), "forward-only": (0.06, 0.6, 6.0)}
#: The rates of highest validation accuracy, from the search runs of this experiment; `chosen` finds them again.
RATES = {**dict.fromkeys((*BP_BASED, *ALIGNED), 0.2), "spsa": 1e-3, "forward-only": 0.6}
OPTIMIZER_RATES = {"SGD momentum 0.9": 0.02, "Adam": 3e-3}

PROFILES = {
    "smoke": SMOKE,
    "quick": {"samples": 3000, "epochs": 10},
    "paper": {},
}


def _searches() -> list[Config]:
    """The runs that choose the rates, on the plain chip."""
    common = search(tuple(Cell(name, PLAIN) for name in (*BP_BASED, *ALIGNED)))
    own = [c for name, grid in GRIDS.items() for c in search((Cell(name, PLAIN),), grid)]
    rules = [
        config
        for (optimizer, options), grid in list(OPTIMIZERS.items())[1:]
        for config in search((Cell("asyt", PLAIN),), grid, optimizer=optimizer, options=options)
    ]
    return [*common, *own, *rules]


def jobs(profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None) -> list[Config]:
    """The runs that choose the rates (not for seeds of one's own); then every draw: all methods on every kind of chip.

    Raises:
        AsytError: if numbers of chips are asked for.
    """
    if devices is not None:
        raise AsytError(f"{devices} devices: here a draw has one chip; ask for more draws with --seed.")
    searches = _searches() if profile == "paper" and seeds is None else []
    final = [config for seed in seeds or (SEEDS[:1] if profile == "smoke" else SEEDS) for config in _finals(seed)]
    return [*searches, *(replace(config, **PROFILES[profile]) for config in final)]


def _finals(seed: int) -> list[Config]:
    runs = []
    for rate in sorted(set(RATES.values())):
        names = [name for name in METHODS if RATES[name] == rate]
        extra = [Cell("insilico-bp", PLAIN), *(Cell("asyt", PLAIN, share) for share in SHARES)]
        plain = [Cell(name, PLAIN) for name in names] + (extra if "asyt" in names else [])
        harder = [Cell(name, condition) for condition in HARDER for name in names]
        harder += [Cell("insilico-bp", condition) for condition in HARDER] if "asyt" in names else []
        runs += [Config(rate, tuple(plain), seed, epochs=20, every=1), Config(rate, tuple(harder), seed, epochs=10)]
    for optimizer, options in list(OPTIMIZERS)[1:]:
        rate = OPTIMIZER_RATES[rule(optimizer, options)]
        runs.append(Config(rate, (Cell("asyt", PLAIN),), seed, epochs=20, optimizer=optimizer, options=options))
    return runs


def chosen(table: pd.DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    """What the search runs choose: the rate for each method, and for AsyT with each optimizer."""
    found = table[table.split == "validation"]
    plain = best_rates(found[found.optimizer == "SGD"])
    others = found[found.optimizer != "SGD"].groupby("optimizer").apply(lambda part: best_rates(part).iloc[0])
    return plain.droplevel("condition").to_dict(), others.to_dict()
