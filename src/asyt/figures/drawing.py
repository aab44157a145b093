"""Figures by id: from which experiment each is drawn, and how it is published in figures/<id>/."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments, results
from asyt.errors import lookup
from asyt.figures import export, style


@dataclass(frozen=True)
class Drawing:
    """One citable figure.

    Attributes:
        experiment: whose table it shows.
        plot: function of the experiment's module: table -> (figure, plotted numbers).
        caption: as in the book.
        alt: what it shows, for readers who cannot see it.
    """

    experiment: str
    plot: str
    caption: str
    alt: str


FIGURES = {
    "asyt-fig1": Drawing(
        "iris", "draw_concept",
        "What is read, and when (after Fig. 1 of the paper, redrawn). (a) A truncated network is read and rewritten "
        "at every layer, an encapsulated one only at its outputs. (b) One step of AsyT. (c) One digital model serves "
        "many chips. Every number is a counter of a run on Iris, [4, 4, 3].",
        "Schematic in three panels. Light path with interfaces at each layer against a closed one; the digital "
        "parallel model and the device with their errors mixed; one digital model and several chips.",
    ),
    "iris-ten-minutes": Drawing(
        "iris", "draw",
        "Iris on a population of distorted chips. (a-c) Test accuracy of three methods, median and 5-95 % range over "
        "chips, splits and initial values, beside the median of ideal BP. (d) Angle between the responses of digital "
        "model and device (AsyT Eq. 8) under AsyT.",
        "Accuracy against epoch for in-silico BP, pseudo IP-BP and AsyT, each beside ideal BP; last, the alignment "
        "angle falling during training.",
    ),
    "asyt-fig5a": Drawing(
        "mnist", "draw",
        "MNIST, [784, 256, 256, 10]: test accuracy under three readings of the paper's noise. Lines are means with "
        "95 % bands over 5 chips x 3 seeds (in-silico BP: median and 5-95 % range of 100 chips x 3 seeds); diamonds "
        "are the values the paper reports. The lower row enlarges the top of the upper.",
        "Accuracy against epoch in three panels, without noise and with 10 dB in two readings; ideal BP highest, AsyT "
        "below it, in-silico BP far below.",
    ),
    "asyt-fig5a-distortion": Drawing(
        "mnist", "draw_distortion",
        "In-silico BP on MNIST against the size of the distortion: each dot is one of 100 chips x 3 seeds given the "
        "final digital weights, with median and 5-95 % range. The dashed line is the value the paper reports.",
        "Dot clouds of accuracy falling with distortion from 0.2 to 1.2, for three noise readings, and the reported "
        "25.7 %.",
    ),
    "mnist-growth": Drawing(
        "mnist-growth", "draw",
        "One chip on MNIST under AsyT, in five readings of the device: without noise; 10 dB of independent noise in "
        "two readings; 10 dB as one common gain a layer; and 10 dB of independent noise with controls that cannot "
        "leave a range of one. Top, test accuracy; bottom, root mean square of all weights and biases.",
        "Accuracy and size of the parameters against epoch in five panels; with strong independent noise the controls "
        "of the device grow well beyond those of the digital model and its accuracy falls.",
    ),
    "mnist-demo": Drawing(
        "mnist-demo", "draw",
        "The configuration of the authors' public demo on MNIST. (a) AsyT as the demo ships it and with the digital "
        "update as the paper writes it. (b) In-silico BP on a chip whose first-layer errors are six times the initial "
        "weights, as in the demo, and on one with independent errors. One seed and one chip, as in the demo; dashed "
        "grey, the demo's own figure.",
        "Accuracy against epoch for AsyT and in-silico BP in the demo's configuration, two panels.",
    ),
}  # fmt: skip


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
    plot: Callable = getattr(importlib.import_module(experiments.module(spec.experiment).__name__), spec.plot)
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
        "command": f"asyt run {spec.experiment} --profile {profile} && asyt figure {figure_id} --profile {profile}",
    }
    folder = export.export(figure, figure_id, plotted, provenance, alt=spec.alt, caption=spec.caption, root=root)
    plt.close(figure)  # a notebook would show it again
    return folder
