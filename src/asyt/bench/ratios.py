"""The ratios of times that `asyt bench` prints."""

import os
from typing import Any

import numpy as np
import pandas as pd

from asyt.bench.contenders import MNIST, OPERATIONS, OTHERS
from asyt.provenance import cpu_name

#: Largest value of a ratio, fixed before any was measured.
LARGEST = {
    "asyt_over_bp 1": 2.2,
    "asyt_over_bp 16": 1.10,
    "asyt_over_bp 64": 1.06,
    "asyt_noisy_over_bp": 1.25,
    "pseudo_over_bp": 1.45,
    "pat_over_bp": 1.45,
    "pat_readout_over_bp": 1.1,
    "dfa_over_bp": 0.75,
    "overhead_fraction": 0.03,
    "gate_over_step": 0.02,
    "peak_memory_ratio": 1.3,
    "bf16_over_bp": 0.65,
    **{f"cost_over_operations {name}": 1.5 for name in OTHERS},
    "import_ratio": 1.2,
    "help_seconds": 0.2,
}
#: Smallest value, likewise.
SMALLEST = {
    "gemm_fraction": 0.8,
    "threads_2_over_1": 1.8,
    "evaluation_fraction": 0.8,
    "opu_generator_fraction": 0.8,
}
#: Those that are timed in pairs.
PAIRED = (
    "bf16_over_bp",
    "threads_2_over_1",
    "evaluation_fraction",
    "opu_generator_fraction",
)
BP = ("bp, torch's products", "bp, our products")
FLEETS = (1, 16, 64)
#: What is said beside the ratios.
BESIDE = ("threads", "gflops", "machine", "measured")

#: Flat name of a ratio -> what it is, for tables that people read.
WORDS = {
    "asyt_over_bp 1": "AsyT over plain BP, 1 chip",
    "asyt_over_bp 16": "AsyT over plain BP, 16 chips",
    "asyt_over_bp 64": "AsyT over plain BP, 64 chips",
    "asyt_noisy_over_bp": "AsyT under noise of 10 dB over plain BP",
    "asyt_over_handwritten_bp 1": "AsyT over BP by hand, 1 chip",
    "asyt_over_handwritten_bp 16": "AsyT over BP by hand, 16 chips",
    "asyt_over_handwritten_bp 64": "AsyT over BP by hand, 64 chips",
    "pseudo_over_bp": "pseudo IP-BP over plain BP",
    "pat_over_bp": "PAT over plain BP",
    "pat_readout_over_bp": "PAT with read-out derivative over plain BP",
    "dfa_over_bp": "direct feedback alignment over plain BP, wide network",
    "gemm_fraction": "share of products in a step of AsyT",
    "gflops": "GFLOP/s in a step of AsyT",
    "general_twin_over_batched 1": "AsyT with any twin over a perceptron, 1 chip",
    "general_twin_over_batched 16": "AsyT with any twin over a perceptron, 16 chips",
    **{
        f"cost_over_operations {name}": f"{name} over plain BP, time over counted operations"
        for name in OTHERS
    },
    "overhead_fraction": "share of a step outside of operators",
    "peak_memory_ratio": "peak memory over what is counted, 64 chips",
    "import_ratio": "import of the library over that of torch",
    "help_seconds": "seconds that asyt --help takes",
    "gate_over_step": "share of a step that checks what a device gives back",
    "bf16_over_bp": "AsyT on bfloat16 products over plain BP, 16 chips",
    "threads_2_over_1": "throughput of two threads over one, 16 chips",
    "evaluation_fraction": "share of products in a test, 16 chips",
    "opu_generator_fraction": "share of the generator in an optical projection",
}

#: Name -> ratio, or chips or method -> ratio of those that depend on it; and `BESIDE`.
Ratios = dict[str, Any]


def _timed(table: pd.DataFrame, threads: int) -> pd.DataFrame:
    """Seconds a step and chip: a column a contender, a row a repetition."""
    steps = table[table.quantity == "seconds a step and chip"]
    timed = steps[steps.threads == threads]
    return timed.pivot(index="repetition", columns="name", values="value")


def _smallest(table: pd.DataFrame, quantity: str) -> pd.Series:
    """The smallest value of each name."""
    measured = table[table.quantity == quantity]
    return measured.groupby("name", sort=False).value.min()


def ratios(table: pd.DataFrame, threads: int = 1) -> Ratios:
    """All ratios that a table can tell; `bp` is the faster of the plain PyTorch loops."""
    seconds = _timed(table, threads).min()
    bp = seconds[[*BP]].min()
    wide_bp = seconds[[f"wide {name}" for name in BP]].min()
    by_hand = seconds["bp by hand"]
    sixteen = seconds["asyt, C = 16"]
    fleets = {str(chips): seconds[f"asyt, C = {chips}"] for chips in FLEETS}
    products = 1 + 1 / 16  # of a chip and its share of the digital model, over those of BP
    found: Ratios = {
        "asyt_over_bp": {chips: value / bp for chips, value in fleets.items()},
        "asyt_noisy_over_bp": seconds["asyt, C = 16, 10 dB"] / bp,
        "asyt_over_handwritten_bp": {chips: value / by_hand for chips, value in fleets.items()},
        "pseudo_over_bp": seconds["pseudo IP-BP, C = 16"] / bp,
        "pat_over_bp": seconds["PAT, C = 16"] / bp,
        "pat_readout_over_bp": seconds["PAT read-out, C = 16"] / bp,
        "dfa_over_bp": seconds["wide dfa"] / wide_bp,
        "gemm_fraction": seconds["sgemm alone"] * products / sixteen,
        "gflops": MNIST.flops()["all"] * products / sixteen / 1e9,
    }
    if "general twin, C = 1" in seconds:
        found["general_twin_over_batched"] = general_over_batched(table, threads)
    if (table.quantity == OPERATIONS).any():
        found["cost_over_operations"] = _over_operations(table, seconds, bp)
    if (table.quantity == "profile").any() and threads == 1:
        profile = _smallest(table, "profile")
        size = _smallest(table, "bytes")
        start = _smallest(table, "seconds to start")
        found |= {
            "overhead_fraction": profile["outside of operators"] / profile.sum(),
            "peak_memory_ratio": size["peak"] / size["counted"],
            "import_ratio": start["import asyt"] / start["import torch"],
            "help_seconds": start["asyt --help"],
        }
    if (table.quantity == "gate").any() and threads == 1:
        seconds = _smallest(table, "gate")
        found["gate_over_step"] = seconds["in the gate"] / seconds["a step"]
    for name in PAIRED:
        seconds = _smallest(table, name)
        if len(seconds):
            found[name] = seconds["above"] / seconds["below"]
    return found | {
        "threads": threads,
        "machine": f"{cpu_name()}, {os.cpu_count()} cores",
    }


def _over_operations(table: pd.DataFrame, seconds: pd.Series, bp: float) -> dict[str, float]:
    """Time over that of BP, over the same of the operations that are counted, by method."""
    counted = _smallest(table, OPERATIONS)
    found = {}
    for method in OTHERS:
        name = f"{method}, C = 16"
        operations = counted[name] / counted[BP[0]]
        found[method] = seconds[name] / bp / operations
    return found


def general_over_batched(table: pd.DataFrame, threads: int = 1) -> dict[str, float]:
    """A step of AsyT with a twin made from a module over one with the batched perceptron, by C."""
    seconds = _timed(table, threads).min()
    found = {}
    for chips in ("1", "16"):
        general = seconds[f"general twin, C = {chips}"]
        batched = seconds[f"asyt, C = {chips}"]
        found[chips] = float(general / batched)
    return found


def interval(
    table: pd.DataFrame,
    name: str,
    over: tuple[str, ...] = BP,
    replicates: int = 2000,
) -> tuple[float, float]:
    """95 % bootstrap interval, over repetitions of one thread, of a ratio of smallest seconds."""
    grid = _timed(table, 1)
    ours = grid[name].to_numpy()
    theirs = grid[[*over]].min(axis=1).to_numpy()
    generator = np.random.default_rng(0)
    drawn = generator.integers(len(grid), size=(replicates, len(grid)))
    ratio = ours[drawn].min(1) / theirs[drawn].min(1)
    low, high = np.quantile(ratio, [0.025, 0.975])
    return float(low), float(high)


def flat(found: Ratios) -> Ratios:
    """The ratios with the number of chips in the name: "asyt_over_bp 16"."""
    of_fleets: Ratios = {}
    others: Ratios = {}
    for name, value in found.items():
        if not isinstance(value, dict):
            others[name] = value
            continue
        for chips, ratio in value.items():
            of_fleets[f"{name} {chips}"] = ratio
    return of_fleets | others


def met(name: str, found: Ratios) -> bool:
    """Whether a flat ratio keeps its target; one without a target does."""
    if name in SMALLEST:
        return found[name] >= SMALLEST[name]
    return name not in LARGEST or found[name] <= LARGEST[name]


def shown(found: Ratios) -> pd.DataFrame:
    """The ratios beside their targets."""
    targets = {name: f">= {bound:g}" for name, bound in SMALLEST.items()}
    targets |= {name: f"<= {bound:g}" for name, bound in LARGEST.items()}
    rows = []
    for name, value in flat(found).items():
        if name not in BESIDE:
            rows.append((name, f"{value:.3f}", targets.get(name, "")))
    return pd.DataFrame(rows, columns=["ratio", "measured", "target"])


def told(found: Ratios) -> pd.DataFrame:
    """`shown`, with ratios in words."""
    return shown(found).replace({"ratio": WORDS})
