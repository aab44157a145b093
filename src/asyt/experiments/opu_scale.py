"""A projection of 1e11 matrix entries, none of them stored: its time and its memory.

A part of it is made again by another process.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asyt import paths, results
from asyt.devices.opu import medium, unit
from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment, Seeds


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

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.outputs} x {self.inputs}, seed {self.seed}"


PROFILES = {
    "smoke": Config(1000, 20_000, 321, 100, 5),
    "quick": Config(10_000, 100_000, 4321, 1000, 50),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """One projection a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds or (0,)]


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
    whole = _process(config, range(config.outputs), folder / "whole")
    part = _process(config, range(config.first, last), folder / "again")
    values = np.fromfile(folder / "whole" / "values.f4", "<f4")
    again = np.fromfile(folder / "again" / "values.f4", "<f4")
    found = {
        "outputs": len(values),
        "inputs": config.inputs,
        "seconds": whole["seconds"],
        "peak_rss_mib": max(whole["peak_rss_mib"], part["peak_rss_mib"]),
        "again": len(again),
        "again_seconds": part["seconds"],
        "again_equal": (values[config.first : last] == again).sum(),
        "block_entries": config.timed_blocks * medium.ROWS * medium.COLUMNS,
        "block_seconds": _block_seconds(config),
    }
    shutil.rmtree(folder)
    return pd.DataFrame({"quantity": found.keys(), "value": map(float, found.values())})


EXPERIMENT = Experiment("opu-scale", PROFILES, plan, run, gpu=False)


def _block_seconds(config: Config) -> float:
    """Time of making blocks and doing nothing with them."""
    start = time.perf_counter()
    for column in range(config.timed_blocks):
        medium.block(config.seed, 0, 0, column)
    return time.perf_counter() - start


def _process(config: Config, rows: range, folder: Path) -> dict[str, Any]:
    options = {
        "--inputs": config.inputs,
        "--first": rows.start,
        "--last": rows.stop,
        "--seed": config.seed,
        "--folder": folder,
    }
    command = [sys.executable, "-m", "asyt.devices.opu.large"]
    for name, value in options.items():
        command += [name, str(value)]
    done = subprocess.run(command, check=True, capture_output=True)
    return json.loads(done.stdout)


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
