"""Figures by id: from which tables each is drawn, and how it is published in figures/<id>/.

The folder is the registry: `asyt_fig5a.py` is figure asyt-fig5a. Such a file has

- `EXPERIMENT`, whose table it shows; a tuple of several, or None for a schematic;
- `CAPTION` and `ALT`, as the book and the files have them;
- `draw(*tables) -> (figure, plotted numbers)`, where a schematic gets None as its table.
"""

import functools
import importlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, cast

import matplotlib.pyplot as plt
import pandas as pd

from asyt import experiments, paths, registry, results
from asyt.catalogue import CATALOGUE
from asyt.errors import lookup
from asyt.experiments import Experiment
from asyt.experiments.base import Seeds
from asyt.figures import _style as style
from asyt.figures import export
from asyt.provenance import environment

#: Experiment name -> the table of each of its runs.
Tables = dict[str, list[experiments.Shown]]
#: Letters of a value that a record writes once, under a name, however many tables have it.
LONG = 200
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Drawing(Protocol):
    """What a file of a figure holds."""

    EXPERIMENT: Experiment | tuple[Experiment, ...] | None
    CAPTION: str
    ALT: str
    draw: Callable[..., style.Drawn]


@functools.cache
def figures() -> dict[str, Drawing]:
    """All figures by id, in alphabetical order."""
    files = registry.modules("asyt.figures", holding="CAPTION")
    drawings = {}
    for name, file in files.items():
        figure_id = name.replace("_", "-")
        drawings[figure_id] = cast(Drawing, file)
    return drawings


def find(figure_id: str) -> Drawing:
    """The file of that figure; no other is imported.

    Raises:
        UnknownNameError: suggesting the nearest id.
    """
    name = f"asyt.figures.{figure_id.replace('-', '_')}"
    if _ID.fullmatch(figure_id) and importlib.util.find_spec(name):
        module = importlib.import_module(name)
        if hasattr(module, "CAPTION"):
            return cast(Drawing, module)
    return figures()[lookup(figure_id, figures(), "figure")]


def sources(drawing: Drawing) -> tuple[Experiment, ...]:
    """The experiments whose tables a figure shows; none for a schematic."""
    if isinstance(drawing.EXPERIMENT, Experiment):
        return (drawing.EXPERIMENT,)
    return drawing.EXPERIMENT or ()


def draw(
    figure_id: str,
    profile: str,
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> style.Drawn:
    """Draw a figure from the tables of a profile; returns it with the numbers it plots.

    The profile is smoke, quick or paper; seeds, and devices (chips a run), stand in for the
    published ones.
    """
    drawing = find(figure_id)
    tables = _tables(drawing, profile, seeds, devices)
    return drawn(drawing, tables)


def publish(
    figure_id: str,
    profile: str = "paper",
    root: Path | None = None,
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> Path:
    """Draw a figure and write figures/<id>/: SVG, PDF, PNG, plotted numbers, provenance.

    Returns the folder of the figure. Arguments are as of `draw`; `root` is the folder that holds
    figures/, by default the project's, where only what the book publishes may go: stored tables of
    the paper profile.

    Raises:
        FigureError: something else than the published tables is to replace the published figure.
    """
    drawing = find(figure_id)
    options = _options(profile, seeds, devices)
    folder = root or paths.home()
    published = folder.resolve() == paths.home().resolve()
    if published and options:
        raise _replaces(figure_id, options)
    tables = _tables(drawing, profile, seeds, devices)
    live = any(shown.live for shown in chain.from_iterable(tables.values()))
    if published and live:
        raise _replaces(figure_id, "tables computed live")
    figure, plotted = drawn(drawing, tables)
    provenance = _provenance(profile, tables)
    provenance["command"] = _command(tables, figure_id, options)
    written = export.export(
        figure,
        figure_id,
        plotted,
        provenance,
        alt=drawing.ALT,
        caption=drawing.CAPTION,
        root=root,
    )
    plt.close(figure)  # a notebook would show it again
    return written


def origins(
    figure_id: str,
    profile: str,
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> list[str]:
    """A line for each stored table of a figure that the code that is here did not compute."""
    notes = []
    tables = _tables(find(figure_id), profile, seeds, devices)
    for experiment, runs in tables.items():
        for shown in runs:
            if shown.live:
                continue
            origin = experiments.origin(experiment, shown.provenance)
            if origin:
                notes.append(f"the table of '{shown.config.label}' was {origin}")
    return notes


def _tables(drawing: Drawing, profile: str, seeds: Seeds, devices: int | None) -> Tables:
    tables = {}
    for experiment in sources(drawing):
        tables[experiment.name] = experiments.collected(
            experiment,
            profile,
            seeds=seeds,
            devices=devices,
        )
    return tables


def drawn(drawing: Drawing, tables: Tables) -> style.Drawn:
    """The drawing of some tables, and the numbers that it plots."""
    style.use()
    return drawing.draw(*given(drawing, tables))


def given(drawing: Drawing, tables: Tables) -> list[pd.DataFrame | None]:
    """What `draw` gets: a table for each experiment that the file names, None for a schematic."""
    shown = sources(drawing)
    return [experiments.joined(tables[experiment.name]) for experiment in shown] or [None]


def _provenance(profile: str, tables: Tables) -> dict[str, Any]:
    """What a figure was drawn from; all tables share `configuration`, an entry has the rest of its.

    Together they have the hash that names the table, once the names of `values` stand for those.
    """
    runs = list(chain.from_iterable(tables.values()))
    configs = [results.plain(run.config) for run in runs]
    first = configs[0] if configs else {}
    shared = {key: first[key] for key in first if _same(key, configs)}
    entries = {}
    for run, config in zip(runs, configs, strict=True):
        own = {key: config[key] for key in config if key not in shared}
        entries[results.config_hash(config)] = {
            "run": run.config.label,
            "configuration": own,
            "sha256": run.sha256,
            "live": run.live,
        }
    devices = {str(run.provenance.get("device")) for run in runs if not run.live}
    seconds = sum(run.provenance.get("wall_time_s", 0.0) for run in runs)
    return {
        "experiment": " and ".join(tables) or None,
        "profile": profile if tables else None,
        "configuration": shared,
        "seeds": _distinct(run.config.seed for run in runs),
        "versions": _distinct(map(_version, runs)),
        "machines": sorted(devices),
        "wall_time_s": round(seconds, 1),
        "data": _data(configs, tables),
        "values": _set_apart([entry["configuration"] for entry in entries.values()]),
        "tables": entries,
    }


def _version(run: experiments.Shown) -> dict[str, Any]:
    """The code and the packages that computed a table."""
    origin = environment() if run.live else run.provenance
    return {
        "version": origin.get("version"),
        "commit": origin.get("commit"),
        "dirty": origin.get("dirty"),
        "packages": origin.get("packages"),
    }


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Different values, each where it first comes."""
    distinct: list[Any] = []
    for value in values:
        if value not in distinct:
            distinct.append(value)
    return distinct


def _set_apart(configs: list[dict[str, Any]]) -> dict[str, Any]:
    """Put names in place of the long values of configurations, which many share; returns these."""
    names: dict[str, str] = {}
    for config in configs:
        for key, value in config.items():
            text = json.dumps(value)
            if len(text) > LONG:
                config[key] = names.setdefault(text, f"{key} {len(names) + 1}")
    return {name: json.loads(text) for text, name in names.items()}


def _data(configs: list[dict[str, Any]], tables: Tables) -> dict[str, dict[str, str]]:
    """Data set -> file -> sha256, of those that configurations, or else experiments, name."""
    named = {str(config["dataset"]) for config in configs if config.get("dataset")}
    if not named:
        named = {name.partition("-")[0] for name in tables}
    used = sorted(named & CATALOGUE.keys())
    return {name: _hashes(name) for name in used}


def _hashes(data_set: str) -> dict[str, str]:
    entry = CATALOGUE[data_set]
    if entry.array_sha256:
        return {"features and labels": entry.array_sha256}
    return {file.name: file.sha256 for file in entry.files if file.sha256}


def _same(key: str, configs: list[dict[str, Any]]) -> bool:
    return all(key in config and config[key] == configs[0][key] for config in configs)


def _options(profile: str, seeds: Seeds, devices: int | None) -> str:
    """The options, as on the command line, by which a run differs from what the book publishes."""
    words = []
    if profile != "paper":
        words.append(f"--profile {profile}")
    words += [f"--seed {seed}" for seed in seeds or ()]
    if devices is not None:
        words.append(f"--devices {devices}")
    return " ".join(words)


def _command(tables: Tables, figure_id: str, options: str) -> str:
    settings = options or "--profile paper"
    runs = [f"asyt run {name} {settings}" for name in tables]
    drawn = f"asyt figure {figure_id}"
    if runs and options:
        drawn += f" {options} --out FOLDER"
    return " && ".join([*runs, drawn])


def _replaces(figure_id: str, origin: str) -> style.FigureError:
    return style.FigureError(
        f"figure '{figure_id}' from {origin} would replace the published one in "
        f"{paths.home() / 'figures'}: give another folder with --out."
    )
