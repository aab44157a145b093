"""Figures by id: from which experiment each is drawn, and how it is published in figures/<id>/.

The folder is the registry: `asyt_fig5a.py` is figure asyt-fig5a. Such a file has

- `EXPERIMENT`, whose table it shows; a tuple of several, or None for a schematic;
- `CAPTION` and `ALT`, as the book and the files have them;
- `draw(table, ...) -> (figure, plotted numbers)`, where a schematic gets None as its table.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, cast

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments, results
from asyt.errors import lookup
from asyt.experiments import Experiment
from asyt.figures import _style as style
from asyt.figures import export


class Drawing(Protocol):
    """What a file of a figure holds."""

    EXPERIMENT: Experiment | tuple[Experiment, ...] | None
    CAPTION: str
    ALT: str
    draw: Callable[..., tuple[Figure, pd.DataFrame]]


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
    """The file of that figure.

    Raises:
        UnknownNameError: suggesting the nearest id.
    """
    return figures()[lookup(figure_id, figures(), "figure")]


def sources(drawing: Drawing) -> tuple[Experiment, ...]:
    """The experiments whose tables a figure shows; none for a schematic."""
    if drawing.EXPERIMENT is None:
        return ()
    return drawing.EXPERIMENT if isinstance(drawing.EXPERIMENT, tuple) else (drawing.EXPERIMENT,)


def draw(figure_id: str, profile: str) -> tuple[Figure, pd.DataFrame]:
    """Draw a figure from the tables of a profile; returns it with the numbers it plots."""
    drawing = find(figure_id)
    style.use()
    tables = [experiments.table(experiment, profile) for experiment in sources(drawing)]
    return drawing.draw(*tables or [None])


def publish(figure_id: str, profile: str, root: Path | None = None) -> Path:
    """Draw a figure and write figures/<id>/: SVG, PDF, PNG, plotted numbers, provenance."""
    drawing = find(figure_id)
    figure, plotted = draw(figure_id, profile)
    names = [experiment.name for experiment in sources(drawing)]
    runs = list(chain.from_iterable(source.jobs(profile) for source in sources(drawing)))
    commands = [f"asyt run {name} --profile {profile}" for name in names]
    provenance = {
        "experiment": ", ".join(names),
        "profile": profile,
        "results": [results.config_hash(config) for config in runs],
        "runs": [config.label for config in runs],
        "command": " && ".join([*commands, f"asyt figure {figure_id} --profile {profile}"]),
    }
    folder = export.export(
        figure,
        figure_id,
        plotted,
        provenance,
        alt=drawing.ALT,
        caption=drawing.CAPTION,
        root=root,
    )
    plt.close(figure)  # a notebook would show it again
    return folder
