"""All methods on one bench, beyond the paper: methods against devices, optimizers, mixing ratios.

Every method has its rate for every kind of chip, in-silico BP too, as in Figs. 5g and 5h.
Gradient-free methods have grids of their own, since an update of SPSA grows with the number of
controls and one of a cosine with nothing. That of SPSA ends at 1e-3: at 3e-3 a search diverged
under noise.
"""

from dataclasses import replace
from typing import Any

import pandas as pd

from asyt.experiments import _rates
from asyt.experiments._comparison import Cell, Condition, Config, crossed, run, tested
from asyt.experiments._rates import GRID, PROFILES, best_rates, one_draw, search
from asyt.experiments.base import Experiment, Seeds
from asyt.experiments.summaries import final
from asyt.methods import LABELS

PLAIN = Condition("distortion")
HARDER = (
    Condition("noise 10 dB", noise_db=10.0),
    Condition("drift 0.1 an epoch", drift=0.1),
    Condition("perturbation 1.2", perturbation=1.2),
    Condition("16 levels", levels=16),
)
KINDS = (PLAIN, *HARDER)
ASYT = Cell("asyt", PLAIN)
BP_BASED = ("asyt", "pseudo-ip-bp", "pat", "pat-readout", "dat")
ALIGNED = ("fa", "dfa")
GRADIENT_FREE = ("spsa", "forward-only")
COMPARED = ("insilico-bp", *BP_BASED, *ALIGNED, *GRADIENT_FREE)
#: Those that read every layer of the chip on the way back through its twins.
OPENED = ("pat", "pat-readout", "dat")
#: What the prose calls methods and kinds of chips, where that is shorter.
CALLED = {
    "pseudo-ip-bp": "pseudo",
    "insilico-bp": "insilico",
    "forward-only": "forward",
}
SHORT = {
    "plain": "distortion",
    "noise": "noise 10 dB",
    "drift": "drift 0.1 an epoch",
    "blow": "perturbation 1.2",
}
EQUAL = 0.5  # digital share of AsyT's error
SHARES = (0.0, 0.25, 0.75, 1.0)  # the others
#: Other optimizers, by `Config.rule` -> changes of a config, and the grid of learning rates.
OPTIMIZERS: dict[str, tuple[dict[str, Any], tuple[float, ...]]] = {
    "SGD momentum 0.9": (
        {"options": (("momentum", 0.9),)},
        tuple(rate / 10 for rate in GRID),
    ),
    "Adam": ({"optimizer": "Adam"}, (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)),
}
GRIDS: dict[str, tuple[float, ...]] = {
    "spsa": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3),
    "forward-only": (0.06, 0.2, 0.6, 2.0, 6.0),
}
#: The rates of highest validation accuracy, from the search runs of this experiment; `chosen` finds
#: them again. One a method and kind of chip, in the order of `KINDS`.
RATES = _rates.by_condition(
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


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """The runs that choose the rates; then every draw: all methods on every kind of chip."""
    return _rates.runs(profile, seeds, _searches(), _finals)


def _searches() -> list[Config]:
    """On every kind of chip with gradient descent, and for other optimizers on the plain one."""
    by_gradient = [name for name in COMPARED if name not in GRIDS]
    configs = search(crossed(by_gradient, KINDS))
    for name, grid in GRIDS.items():
        cells = crossed([name], KINDS)
        configs += search(cells, grid)
    for changes, grid in OPTIMIZERS.values():
        configs += search([ASYT], grid, **changes)
    return configs


def _finals(seed: int) -> list[Config]:
    """One draw; on the plain chip evaluated after every epoch, for its curves."""
    mixtures = [Cell("asyt", PLAIN, share) for share in SHARES]
    plain = [*crossed(COMPARED, [PLAIN]), *mixtures]
    harder = crossed(COMPARED, HARDER)
    configs = one_draw(plain, RATES, seed, every=1)
    configs += one_draw(harder, RATES, seed)
    for name, (changes, _) in OPTIMIZERS.items():
        config = Config(OPTIMIZER_RATES[name], (ASYT,), seed)
        configs.append(replace(config, **changes))
    return configs


def chosen(
    table: pd.DataFrame,
) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """What the searches choose: `RATES` and `OPTIMIZER_RATES`."""
    best = {}
    for optimizer, searched in table.groupby("optimizer"):
        best[optimizer] = best_rates(searched)
    rates = best.pop("SGD").to_dict()
    others = {optimizer: rate.item() for optimizer, rate in best.items()}
    return rates, others


def ideal(table: pd.DataFrame) -> pd.DataFrame:
    """The digital trajectories that AsyT was trained along, one a seed and optimizer."""
    asyt = table[table.method == "asyt"]
    on_plain = asyt[asyt.condition == PLAIN.name]
    along = on_plain[["split", "optimizer", "rate", "seed"]]
    digital = table[table.condition == "digital"]
    tested = digital[digital.split == "test"]
    trajectories = tested.merge(along.drop_duplicates())
    return trajectories.drop_duplicates(["optimizer", "seed", "epoch"])


def equal_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Every method with gradient descent on every kind of chip, AsyT with equal shares."""
    rows = tested(table)
    by_descent = rows[rows.optimizer == "SGD"]
    return by_descent[by_descent.share.isna()]


def asyt_on_plain(table: pd.DataFrame) -> pd.DataFrame:
    """AsyT on the plain chip, with every optimizer and share; of `EQUAL` shares it is NaN."""
    rows = tested(table)
    asyt = rows[rows.method == "asyt"]
    return asyt[asyt.condition == PLAIN.name]


def optimizers(table: pd.DataFrame) -> pd.DataFrame:
    """AsyT on the plain chip with equal shares and every optimizer."""
    rows = asyt_on_plain(table)
    return rows[rows.share.isna()]


def mixed(table: pd.DataFrame) -> pd.DataFrame:
    """AsyT on the plain chip with gradient descent and every share, after the last epoch."""
    last = final(asyt_on_plain(table))
    rows = last.fillna({"share": EQUAL})
    return rows[rows.optimizer == "SGD"]


def by_optimizer(table: pd.DataFrame) -> pd.DataFrame:
    """AsyT's final accuracy on the plain chip, percent: a column an optimizer, a row a seed."""
    last = final(optimizers(table))
    fractions = last.pivot(
        index="seed",
        columns="optimizer",
        values="accuracy",
    )
    return 100 * fractions


def matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Mean final accuracy in percent, one row a method, one column a kind of chip."""
    last = final(equal_shares(table))
    means = last.pivot_table("accuracy", "method", "condition")
    return _labelled(100 * means)


def cells(table: pd.DataFrame) -> dict[str, float]:
    """The cells of `matrix` by METHOD_KIND, names of `CALLED` and `SHORT`, as the prose has them.

    opened_KIND is the best of the methods that need an opened chip.
    """
    percent = {}
    by_label = matrix(table).set_index("method")
    opened = [LABELS[name] for name in OPENED]
    for kind, condition in SHORT.items():
        of_kind = by_label[condition]
        percent[f"opened_{kind}"] = of_kind[opened].max()
        for name in COMPARED:
            called = CALLED.get(name, name.replace("-", "_"))
            percent[f"{called}_{kind}"] = of_kind[LABELS[name]]
    return percent


def rates() -> pd.DataFrame:
    """The learning rates of `matrix`, in its rows and columns."""
    texts = pd.Series(RATES).map("{:g}".format)
    return _labelled(texts.unstack())


def _labelled(cells: pd.DataFrame) -> pd.DataFrame:
    kinds = [kind.name for kind in KINDS]
    cells = cells.loc[list(COMPARED), kinds]
    labels = [LABELS[name] for name in cells.index]
    cells.insert(0, "method", labels)
    return cells.reset_index(drop=True)


def epochs_to(table: pd.DataFrame, share: float = 0.9) -> pd.DataFrame:
    """Epochs that BP-based methods need to an accuracy that a gradient-free one reaches late.

    The accuracy is `share` of what the gradient-free method ends with, in the same draw; an epoch
    is the first evaluated one that reaches it.

    Returns:
        Rows seed, method (gradient-free), epochs, other (BP-based), other_epochs (NaN if it never
        gets there).
    """
    rows = equal_shares(table)
    on_plain = rows[rows.condition == PLAIN.name]
    lags = []
    for seed, draw in on_plain.groupby("seed"):
        curves = draw.pivot(
            index="epoch",
            columns="method",
            values="accuracy",
        )
        for name in GRADIENT_FREE:
            goal = share * curves[name].iloc[-1]
            there = curves >= goal
            first = there.idxmax().where(there.any())
            for other in BP_BASED:
                lag = (seed, name, first[name], other, first[other])
                lags.append(lag)
    return pd.DataFrame(lags, columns=["seed", "method", "epochs", "other", "other_epochs"])


EXPERIMENT = Experiment("methods", PROFILES, plan, run)
