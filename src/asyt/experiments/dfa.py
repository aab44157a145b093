"""Light-in-the-loop: direct feedback alignment by light, and what it is compared with."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from asyt import statistics
from asyt.experiments import check, summaries
from asyt.experiments._dfa import Config, run
from asyt.experiments.base import Experiment, Seeds

#: Method, learning rate and seeds of the paper profile. The last is a control: the optical rate, no
#: light.
VARIANTS: tuple[tuple[str, float, Sequence[int]], ...] = (
    ("dfa-optical", 0.01, range(10)),
    ("dfa-ternary", 0.001, range(5)),
    ("dfa", 0.001, range(5)),
    ("bp", 0.001, range(5)),
    ("fa", 0.001, range(5)),
    ("readout-only", 0.001, range(5)),
    ("dfa-ternary", 0.01, (4,)),
)
PROFILES = {
    "smoke": Config(
        samples=1280,
        layers=(784, 64, 64, 10),
        epochs=1,
    ),
    "quick": Config(
        samples=12_800,
        layers=(784, 256, 256, 10),
        epochs=3,
    ),
    "paper": Config(),
}
#: Points by which the first epoch may differ where a processor rounds differently: training is
#: chaotic in the rounding.
POINTS = 2.0


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """Every method with its seeds, in small profiles with its first."""
    runs = []
    for method, rate, published in VARIANTS:
        variant = replace(PROFILES[profile], method=method, rate=rate)
        own = published if profile == "paper" else published[:1]
        for seed in seeds or own:
            runs.append(replace(variant, seed=seed))
    return runs


EXPERIMENT = Experiment("dfa", PROFILES, plan, run, gpu=False)


def finals(table: pd.DataFrame, method: str, rate: float, split: str = "test") -> np.ndarray:
    """Final accuracies of a method, percent, by seed."""
    last = summaries.final(table[table.quantity == "accuracy"])
    last = last[(last.method == method) & (last.rate == rate)]
    last = last[last.split == split].sort_values("seed")
    return 100 * last.value.to_numpy()


def accuracies(table: pd.DataFrame) -> pd.DataFrame:
    """Test accuracy, percent: a method, rate and epoch."""
    return _curve(table, "accuracy", "test", 100)


def angles(table: pd.DataFrame, layer: int) -> pd.DataFrame:
    """Angle of a layer's gradient to that of back-propagation: a method, rate and epoch."""
    return _curve(table, f"angle-{layer}", "train", 1)


def _curve(
    table: pd.DataFrame,
    quantity: str,
    split: str,
    scale: float,
) -> pd.DataFrame:
    chosen = table[(table.quantity == quantity) & (table.split == split)]
    rows = []
    for key, group in chosen.groupby(["method", "rate", "epoch"]):
        method, rate, epoch = key
        by_seed = scale * group[["value"]].to_numpy()
        row = {
            "quantity": quantity,
            "method": method,
            "rate": rate,
            "epoch": epoch,
            **summaries.mean(by_seed, replicates=2000),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Final accuracies a method and rate, for a page: mean with 95 % interval, percent."""
    rows = []
    for method, rate, _ in VARIANTS:
        test = finals(table, method, rate)
        if not len(test):
            continue
        mean = summaries.mean(test[:, None])
        train = finals(table, method, rate, "train")
        row = {
            "method": method,
            "rate": f"{rate:g}",
            "test (%)": f"{mean['centre']:.2f}",
            "95 % interval": f"{mean['low']:.2f} to {mean['high']:.2f}",
            "smallest": f"{test.min():.2f}",
            "largest": f"{test.max():.2f}",
            "training (%)": f"{train.mean():.2f}",
            "runs": mean["n"],
        }
        rows.append(row)
    return pd.DataFrame(rows)


def ternary_cost(table: pd.DataFrame) -> statistics.Interval:
    """Points of test accuracy that ternary errors cost digital DFA at 0.001, paired by seed."""
    unquantised = finals(table, "dfa", 0.001)
    ternary = finals(table, "dfa-ternary", 0.001)
    return statistics.paired_difference(unquantised[:, None], ternary[:, None])


def first_epoch(profile: str) -> check.Agreement:
    """Train the first epoch of digital ternary DFA now, and compare with its table.

    As many threads are used as the stored run had.

    Raises:
        ResultError: if they differ by more than is allowed.
    """
    config = replace(PROFILES[profile], method="dfa-ternary", rate=0.001)
    stored = check.stored(EXPERIMENT, config)
    threads = torch.get_num_threads()
    torch.set_num_threads(stored.provenance["threads"])
    try:
        rows = run(replace(config, epochs=1))
    finally:
        torch.set_num_threads(threads)
    on_test = (rows.quantity == "accuracy") & (rows.split == "test")
    return check.check(
        EXPERIMENT,
        config,
        rows[on_test & (rows.epoch == 1)],
        ["epoch", "quantity", "split"],
        value="value",
        points=POINTS,
    )
