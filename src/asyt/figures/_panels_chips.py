"""Panels that the figures of the chips share: table in, axes drawn on, plotted numbers out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from asyt.claims.published import listed
from asyt.claims.published import reported as published
from asyt.experiments import summaries
from asyt.experiments.chips import summary
from asyt.figures import _style as style


class Strip(NamedTuple):
    """One population of `strips`: label, look, draws in percent, reported value or None."""

    label: str
    method: str
    draws: summary.Draws
    reported: float | None = None


class Final(NamedTuple):
    """What a strip shows of a table, and the claim whose reported value is marked."""

    label: str
    method: str
    split: str
    claim: str


def first_reported(claim: str) -> float:
    """The reported value of a claim, the first of several."""
    value = published(claim)
    return value[0] if listed(value) else value


def final_accuracies(
    ax: Axes, table: pd.DataFrame, main: pd.DataFrame, finals: Iterable[Final]
) -> pd.DataFrame:
    """Strips of the main fleets; of ideal BP over its own, larger set of splits."""
    encoding = main.encoding.iloc[0]
    populations = []
    for label, method, split, claim in finals:
        if method == "ideal-bp":
            draws = summary.ideal(table, split, encoding)
        else:
            draws = summary.draws(main, method, split)
        populations.append(Strip(label, method, draws, first_reported(claim)))
    plotted = strips(ax, populations, "final accuracy (%)")
    ax.tick_params(axis="x", labelsize=6)
    return plotted


def strips(ax: Axes, populations: Iterable[Strip], ylabel: str = "") -> pd.DataFrame:
    """Dots, median and 5-95 % range of each population, with the reported value marked."""
    rows, labels = [], []
    for x, (label, method, draws, reported) in enumerate(populations):
        style.population(ax, x, draws, method, width=0.5)
        if reported is not None:
            _mark(ax, x + 0.42, reported)
        labels.append(label)
        rows.append(
            {
                "quantity": "final accuracy (%)",
                "population": label.replace("\n", " "),
                **summaries.spread(draws),
                "reported": reported,
            }
        )
    ax.set_xticks(range(len(labels)), labels)
    ax.set(xlim=(-0.6, len(labels) - 0.2), ylim=(0, 103), ylabel=ylabel)
    return pd.DataFrame(rows)


def _mark(ax: Axes, x: float, reported: float) -> None:
    style.reported(ax, reported, "", x=x)
    ax.annotate(
        f"{reported:g}",
        (x, reported),
        xytext=(0, -9),
        textcoords="offset points",
        ha="center",
        fontsize=6,
        color=style.COLOURS["reported"],
    )


def training(ax: Axes, main: pd.DataFrame, methods: Iterable[str]) -> pd.DataFrame:
    """Training accuracy against epoch: medians and 5-95 % bands of all draws."""
    parts = []
    for method in methods:
        rows = summary.select(main, method=method, split="train")
        line = percent(summary.series(rows, "accuracy"))
        band(ax, line, method)
        parts.append(line.assign(quantity="accuracy (%)", method=method, split="train"))
    ax.set(xlabel="epoch", ylabel="training accuracy (%)")
    ax.set(ylim=(0, 103), xlim=(0, None))
    ax.legend(loc="lower right", fontsize=6)
    columns = ["quantity", "method", "split", "epoch", "centre", "low", "high"]
    return pd.concat(parts)[columns]


def percent(series: pd.DataFrame) -> pd.DataFrame:
    """A series of fractions in percent."""
    return series.assign(
        centre=100 * series.centre,
        low=100 * series.low,
        high=100 * series.high,
    )


def band(ax: Axes, line: pd.DataFrame, look: str, label: str | None = None) -> None:
    """A `summary.series` as a line with its band; the number of draws stands in the legend."""
    n = int(line.n.iloc[0])
    style.band(ax, line.epoch, line.centre, line.low, line.high, look, label=label, n=n)


def confusion(ax: Axes, main: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Mean confusion matrix of the chips under AsyT on test data, in percent of a class."""
    matrix = summary.confusion(main)
    ends = ["#FFFFFF", style.COLOURS["asyt"]]
    shade = LinearSegmentedColormap.from_list("asyt", ends)
    ax.imshow(matrix, cmap=shade, vmin=0, vmax=100)
    rows = []
    for (i, j), share in np.ndenumerate(matrix):
        colour = "white" if share > 55 else "black"
        text = f"{share:.0f}"
        ax.text(j, i, text, ha="center", va="center", fontsize=7, color=colour)
        rows.append(
            {
                "quantity": "confusion (%)",
                "true": classes[i],
                "said": classes[j],
                "centre": share,
            }
        )
    ax.set_xticks(range(len(classes)), classes)
    ax.set_yticks(range(len(classes)), classes)
    if len(classes[0]) > 2:
        plt.setp(ax.get_xticklabels(), rotation=30, ha="right", rotation_mode="anchor")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="said", ylabel="true", title="AsyT, test (%)")
    return pd.DataFrame(rows)


def headrooms(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Training accuracy at each headroom, one panel an encoding."""
    encodings = list(table.encoding.unique())
    width = style.PAGE if len(encodings) > 2 else 0.75 * style.PAGE
    size = (width, 0.36 * style.PAGE)
    figure, axes = plt.subplots(1, len(encodings), figsize=size, sharey=True)
    numbers = []
    for ax, encoding in zip(axes, encodings, strict=True):
        numbers.append(_headroom(ax, table, encoding))
    axes[0].set_ylabel("training accuracy (%)")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)


def _headroom(ax: Axes, table: pd.DataFrame, encoding: str) -> pd.DataFrame:
    """Median and 5-95 % range of AsyT and in-silico BP, beside the median of ideal BP."""
    best = float(np.median(summary.ideal(table, "train", encoding)))
    look = style.look("ideal-bp")
    ax.axhline(best, color=look.colour, linewidth=1, label=f"{look.label} (median)")
    chips = summary.select(table, encoding=encoding, profile="eq4")
    parts = []
    for method, shift in (("asyt", -0.008), ("insilico-bp", 0.008)):
        ends = _by_headroom(chips, method)
        label = f"{style.LABELS[method]} (n = {ends.n.iloc[0]})"
        x = ends.headroom + shift
        style.interval(ax, x, ends.centre, ends.low, ends.high, method, label=label)
        parts.append(ends)
    ax.set(xlabel="headroom: the digital model's share", title=encoding)
    ax.set(ylim=(0, 103), xticks=ends.headroom)
    return pd.concat(parts).assign(**{"ideal BP centre": best})


def _by_headroom(chips: pd.DataFrame, method: str) -> pd.DataFrame:
    """Training accuracy of a method in one encoding, a row a headroom."""
    rows = []
    for headroom, fleet in chips.groupby("headroom"):
        draws = summary.draws(fleet, method, "train")
        rows.append(
            {
                "encoding": fleet.encoding.iloc[0],
                "method": method,
                "headroom": headroom,
                "split": "train",
                **summaries.spread(draws),
            }
        )
    return pd.DataFrame(rows)
