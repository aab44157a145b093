"""Figures by id: from which experiment each is drawn, and how it is published in figures/<id>/.

The folder is the registry: `asyt_fig5a.py` is figure asyt-fig5a. Such a file has

- `EXPERIMENT`, whose table it shows, or None for a schematic;
- `CAPTION` and `ALT`, as the book and the files have them;
- `draw(table) -> (figure, plotted numbers)`, where a schematic gets None as its table.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments, paths, results
from asyt.errors import lookup
from asyt.experiments import Experiment
from asyt.experiments.base import Seeds
from asyt.figures import _style as style
from asyt.figures import export
from asyt.provenance import environment

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Drawing(Protocol):
    """What a file of a figure holds."""

    EXPERIMENT: Experiment | None
    CAPTION: str
    ALT: str
    draw: Callable[[Any], tuple[Figure, pd.DataFrame]]


@functools.cache
def figures() -> dict[str, Drawing]:
    """All figures by id, in alphabetical order."""
    package = importlib.import_module("asyt.figures")
    found: dict[str, Drawing] = dict(_unmoved())
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"asyt.figures.{entry.name}")
        if hasattr(module, "CAPTION"):
            found[entry.name.replace("_", "-")] = cast(Drawing, module)
    return dict(sorted(found.items()))


def _unmoved() -> dict[str, Any]:
    """BRIDGE, to be deleted: figures that still live in modules of an experiment."""
    from types import SimpleNamespace

    from asyt.figures import EXPERIMENTS

    found = {}
    for name, path in EXPERIMENTS.items():
        module = importlib.import_module(path)
        for figure_id, old in getattr(module, "FIGURES", {}).items():
            found[figure_id] = SimpleNamespace(
                EXPERIMENT=experiments.find(name),
                CAPTION=old.caption,
                ALT=old.alt,
                draw=getattr(module, old.plot),
            )
    return found


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


def draw(
    figure_id: str,
    profile: str,
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """Draw a figure from the tables of a profile; returns it with the numbers it plots.

    Args:
        figure_id: as in `figures`.
        profile: smoke, quick or paper.
        seeds: instead of the published ones.
        devices: chips a run instead of the published number.
    """
    drawing = find(figure_id)
    return _draw(drawing, _tables(drawing, profile, seeds, devices))


def publish(
    figure_id: str,
    profile: str = "paper",
    root: Path | None = None,
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> Path:
    """Draw a figure and write figures/<id>/: SVG, PDF, PNG, plotted numbers, provenance.

    Args:
        figure_id: as in `figures`.
        profile: smoke, quick or paper.
        root: the folder that holds figures/; by default the project's, where only what the book
            publishes may go: stored tables of the paper profile.
        seeds: instead of the published ones.
        devices: chips a run instead of the published number.

    Returns:
        The folder of the figure.

    Raises:
        FigureError: something else than the published tables is to replace the published figure.
    """
    drawing = find(figure_id)
    options = _options(profile, seeds, devices)
    published = (root or paths.home()).resolve() == paths.home().resolve()
    if published and options:
        raise _replaces(figure_id, options)
    tables = _tables(drawing, profile, seeds, devices)
    if published and any(shown.live for shown in tables):
        raise _replaces(figure_id, "tables computed live")
    figure, plotted = _draw(drawing, tables)
    folder = export.export(
        figure,
        figure_id,
        plotted,
        {**_provenance(drawing, profile, tables), "command": _command(drawing, figure_id, options)},
        alt=drawing.ALT,
        caption=drawing.CAPTION,
        root=root,
    )
    plt.close(figure)  # a notebook would show it again
    return folder


def origins(
    figure_id: str,
    profile: str,
    *,
    seeds: Seeds = None,
    devices: int | None = None,
) -> list[str]:
    """A line for each stored table of a figure that the code that is here did not compute."""
    drawing = find(figure_id)
    notes = []
    for shown in _tables(drawing, profile, seeds, devices):
        if drawing.EXPERIMENT and not shown.live:
            origin = experiments.origin(drawing.EXPERIMENT, shown.provenance)
            if origin:
                notes.append(f"the table of '{shown.config.label}' was {origin}")
    return notes


def _tables(
    drawing: Drawing,
    profile: str,
    seeds: Seeds,
    devices: int | None,
) -> list[experiments.Shown]:
    if drawing.EXPERIMENT is None:
        return []
    return experiments.collected(drawing.EXPERIMENT, profile, seeds=seeds, devices=devices)


def _draw(drawing: Drawing, tables: list[experiments.Shown]) -> tuple[Figure, pd.DataFrame]:
    style.use()
    return drawing.draw(experiments.joined(tables) if tables else None)


def _provenance(drawing: Drawing, profile: str, tables: list[experiments.Shown]) -> dict[str, Any]:
    """What a figure was drawn from.

    A table's configuration is what all tables share, in `configuration`, and what its own entry has
    beside it; together they have the hash that names the table.
    """
    configs = [results.plain(shown.config) for shown in tables]
    first = configs[0] if configs else {}
    shared = {key: first[key] for key in first if _same(key, configs)}
    record: dict[str, Any] = {
        "experiment": drawing.EXPERIMENT.name if drawing.EXPERIMENT else None,
        "profile": profile if drawing.EXPERIMENT else None,
        "configuration": shared,
        "seeds": [],
        "versions": [],
        "tables": {},
    }
    for shown, config in zip(tables, configs, strict=True):
        record["tables"][results.config_hash(config)] = {
            "run": shown.config.label,
            "configuration": {key: config[key] for key in config if key not in shared},
            "sha256": shown.sha256,
            "live": shown.live,
        }
        _add(record["seeds"], shown.config.seed)
        _add(record["versions"], _versions(shown))
    return record


def _versions(shown: experiments.Shown) -> dict[str, Any]:
    origin = environment() if shown.live else shown.provenance
    return {key: origin.get(key) for key in ("version", "commit", "dirty", "packages")}


def _add(values: list[Any], value: Any) -> None:
    if value not in values:
        values.append(value)


def _same(key: str, configs: list[dict[str, Any]]) -> bool:
    return all(key in config and config[key] == configs[0][key] for config in configs)


def _options(profile: str, seeds: Seeds, devices: int | None) -> str:
    """The options, as on the command line, by which a run differs from what the book publishes."""
    words = [] if profile == "paper" else [f"--profile {profile}"]
    words += [f"--seed {seed}" for seed in seeds or ()]
    words += [] if devices is None else [f"--devices {devices}"]
    return " ".join(words)


def _command(drawing: Drawing, figure_id: str, options: str) -> str:
    figure = f"asyt figure {figure_id}"
    if drawing.EXPERIMENT is None:
        return figure
    run = f"asyt run {drawing.EXPERIMENT.name} {options or '--profile paper'}"
    return f"{run} && {figure}" + (f" {options} --out FOLDER" if options else "")


def _replaces(figure_id: str, origin: str) -> style.FigureError:
    return style.FigureError(
        f"figure '{figure_id}' from {origin} would replace the published one in "
        f"{paths.home() / 'figures'}: give another folder with --out."
    )
