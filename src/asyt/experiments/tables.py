"""The tables of an experiment: stored, computed where small, or computed live in this process."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import pandas as pd

from asyt import results
from asyt.errors import MissingResultError
from asyt.experiments.base import Execution, Experiment, Seeds
from asyt.experiments.store import _live, check_compute, chosen, compute, find, place, processor

#: Profiles whose missing tables are computed where they are asked for.
SMALL = ("smoke", "quick")


@dataclass(frozen=True)
class Shown:
    """A table that is drawn, shown or judged, as its run gave it, and where it comes from."""

    config: Any
    table: pd.DataFrame
    provenance: dict[str, Any]  # the stored record; empty if live
    live: bool = False  # computed in this process by `recompute`

    @property
    def sha256(self) -> str:
        """Of the table as the store has it, or would have it."""
        if self.live:
            return results.sha256(self.table)
        return self.provenance["csv_sha256"]


def collected(
    experiment: Experiment | str,
    profile: str,
    only: str = "",
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> list[Shown]:
    """The table of each run of a profile whose label has the words `only`.

    Missing runs of `SMALL` profiles are computed. Seeds, and the number of chips, are by default
    the published ones.

    Raises:
        ResultError: a run of another profile is not stored, a stored table is damaged, or no label
            has the words.
    """
    experiment = find(experiment)
    runs = chosen(experiment.jobs(profile, seeds, devices), only)
    return [_stored_or_computed(experiment, config, profile) for config in runs]


def table(
    experiment: Experiment | str,
    profile: str,
    only: str = "",
) -> pd.DataFrame:
    """`collected`, then `joined`."""
    return joined(collected(experiment, profile, only))


def joined(found: list[Shown]) -> pd.DataFrame:
    """Tables under each other, with each run's `columns` in front."""
    parts = []
    for shown in found:
        columns = shown.config.columns
        table = shown.config.read(shown.table)
        order = [*columns, *table.columns]
        parts.append(table.assign(**columns)[order])
    return pd.concat(parts, ignore_index=True)


def recompute(experiment: Experiment | str, profile: str) -> list[tuple[Any, pd.DataFrame]]:
    """Each config of an experiment with its table, computed now; `table` then shows these.

    For experiments of seconds, whose pages need no stored table: nothing is written. On all cores,
    one thread each.
    """
    import torch

    experiment = find(experiment)
    check_compute(processor())
    runs = experiment.jobs(profile)
    names = [experiment.name] * len(runs)
    spawn = multiprocessing.get_context("spawn")
    workers = min(len(runs), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, spawn, torch.set_num_threads, (1,)) as pool:
        computed = list(pool.map(_run, names, runs))
    shown = list(zip(runs, computed, strict=True))
    for config, table in shown:
        _live[experiment.name, results.config_hash(config)] = table
    return shown


def _run(experiment: str, config: Any) -> pd.DataFrame:
    execution = Execution(processor())
    return find(experiment).run(config, execution)


def _stored_or_computed(experiment: Experiment, config: Any, profile: str) -> Shown:
    key = (experiment.name, results.config_hash(config))
    live = _live.get(key)
    if live is not None:
        return Shown(config, live, {}, live=True)
    try:
        root = place(experiment, config)
        stored = results.load(
            experiment.name,
            config,
            root,
            profile=profile,
        )
    except MissingResultError:
        if profile not in SMALL:
            raise
        stored = compute(
            experiment,
            config,
            compute=processor(),
            resume=True,
        )
    return Shown(config, stored.table, stored.provenance)
