"""A projection of 1e11 matrix entries, none of them stored: its time and its memory.

A part of it is made again by another process.
"""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asyt import paths, results
from asyt.devices.opu import medium, unit
from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed


@dataclass(frozen=True)
class Config(base.Config):
    """One dense vector through the medium.

    Then `again` of its outputs, from `first` on, by a process of their own.
    """

    outputs: int = 100_000
    inputs: int = 1_000_000
    first: int = 43_210  # inside a block: 43,210 is no multiple of its 256 rows
    again: int = 10_000
    timed_blocks: int = 400
    seed: int = 0


PROFILES = {
    "smoke": Config(1000, 20_000, 321, 100, 5),
    "quick": Config(10_000, 100_000, 4321, 1000, 50),
    "paper": Config(),
}
plan = one_a_seed(PROFILES)


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Project, in processes of their own so that their memory can be measured.

    A projection that was stopped is continued.

    Returns:
        Rows (quantity, value): outputs, inputs, seconds, peak_rss_mib of the whole projection;
        again, again_seconds, again_equal (outputs that agree exactly); block_entries and
        block_seconds (generator alone).
    """
    folder = paths.cache() / "projections" / results.config_hash(config)
    last = config.first + config.again
    whole, values = _process(config, 0, config.outputs, folder / "whole")
    part, again = _process(config, config.first, last, folder / "again")
    equal = values[config.first : last] == again
    measured = {
        "outputs": len(values),
        "inputs": config.inputs,
        "seconds": whole["seconds"],
        "peak_rss_mib": max(whole["peak_rss_mib"], part["peak_rss_mib"]),
        "again": len(again),
        "again_seconds": part["seconds"],
        "again_equal": equal.sum(),
        "block_entries": config.timed_blocks * medium.ROWS * medium.COLUMNS,
        "block_seconds": _generation_seconds(config),
    }
    shutil.rmtree(folder)
    return pd.DataFrame(
        {
            "quantity": measured.keys(),
            "value": map(float, measured.values()),
        }
    )


EXPERIMENT = Experiment("opu-scale", PROFILES, plan, run, gpu=False)


def _generation_seconds(config: Config) -> float:
    """How long the generator alone takes for blocks of the matrix."""
    start = time.perf_counter()
    for column in range(config.timed_blocks):
        medium.block(config.seed, 0, 0, column)
    return time.perf_counter() - start


def _process(
    config: Config,
    first: int,
    last: int,
    folder: Path,
) -> tuple[Any, np.ndarray]:
    """What it took to project some rows, and their outputs."""
    options = {
        "inputs": config.inputs,
        "seed": config.seed,
        "first": first,
        "last": last,
    }
    command = [sys.executable, "-m", "asyt.devices.opu.large", f"--folder={folder}"]
    command += [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(command, check=True, capture_output=True)
    costs = json.loads(done.stdout)
    values = np.fromfile(folder / "values.f4", "<f4")
    return costs, values


def speeds(table: pd.DataFrame) -> dict[str, float]:
    """Entries a second of the projection, its generator and the paper's device; and the times.

    The device's number counts what its light does: 1500 projections a second of 1e5 outputs, at as
    many inputs.
    """
    v = table.set_index("quantity").value
    entries = v["outputs"] * v["inputs"]
    return {
        "entries": entries,
        "seconds": v["seconds"],
        "memory": v["peak_rss_mib"],
        "speed": entries / v["seconds"],
        "generator": v["block_entries"] / v["block_seconds"],
        "device": unit.FRAME_RATE * entries,
        "again": v["again"],
        "equal": v["again_equal"],
        "stored": 4 * entries / 2**30,
    }
