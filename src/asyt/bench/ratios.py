"""The ratios of times that `asyt bench` prints."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd

from asyt.bench.contenders import MNIST
from asyt.provenance import cpu_name

#: Largest value of a ratio, fixed before any was measured; of gemm_fraction the smallest.
TARGETS = {
    "asyt_over_bp 1": 2.2,
    "asyt_over_bp 16": 1.10,
    "asyt_over_bp 64": 1.06,
    "asyt_noisy_over_bp": 1.25,
    "pseudo_over_bp": 1.45,
    "pat_over_bp": 1.45,
    "pat_readout_over_bp": 1.1,
    "dfa_over_bp": 0.75,
    "gemm_fraction": 0.8,
    "overhead_fraction": 0.03,
    "peak_memory_ratio": 1.3,
    "import_ratio": 1.5,
    "help_seconds": 0.5,
}
BP = ("bp, torch's products", "bp, our products")


def best(table: pd.DataFrame, threads: int = 1) -> pd.Series:
    """The smallest seconds a step and chip of each contender."""
    part = table[(table.quantity == "seconds a step and chip") & (table.threads == threads)]
    return part.groupby("name", sort=False).value.min()


def ratios(table: pd.DataFrame, threads: int = 1) -> dict[str, object]:
    """All ratios, flat numbers but for the two that depend on the number of chips.

    `bp` is the faster of the plain PyTorch loops. Missing measurements leave their ratio out.
    """
    seconds = best(table, threads)
    bp, wide = (seconds[[prefix + name for name in BP]].min() for prefix in ("", "wide "))
    fleets = {str(chips): seconds[f"asyt, C = {chips}"] for chips in (1, 16, 64)}
    found: dict[str, object] = {
        "asyt_over_bp": {chips: value / bp for chips, value in fleets.items()},
        "asyt_noisy_over_bp": seconds["asyt, C = 16, 10 dB"] / bp,
        "asyt_over_handwritten_bp": {
            chips: value / seconds["bp by hand"] for chips, value in fleets.items()
        },
        "pseudo_over_bp": seconds["pseudo IP-BP, C = 16"] / bp,
        "pat_over_bp": seconds["PAT, C = 16"] / bp,
        "pat_readout_over_bp": seconds["PAT read-out, C = 16"] / bp,
        "dfa_over_bp": seconds["wide dfa"] / wide,
        "gemm_fraction": seconds["sgemm alone"] * (1 + 1 / 16) / seconds["asyt, C = 16"],
        "gflops": MNIST.flops()["all"] * (1 + 1 / 16) / seconds["asyt, C = 16"] / 1e9,
    }
    if (table.quantity == "profile").any() and threads == 1:
        found |= _others(table)
    return found | {"threads": threads, "machine": f"{cpu_name()}, {os.cpu_count()} cores"}


def last() -> dict[str, object]:
    """The ratios of the stored measurement, with the machine it was made on.

    Raises:
        ResultError: if none is stored.
    """
    from asyt import experiments, results

    (config,) = experiments.jobs("speed", "paper")
    stored = results.load("speed", config, profile="paper")
    return ratios(stored.table) | {
        "machine": stored.provenance["device"],
        "measured": stored.provenance["created"],
    }


def _others(table: pd.DataFrame) -> dict[str, float]:
    profile = table[table.quantity == "profile"].set_index("name").value
    size = table[table.quantity == "bytes"].set_index("name").value
    start = table[table.quantity == "seconds to start"].groupby("name").value.min()
    return {
        "overhead_fraction": profile["outside of operators"] / profile.sum(),
        "peak_memory_ratio": size["peak"] / size["counted"],
        "import_ratio": start["import asyt"] / start["import torch"],
        "help_seconds": start["asyt --help"],
    }


def interval(
    table: pd.DataFrame, name: str, over: tuple[str, ...] = BP, replicates: int = 2000
) -> tuple[float, float]:
    """95 % bootstrap interval, over repetitions, of the ratio of the smallest seconds of one thread."""
    part = table[(table.quantity == "seconds a step and chip") & (table.threads == 1)]
    grid = part.pivot(index="repetition", columns="name", values="value")
    drawn = np.random.default_rng(0).integers(len(grid), size=(replicates, len(grid)))
    upper = grid[name].to_numpy()[drawn].min(1)
    lower = grid[list(over)].min(axis=1).to_numpy()[drawn].min(1)
    low, high = np.quantile(upper / lower, [0.025, 0.975])
    return float(low), float(high)


def flat(found: dict[str, object]) -> dict[str, object]:
    """The ratios with the number of chips in the name: "asyt_over_bp 16"."""
    nested = {
        f"{key} {chips}": value
        for key, values in found.items()
        if isinstance(values, dict)
        for chips, value in values.items()
    }
    return nested | {key: value for key, value in found.items() if not isinstance(value, dict)}


def met(name: str, found: dict[str, object]) -> bool:
    """Whether a flat ratio keeps its target; one without a target does."""
    target = TARGETS.get(name)
    if target is None:
        return True
    return found[name] >= target if name == "gemm_fraction" else found[name] <= target


def shown(found: dict[str, object]) -> pd.DataFrame:
    """The ratios beside their targets."""
    rows = []
    for name, value in flat(found).items():
        if isinstance(value, str) or name in ("threads", "gflops"):
            continue
        target = TARGETS.get(name)
        bound = "" if target is None else f"{'>=' if name == 'gemm_fraction' else '<='} {target:g}"
        rows.append({"ratio": name, "measured": f"{value:.3f}", "target": bound})
    return pd.DataFrame(rows)
