"""The tables of an experiment: stored, computed where small, or computed live in this process."""

import multiprocessing
import os
import shlex
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from asyt import results
from asyt.errors import MissingResultError, ResultError
from asyt.experiments.base import Config, Execution, Experiment, Seeds
from asyt.experiments.settings import Settings, rebuilt
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
        return results.sha256(self.table) if self.live else self.provenance["csv_sha256"]


def collected(
    experiment: Experiment | str,
    profile: str,
    only: str = "",
    *,
    seeds: Seeds = None,
    devices: int | None = None,
    settings: Settings = (),
) -> list[Shown]:
    """The table of each run of a profile whose label has the words `only`.

    Missing runs of `SMALL` profiles are computed. Seeds, the number of chips and all other
    settings are by default the published ones.

    Raises:
        ResultError: a run of another profile is not stored, a stored table is damaged, or no label
            has the words.
    """
    experiment = find(experiment)
    runs = chosen(experiment.jobs(profile, seeds, devices, settings), only)
    options = "".join(f" --set {shlex.quote(setting)}" for setting in settings)
    return [_stored_or_computed(experiment, config, profile, options) for config in runs]


def held(experiment: Experiment | str, configs: list[Any]) -> list[Shown]:
    """The stored tables of runs. Raises a ResultError as `results.load`."""
    experiment = find(experiment)
    found = []
    for config in configs:
        kept = results.load(experiment.name, config, place(experiment, config))
        found.append(Shown(config, kept.table, kept.provenance))
    return found


@dataclass(frozen=True)
class Given(Config):
    """What a table without a record has for a configuration: its columns say which runs it holds.

    Attributes:
        file: name of the CSV.
    """

    by: ClassVar[tuple[str, ...]] = ()
    file: str


def read(experiment: Experiment | str, file: Path) -> Shown:
    """A table of own runs: a CSV as `asyt run` stored it, with its record beside it.

    Without a record it has to have the columns of `table`, those of the runs included.

    Raises:
        ResultError: there is no such table, it is damaged, of another experiment or lacks columns.
    """
    experiment = find(experiment)
    if not file.is_file():
        raise ResultError(f"there is no table {file}: give a CSV that `asyt run` stored.")
    if not file.with_suffix(".json").is_file():
        return _given(experiment, file)
    found = results.read(file)
    made = found.provenance["experiment"]
    if made != experiment.name:
        raise ResultError(f"{file} is a table of '{made}', not of '{experiment.name}'.")
    like = experiment.jobs("smoke")[0]
    return Shown(rebuilt(like, found.provenance["config"]), found.table, found.provenance)


def _given(experiment: Experiment, file: Path) -> Shown:
    try:
        found = pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise ResultError(f"{file} is no table: {error}.") from error
    lacking = [name for name in table(experiment, "paper") if name not in found]
    if lacking:
        raise ResultError(
            f"{file} has no record ({file.stem}.json) beside it and lacks the columns "
            f"{', '.join(lacking)} of a table of '{experiment.name}'."
        )
    return Shown(Given(file.name), found, {"csv_sha256": results.sha256(found)})


def table(experiment: Experiment | str, profile: str, only: str = "") -> pd.DataFrame:
    """`collected`, then `joined`."""
    return joined(collected(experiment, profile, only))


def joined(found: list[Shown]) -> pd.DataFrame:
    """Tables under each other, with each run's `columns` in front."""
    parts = []
    for shown in found:
        columns, table = shown.config.columns, shown.config.read(shown.table)
        parts.append(table.assign(**columns)[[*columns, *table.columns]])
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
        computed = pool.map(_run, names, runs)
        found = list(zip(runs, computed, strict=True))
    for config, made in found:
        _live[experiment.name, results.config_hash(config)] = made
    return found


def _run(experiment: str, config: Any) -> pd.DataFrame:
    return find(experiment).run(config, Execution(processor()))


def _stored_or_computed(
    experiment: Experiment, config: Any, profile: str, options: str = ""
) -> Shown:
    live = _live.get((experiment.name, results.config_hash(config)))
    if live is not None:
        return Shown(config, live, {}, live=True)
    try:
        root = place(experiment, config)
        found = results.load(experiment.name, config, root, profile=profile + options)
    except MissingResultError:
        if profile not in SMALL:
            raise
        found = compute(experiment, config, compute=processor(), resume=True)
    return Shown(config, found.table, found.provenance)
