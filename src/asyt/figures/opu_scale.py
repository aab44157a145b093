"""A projection of 1e11 matrix entries, none of them stored: its time, its memory, and a part of it made again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from asyt import experiments, paths, results
from asyt.claims import Measurement
from asyt.devices.opu import medium, unit
from asyt.errors import AsytError
from asyt.figures import Drawing

EXPERIMENT = "opu-scale"
PAGE = "optical-unit.html"
CLAIMS = ("opu-scale",)
FIGURES: dict[str, Drawing] = {}
LIMIT_MIB = 1024


@dataclass(frozen=True)
class Config:
    """One dense vector through the medium; then `again` of its outputs, from `first` on, by a process of their own."""

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

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


PROFILES = {
    "smoke": Config(1000, 20_000, 321, 100, 5),
    "quick": Config(10_000, 100_000, 4321, 1000, 50),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """One projection a seed; there is no population."""
    if devices not in (None, 1):
        raise AsytError(f"--devices {devices}: a projection has one medium.")
    return [Config(**{**vars(PROFILES[profile]), "seed": seed}) for seed in seeds]


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Project, in processes of their own so that their memory can be measured; continues a projection that was stopped.

    Returns:
        Rows (quantity, value): outputs, inputs, seconds, peak_rss_mib of the whole projection;
        again, again_seconds, again_equal (outputs that agree exactly); block_entries and
        block_seconds (generator alone).
    """
    folder = paths.cache() / "projections" / results.config_hash(config)
    whole = _process(config, range(config.outputs), folder / "whole")
    part = _process(config, range(config.first, config.first + config.again), folder / "again")
    values, again = (np.fromfile(folder / name / "values.f4", "<f4") for name in ("whole", "again"))
    equal = int((values[config.first : config.first + config.again] == again).sum())
    start = time.perf_counter()
    for column in range(config.timed_blocks):
        medium.block(config.seed, 0, 0, column)
    found = {
        "outputs": len(values),
        "inputs": config.inputs,
        "seconds": whole["seconds"],
        "peak_rss_mib": max(whole["peak_rss_mib"], part["peak_rss_mib"]),
        "again": len(again),
        "again_seconds": part["seconds"],
        "again_equal": equal,
        "block_entries": config.timed_blocks * medium.ROWS * medium.COLUMNS,
        "block_seconds": time.perf_counter() - start,
    }
    shutil.rmtree(folder)
    return pd.DataFrame({"quantity": found.keys(), "value": map(float, found.values())})


def _process(config: Config, rows: range, folder: Path) -> dict:
    command = [
        sys.executable,
        "-m",
        "asyt.devices.opu.large",
        "--inputs",
        config.inputs,
        "--first",
        rows.start,
        "--last",
        rows.stop,
        "--seed",
        config.seed,
        "--folder",
        folder,
    ]
    return json.loads(
        subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout
    )


def speeds(table: pd.DataFrame) -> dict[str, float]:
    """Entries a second of the projection and of its generator alone; those of the paper's device; the times.

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


def measurements() -> list[Measurement]:
    """The row on scale: completed, below the memory limit, and a part made again exactly."""
    found = speeds(experiments.table(EXPERIMENT, "paper"))
    holds = (
        found["entries"] >= 1e11
        and found["memory"] < LIMIT_MIB
        and found["equal"] == found["again"] == 10_000
    )
    reading = (
        f"{found['entries']:.0e} entries in {found['seconds']:.0f} s, peak memory "
        f"{found['memory']:.0f} MiB; "
        f"{found['equal']:.0f} of {found['again']:.0f} outputs made again are equal"
    )
    return [
        Measurement(
            "opu-scale",
            measured=found["entries"],
            n=1,
            reading=reading,
            page=PAGE,
            holds=bool(holds),
        )
    ]
