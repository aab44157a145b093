"""Panels that the figures of the chips share: table in, axes drawn on, plotted numbers out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from asyt.claims.published import listed
from asyt.claims.published import reported as published
from asyt.experiments import summaries
from asyt.experiments.chips import summary
from asyt.figures import _style as style

#: Strips: label, method, split, and the end of the id of the claim whose value is marked.
FINALS = (
    ("BP\ntrain", "ideal-bp", "train", "bp"),
    ("AsyT\ntrain", "asyt", "train", "train"),
    ("AsyT\ntest", "asyt", "test", "test"),
    ("pseudo\ntrain", "pseudo-ip-bp", "train", "pseudo"),
    ("in-\nsilico", "insilico-bp", "train", "insilico"),
)


class Strip(NamedTuple):
    """One population of `strips`: label, look, draws in percent, reported value or None."""

    label: str
    method: str
    draws: summary.Draws
    reported: float | None = None


def first_reported(claim: str) -> float:
    """The reported value of a claim, the first of several."""
    value = published(claim)
    return value[0] if listed(value) else value


def on_chips(
    axes: Sequence[Axes], table: pd.DataFrame, figure_id: str, pseudo: bool = False
) -> list[pd.DataFrame]:
    """Training against epoch and where every draw ends, of the main fleets, on two axes.

    Ideal BP ends over its own, larger set of splits. Marked are the reported values of the claims
    whose ids begin with that of the figure.
    """
    main = summary.main(table, first_reported(f"{figure_id}-bp"))
    finals = [final for final in FINALS if pseudo or final[1] != "pseudo-ip-bp"]
    populations = []
    for label, method, split, claim in finals:
        if method == "ideal-bp":
            draws = summary.ideal(table, split, main.encoding.iloc[0])
        else:
            draws = summary.draws(main, method, split)
        value = first_reported(f"{figure_id}-{claim}")
        populations.append(Strip(label, method, draws, value))
    methods = dict.fromkeys(strip.method for strip in populations)
    curves = _training(axes[0], main, methods)
    ends = strips(axes[1], populations, "final accuracy (%)")
    axes[1].tick_params(axis="x", labelsize=6)
    return [curves, ends]


def strips(ax: Axes, populations: Iterable[Strip], ylabel: str = "") -> pd.DataFrame:
    """Dots, median and 5-95 % range of each population, with the reported value marked."""
    rows = []
    labels = []
    for x, (label, method, draws, reported) in enumerate(populations):
        style.population(ax, x, draws, method, width=0.5)
        if reported is not None:
            _reported(ax, x + 0.42, reported)
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


def _reported(ax: Axes, x: float, value: float) -> None:
    """A reported value with its number below it."""
    style.reported(ax, value, "", x=x)
    style.note(
        ax,
        f"{value:g}",
        (x, value),
        (0, -9),
        ha="center",
        fontsize=6,
        color=style.COLOURS["reported"],
    )


def _training(ax: Axes, main: pd.DataFrame, methods: Iterable[str]) -> pd.DataFrame:
    curves = []
    for method in methods:
        rows = summary.select(main, method=method, split="train")
        line = percent(summary.series(rows, "accuracy"))
        style.summary(ax, line, method, counted=True)
        curves.append(line.assign(quantity="accuracy (%)", method=method, split="train"))
    ax.set(
        xlabel="epoch",
        ylabel="training accuracy (%)",
        ylim=(0, 103),
        xlim=(0, None),
    )
    ax.legend(
        loc="lower right",
        fontsize=6,
        labelspacing=0.2,
        borderaxespad=0,
    )
    columns = ["quantity", "method", "split", "epoch", "centre", "low", "high"]
    return pd.concat(curves)[columns]


def percent(series: pd.DataFrame) -> pd.DataFrame:
    """A series of fractions in percent."""
    ends = ["centre", "low", "high"]
    return series.assign(**100 * series[ends])


def confusion(ax: Axes, main: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Mean confusion matrix of the chips under AsyT on test data, in percent of a class."""
    matrix = summary.confusion(main)
    shade = LinearSegmentedColormap.from_list("asyt", ["#FFFFFF", style.COLOURS["asyt"]])
    ax.imshow(matrix, cmap=shade, vmin=0, vmax=100)
    rows = []
    for (i, j), share in np.ndenumerate(matrix):
        ax.text(
            j,
            i,
            f"{share:.0f}",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if share > 55 else "black",
        )
        rows.append(("confusion (%)", classes[i], classes[j], share))
    places = range(len(classes))
    ax.set_xticks(places, classes)
    ax.set_yticks(places, classes)
    if len(classes[0]) > 2:
        plt.setp(
            ax.get_xticklabels(),
            rotation=30,
            ha="right",
            rotation_mode="anchor",
        )
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="predicted", ylabel="true", title="AsyT, test (%)")
    return pd.DataFrame(rows, columns=["quantity", "true", "predicted", "centre"])


def headrooms(table: pd.DataFrame) -> style.Drawn:
    """Training accuracy at each headroom, one panel an encoding."""
    encodings = table.encoding.unique()
    figure, axes = style.panels(
        1,
        len(encodings),
        0.36,
        1 if len(encodings) > 2 else 0.75,
        ylabel="training accuracy (%)",
        ylim=(0, 103),
        sharey=True,
    )
    numbers = []
    for ax, encoding in zip(axes, encodings, strict=True):
        numbers.append(_headroom(ax, encoding, table))
    style.legend_above(axes[0], 3)
    return figure, pd.concat(numbers, ignore_index=True)


def _headroom(ax: Axes, encoding: str, table: pd.DataFrame) -> pd.DataFrame:
    ideal = summary.ideal(table, "train", encoding)
    best = float(np.median(ideal))
    look = style.look("ideal-bp")
    ax.axhline(
        best,
        color=look.colour,
        linewidth=1,
        label=f"{look.label} (median)",
    )
    chips = summary.select(table, encoding=encoding, profile="eq4")
    fleets = chips.groupby("headroom")
    parts = []
    for method, shift in (("asyt", -0.008), ("insilico-bp", 0.008)):
        rows = []
        for headroom, fleet in fleets:
            draws = summary.draws(fleet, method, "train")
            rows.append(
                {
                    "encoding": encoding,
                    "method": method,
                    "headroom": headroom,
                    "split": "train",
                    **summaries.spread(draws),
                }
            )
        ends = pd.DataFrame(rows)
        beside = ends.assign(headroom=ends.headroom + shift)
        style.summary(
            ax,
            beside,
            method,
            x="headroom",
            mark=style.interval,
            counted=True,
        )
        parts.append(ends)
    ax.set(xlabel="share used (1: no headroom)", title=encoding, xticks=ends.headroom)
    return pd.concat(parts).assign(**{"ideal BP centre": best})
