"""Experiments by name, their runs, and where the table of each is kept.

The folder is the registry: a module of `asyt.experiments` with an `EXPERIMENT` is an experiment.
"""

import functools
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from asyt import memory, paths, results
from asyt.checkpoints import check_writable
from asyt.errors import AsytError, MissingResultError, ResultError, lookup
from asyt.experiments import sources
from asyt.experiments.base import Execution, Experiment, Seeds
from asyt.experiments.settings import Settings
from asyt.registry import modules

#: Tables that `recompute` computed in this process, by experiment and hash; `table` shows these.
_live: dict[tuple[str, str], pd.DataFrame] = {}
#: Experiments that do not come from the folder: tests put theirs here.
EXTRA: dict[str, Experiment] = {}


def registry() -> dict[str, Experiment]:
    """All experiments by name, in the order of their files."""
    return {**_folder(), **EXTRA}


@functools.cache
def _folder() -> dict[str, Experiment]:
    files = modules("asyt.experiments", holding="EXPERIMENT").values()
    return {file.EXPERIMENT.name: file.EXPERIMENT for file in files}


def find(experiment: Experiment | str) -> Experiment:
    """The experiment of that name; an UnknownNameError suggests the nearest name."""
    if isinstance(experiment, Experiment):
        return experiment
    known = registry()
    return known[lookup(experiment, known, "experiment")]


def profile() -> str:
    """The profile pages are executed with: `$ASYT_PROFILE`, else paper."""
    return os.environ.get("ASYT_PROFILE", "paper")


def processor() -> str:
    """The processor pages compute on: `$ASYT_COMPUTE`, else cpu."""
    return os.environ.get("ASYT_COMPUTE", "cpu")


def jobs(
    experiment: Experiment | str,
    profile: str,
    seeds: Seeds = None,
    devices: int | None = None,
    settings: Settings = (),
) -> list[Any]:
    """See `Experiment.jobs`."""
    return find(experiment).jobs(profile, seeds, devices, settings)


def chosen(configs: list[Any], only: str) -> list[Any]:
    """The runs whose label has the words `only` ("seed 1" is not "seed 10"), else a ResultError."""
    words = re.compile(rf"(?<![\w.]){re.escape(only)}(?![\w.])")
    found = [config for config in configs if not only or words.search(config.label)]
    if not found:
        labels = "; ".join(config.label for config in configs[:5])
        more = ", ..." if len(configs) > 5 else ""
        raise ResultError(f"no run has '{only}' in its label; there are: {labels}{more}")
    return found


def place(experiment: Experiment | str, config: Any, *, write: bool = False) -> Path:
    """Where the table of a run is kept: data/results if published, else the user's cache.

    Nothing is written to what a wheel brought: what is computed again goes to the cache, and is
    read from there.
    """
    experiment = find(experiment)
    own = paths.cache() / "results"
    if config not in experiment.jobs("paper"):
        return own
    published = paths.published() / "data" / "results"
    if not published.is_relative_to(paths.PACKAGED):
        return published
    again = write or results.config_hash(config) in results.stored(experiment.name, own)
    return own if again else published


def checkpoint(
    experiment: Experiment | str, config: Any, processor: str | None = None
) -> results.Checkpoint:
    """Where an unfinished run is kept, by experiment and the hash of its configuration."""
    name = f"{find(experiment).name}-{results.config_hash(config)}.pt"
    return results.Checkpoint(paths.cache() / "checkpoints" / name, processor)


def check_compute(compute: str) -> None:
    """Refuse a processor (an AsytError) that is neither "cpu" nor "cuda", or is not here."""
    import torch

    lookup(compute, ("cpu", "cuda"), "compute")
    if compute == "cuda" and not torch.cuda.is_available():
        raise AsytError(
            "compute 'cuda': this machine or build of torch has no CUDA device; use --compute cpu."
        )


def compute(
    experiment: Experiment | str,
    config: Any,
    *,
    compute: str = "cpu",
    resume: bool = False,
    force: bool = False,
    progress: bool = False,
) -> results.Result:
    """Run any config of an experiment and store its table.

    An experiment without `gpu` runs on the CPU in any case. An unfinished run is continued with
    `resume`, and dropped with `force`.

    Raises:
        AsytError: for a processor this machine does not have.
        ResultError: an unfinished run and neither of them, another process at this run, or a table
            that could not be stored.
    """
    import torch

    experiment = find(experiment)
    check_compute(compute)
    processor = compute if experiment.gpu else "cpu"
    root = place(experiment, config, write=True)
    check_writable(root / experiment.name)
    unfinished = checkpoint(experiment, config, processor)
    with unfinished.locked():
        if unfinished.exists() and not resume:
            if not force:
                raise ResultError(
                    f"'{config.label}' of '{experiment.name}' has an unfinished run, "
                    f"{unfinished.path}: continue it with --resume, or start again with --force."
                )
            unfinished.remove()
        table = _run(experiment, config, Execution(processor, unfinished, progress))
        results.save(
            experiment.name,
            config,
            table,
            seeds=config.seed,
            wall_time_s=unfinished.elapsed_s,
            device_name=torch.cuda.get_device_name() if processor == "cuda" else None,
            code=sources.code(experiment),
            root=root,
        )
        unfinished.remove()
    return results.load(experiment.name, config, root)


def _run(experiment: Experiment, config: Any, execution: Execution) -> pd.DataFrame:
    try:
        return experiment.run(config, execution)
    except (MemoryError, RuntimeError) as error:
        if not memory.exhausted(error):
            raise
        raise ResultError(
            f"out of memory in '{config.label}' of '{experiment.name}': free some, or take fewer "
            "chips (--devices), and continue it with --resume"
        ) from error


def kept(experiment: Experiment | str, config: Any) -> results.Result | None:
    """The stored result of a run, None if there is none; a ResultError if it is damaged."""
    try:
        return results.load(find(experiment).name, config, place(experiment, config))
    except MissingResultError:
        return None


def origin(experiment: Experiment | str, provenance: Mapping[str, Any]) -> str:
    """Empty if the code that is here computed a table, else "computed at commit 0123abcd"."""
    recorded = provenance.get("code")
    if recorded == sources.code(find(experiment)):
        return ""
    commit = (provenance.get("commit") or "unknown")[:8]
    return f"computed at commit {commit}" + (", by other code than this" if recorded else "")
