"""Experiments by name: their runs, where each run's table is kept, and how a missing one is computed.

An experiment is a module of `asyt.figures` with `PROFILES` (name -> frozen config), `jobs(profile,
seeds, devices)` (the runs, each a config with `label` and `columns`) and `run(config, device=,
checkpoint=, progress=) -> table`.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from asyt import paths, results
from asyt.errors import AsytError, ResultError, lookup
from asyt.figures import CPU_ONLY, EXPERIMENTS


def module(experiment: str) -> ModuleType:
    """The module that defines an experiment.

    Raises:
        UnknownNameError: suggesting the nearest name.
    """
    return importlib.import_module(EXPERIMENTS[lookup(experiment, EXPERIMENTS, "experiment")])


def profile() -> str:
    """The profile pages are executed with: `$ASYT_PROFILE`, else paper."""
    return os.environ.get("ASYT_PROFILE", "paper")


def jobs(
    experiment: str, profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list:
    """The runs of an experiment at a profile, by default with the seeds and population sizes the book publishes.

    Raises:
        UnknownNameError: an experiment or profile that does not exist.
    """
    source = module(experiment)
    lookup(profile, source.PROFILES, "profile")
    chosen = {} if seeds is None else {"seeds": tuple(seeds)}
    return source.jobs(profile, devices=devices, **chosen)


def store(experiment: str, config: Any) -> Path:
    """Where the table of a run is kept: data/results if the book publishes it, else the user's cache."""
    if config in jobs(experiment, "paper"):
        return paths.home() / "data" / "results"
    return paths.cache() / "results"


def checkpoint(experiment: str, config: Any) -> results.Checkpoint:
    """Where an unfinished run is kept, by experiment and the hash of its configuration."""
    return results.Checkpoint(
        paths.cache() / "checkpoints" / f"{experiment}-{results.config_hash(config)}.pt"
    )


def check_device(device: str) -> None:
    """Refuse a compute device that cannot be used.

    Raises:
        UnknownNameError: neither "cpu" nor "cuda".
        AsytError: "cuda" on a machine that has none.
    """
    import torch

    lookup(device, ("cpu", "cuda"), "compute device")
    if device == "cuda" and not torch.cuda.is_available():
        raise AsytError(
            "device 'cuda': this machine or this build of torch has no CUDA device; use --device "
            "cpu."
        )


def compute(
    experiment: str,
    config: Any,
    *,
    device: str = "cpu",
    resume: bool = False,
    progress: bool = False,
) -> results.Result:
    """Run a config and store its table.

    Args:
        experiment: its name.
        config: one of `jobs`, or any config of the experiment.
        device: "cpu" or "cuda"; the provenance of an experiment in `CPU_ONLY` says "cpu" either
            way.
        resume: continue from an unfinished run's checkpoint; otherwise that checkpoint is dropped.
        progress: show a progress bar.

    Raises:
        AsytError: for a device this machine does not have.
    """
    import torch

    check_device(device)
    device = "cpu" if experiment in CPU_ONLY else device
    unfinished = checkpoint(experiment, config)
    if not resume:
        unfinished.remove()
    table = module(experiment).run(config, device=device, checkpoint=unfinished, progress=progress)
    name = torch.cuda.get_device_name() if device == "cuda" else None
    results.save(
        experiment,
        config,
        table,
        seeds=config.seed,
        wall_time_s=unfinished.elapsed_s,
        device_name=name,
        root=store(experiment, config),
    )
    unfinished.remove()
    return results.load(experiment, config, store(experiment, config))


def table(experiment: str, profile: str, only: str = "", *, progress: bool = False) -> pd.DataFrame:
    """The tables of all runs of a profile under each other, with each run's `columns` in front.

    Runs of the paper profile must be stored. Runs of smaller profiles are computed where they are
    missing.

    Args:
        experiment: its name.
        profile: smoke, quick or paper.
        only: take the runs whose label contains this text.
        progress: show a progress bar while computing.

    Raises:
        ResultError: if a run of the paper profile is not stored, or no label contains `only`.
    """
    parts = []
    for config in jobs(experiment, profile):
        if only in config.label:
            part = _stored_or_computed(experiment, config, profile, progress)
            parts.append(part.assign(**config.columns)[[*config.columns, *part.columns]])
    if not parts:
        raise ResultError(
            f"no run of '{experiment}' at profile '{profile}' has '{only}' in its label."
        )
    return pd.concat(parts, ignore_index=True)


#: Tables computed by `recompute` in this process, by experiment and hash: what `table` shows
#: instead of stored ones.
_live: dict[tuple[str, str], pd.DataFrame] = {}


def recompute(experiment: str, profile: str) -> list[tuple[Any, pd.DataFrame]]:
    """Compute all runs of an experiment here and now, on all cores, one thread each; `table` shows them from now on.

    For experiments of seconds, whose pages need no stored table. Nothing is written.

    Returns:
        Each config with its table.
    """
    runs = jobs(experiment, profile)
    device = os.environ.get("ASYT_DEVICE", "cpu")
    check_device(device)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(runs), os.cpu_count() or 1), spawn, _one_thread) as pool:
        tables = list(pool.map(_run, [experiment] * len(runs), runs, [device] * len(runs)))
    for config, found in zip(runs, tables, strict=True):
        _live[experiment, results.config_hash(config)] = found
    return list(zip(runs, tables, strict=True))


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _run(experiment: str, config: Any, device: str) -> pd.DataFrame:
    return module(experiment).run(config, device=device)


def _stored_or_computed(experiment: str, config: Any, profile: str, progress: bool) -> pd.DataFrame:
    if (live := _live.get((experiment, results.config_hash(config)))) is not None:
        return live
    try:
        return results.load(experiment, config, store(experiment, config), profile=profile).table
    except ResultError:
        if profile == "paper":
            raise
        return compute(
            experiment, config, device=os.environ.get("ASYT_DEVICE", "cpu"), progress=progress
        ).table
