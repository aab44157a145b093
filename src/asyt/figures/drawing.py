"""Figures by id: from which experiment each is drawn, and how it is published in figures/<id>/."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments, results
from asyt.errors import lookup
from asyt.figures import EXPERIMENTS, Drawing, export, style

#: Figure id -> its entry, gathered from the experiments in their order.
FIGURES: dict[str, Drawing] = {
    figure_id: entry
    for module in dict.fromkeys(EXPERIMENTS.values())
    for figure_id, entry in importlib.import_module(module).FIGURES.items()
}


def drawing(figure_id: str) -> Drawing:
    """The entry of that id.

    Raises:
        UnknownNameError: suggesting the nearest id.
    """
    return FIGURES[lookup(figure_id, FIGURES, "figure")]


def draw(figure_id: str, profile: str) -> tuple[Figure, pd.DataFrame]:
    """Draw a figure from the tables of a profile; returns it with the numbers it plots."""
    spec = drawing(figure_id)
    style.use()
    plot: Callable = getattr(
        importlib.import_module(experiments.module(spec.experiment).__name__), spec.plot
    )
    return plot(experiments.table(spec.experiment, profile))


def publish(figure_id: str, profile: str, root: Path | None = None) -> Path:
    """Draw a figure and write figures/<id>/: SVG, PDF, PNG, plotted numbers, provenance."""
    spec = drawing(figure_id)
    figure, plotted = draw(figure_id, profile)
    runs = experiments.jobs(spec.experiment, profile)
    provenance = {
        "experiment": spec.experiment,
        "profile": profile,
        "results": [results.config_hash(config) for config in runs],
        "runs": [config.label for config in runs],
        "command": f"asyt run {spec.experiment} --profile {profile} && asyt figure {figure_id} "
        f"--profile {profile}",
    }
    folder = export.export(
        figure, figure_id, plotted, provenance, alt=spec.alt, caption=spec.caption, root=root
    )
    plt.close(figure)  # a notebook would show it again
    return folder
