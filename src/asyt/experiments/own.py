"""Tables of own runs: with changed settings, of a list of configurations, or from a file."""

import io
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from asyt import results
from asyt.errors import ResultError
from asyt.experiments.base import Config, Experiment, Seeds
from asyt.experiments.settings import Settings, rebuilt
from asyt.experiments.store import find, place
from asyt.experiments.tables import SMALL, Shown, _stored_or_computed, table


def turned(
    experiment: Experiment | str,
    profile: str,
    settings: Settings,
    seeds: Seeds = None,
    devices: int | None = None,
) -> list[Shown]:
    """As `collected`, of runs with changed settings; see `Experiment.jobs`.

    Raises:
        ResultError: a run of the paper profile is not stored; names the command that computes it.
    """
    experiment = find(experiment)
    runs = experiment.jobs(profile, seeds, devices, settings)
    if profile in SMALL:
        return [_stored_or_computed(experiment, config, profile) for config in runs]
    options = "".join(f" --set {shlex.quote(setting)}" for setting in settings)
    return held(experiment, runs, profile + options)


def held(
    experiment: Experiment | str, configs: list[Any], profile: str | None = None
) -> list[Shown]:
    """The stored tables of runs. Raises a ResultError, and takes a profile, as `results.load`."""
    experiment = find(experiment)
    tables = []
    for config in configs:
        root = place(experiment, config)
        kept = results.load(
            experiment.name,
            config,
            root,
            profile=profile,
        )
        tables.append(Shown(config, kept.table, kept.provenance))
    return tables


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
    stored = results.read(file)
    made = stored.provenance["experiment"]
    if made != experiment.name:
        raise ResultError(f"{file} is a table of '{made}', not of '{experiment.name}'.")
    like = experiment.jobs("smoke")[0]
    config = rebuilt(like, stored.provenance["config"])
    return Shown(config, stored.table, stored.provenance)


def given(file: Path) -> pd.DataFrame:
    """The table of a CSV that anything may have written; a ResultError if it is none."""
    try:
        content = file.read_bytes()
        return pd.read_csv(io.BytesIO(content))  # of a path pandas would unpack what it is named as
    except Exception as error:  # pandas raises a dozen kinds on a damaged file
        raise ResultError(f"{file} is no table ({error}): give a CSV with a header.") from error


def _given(experiment: Experiment, file: Path) -> Shown:
    content = given(file)
    wanted = table(experiment, "paper")
    lacking = [name for name in wanted if name not in content]
    if lacking:
        raise ResultError(
            f"{file} has no record ({file.stem}.json) beside it and lacks the columns "
            f"{', '.join(lacking)} of a table of '{experiment.name}'."
        )
    provenance = {"csv_sha256": results.sha256(content)}
    return Shown(Given(file.name), content, provenance)
