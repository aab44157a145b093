"""One look for every figure: sizes, fonts, the looks of the methods, shared marks."""

from collections.abc import Callable, Iterable
from string import ascii_lowercase
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from asyt.errors import AsytError, lookup
from asyt.methods.looks import LOOKS as METHOD_LOOKS
from asyt.methods.looks import Look

#: Widths of a one-column (89 mm) and of a full-page figure (183 mm), inches.
COLUMN = 89 / 25.4
PAGE = 183 / 25.4
#: The axis of an accuracy, for `panels`.
ACCURACY: dict[str, Any] = {"ylabel": "test accuracy (%)", "ylim": (0, 100)}
#: A figure and the numbers it plots.
Drawn = tuple[Figure, pd.DataFrame]


class FigureError(AsytError):
    """A figure was asked for with numbers, a name or a text that cannot be drawn or filed."""


#: The published value, beside the methods.
LOOKS = {**METHOD_LOOKS, "reported": Look("Reported", "#4D4D4D", (0, (4, 2)), "D")}
COLOURS = {key: look.colour for key, look in LOOKS.items()}
LINES = {key: look.line for key, look in LOOKS.items()}
MARKERS = {key: look.marker for key, look in LOOKS.items()}
LABELS = {key: look.label for key, look in LOOKS.items()}

#: The matplotlib settings of every file that is written.
FILES: dict[Any, Any] = {
    "pdf.fonttype": 42,  # TrueType, embedded: text stays text and can be searched
    "svg.fonttype": "path",  # outlines: "none" only names a font, which a machine may not have
    "svg.hashsalt": "asyt",  # element names, and so the bytes, do not change from run to run
}
#: The matplotlib settings of every figure.
RC: dict[Any, Any] = {
    **FILES,
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same glyphs on every machine
    "mathtext.fontset": "dejavusans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "figure.titlesize": 9,
    "figure.figsize": (COLUMN, COLUMN * 0.75),
    "figure.dpi": 144,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "axes.grid": False,
    "lines.linewidth": 1.3,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "axes.axisbelow": True,
    "savefig.bbox": None,  # "tight" would change the width that the page asks for
    "savefig.dpi": 300,
}


def use() -> None:
    """Make the settings in `RC` the defaults of this process."""
    matplotlib.rcParams.update(RC)


#: Variants of one method beside it, in colours that no method has.
VARIANTS = (
    Look("first variant", "#4E9BD1", (0, (5, 2)), "o"),
    Look("second variant", "#6E6E6E", (0, (6, 1.5, 1.5, 1.5)), "s"),
    Look("third variant", "#A67C37", (0, (1, 1.2)), "^"),
)


def look(method: str | Look) -> Look:
    """The look of `method`; UnknownNameError, naming the nearest, if it has no row in `LOOKS`.

    A look itself, one of `VARIANTS`, is its own.
    """
    return method if isinstance(method, Look) else LOOKS[lookup(method, LOOKS, "method")]


#: Dots of a population that are drawn one by one.
MOST_DOTS = 500
#: Ticks of a `stretched` axis.
ODD_TICKS = (5, 10, 25, 50, 75, 90, 95, 98)


def panels(
    rows: int,
    columns: int,
    height: float,
    width: float = 1,
    *,
    unit: float = PAGE,
    xlabel: str = "",
    ylabel: str = "",
    ylim: tuple[float, float] | None = None,
    letters: bool = True,
    **options: Any,
) -> tuple[Figure, Any]:
    """A figure and its panels, as of `plt.subplots`, which gets the options.

    Height and width are in units of so many inches. The last row has the label of x, the first
    column that of y, every panel the limits of y, and each of several panels a letter.
    """
    if ylim:
        options["subplot_kw"] = {"ylim": ylim}
    inches = (width * unit, height * unit)
    figure, axes = plt.subplots(rows, columns, figsize=inches, **options)
    grid = np.reshape(axes, (rows, columns))
    plt.setp(grid[-1], xlabel=xlabel)
    plt.setp(grid[:, 0], ylabel=ylabel)
    if letters and grid.size > 1:
        panel_letters(grid)
    return figure, axes


def stretched(ax: Axes) -> None:
    """An axis of accuracies in percent whose steps grow towards 0 and 100, as odds do."""
    ax.set_yscale("function", functions=(_log_odds, _percent))
    ax.set_yticks(ODD_TICKS, [f"{tick:g}" for tick in ODD_TICKS])
    ax.set_ylim(5, 99)


def _log_odds(percent: np.ndarray) -> np.ndarray:
    exact = np.asarray(percent, float) / 100
    share = np.clip(exact, 1e-4, 1 - 1e-4)
    return np.log(share / (1 - share))


def _percent(log_odds: np.ndarray) -> np.ndarray:
    return 100 / (1 + np.exp(-log_odds))


def legend_above(ax: Axes, ncols: int, **options: Any) -> None:
    """The legend of one panel above all of its figure's."""
    entries = ax.get_legend_handles_labels()
    ax.figure.legend(*entries, loc="outside upper center", ncols=ncols, **options)


def line(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    method: str | Look,
    **other: Any,
) -> list[Line2D]:
    """A line in the look of `method`, but for what `other` says (of matplotlib's lines)."""
    style = look(method)
    drawn = {"color": style.colour, "linestyle": style.line, **other}
    return ax.plot(x, y, **drawn)


def points(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    method: str,
    **other: Any,
) -> list[Line2D]:
    """Marks in the look of `method`; arguments as in `line`."""
    drawn = {"linestyle": "none", "marker": MARKERS[method], **other}
    return line(ax, x, y, method, **drawn)


def _finite(what: str, *arrays: ArrayLike) -> list[np.ndarray]:
    """The arguments as one-dimensional float arrays of one length; FigureError if they are not."""
    found = [np.atleast_1d(np.asarray(values, dtype=float)) for values in arrays]
    shapes = [values.shape for values in found]
    if len(set(shapes)) > 1 or found[0].ndim != 1 or not found[0].size:
        raise FigureError(
            f"{what} got arrays of shapes {shapes}: pass non-empty lists of one length."
        )
    bad = int((~np.isfinite(found)).sum())
    if bad:
        raise FigureError(
            f"{what} got {bad} values that are not finite: find out why before drawing them."
        )
    return found


def _ordered(what: str, *arrays: ArrayLike) -> list[np.ndarray]:
    """Positions, centres and both ends, as of `_finite`; FigureError if the ends are swapped."""
    found = _finite(what, *arrays)
    *_, low, high = found
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise FigureError(
            f"{what} has low {low[i]:g} above high {high[i]:g} at entry {i}: swap them."
        )
    return found


def _legend_text(method: str | Look, label: str | None, n: int | None) -> str:
    text = look(method).label if label is None else label
    return text if n is None else f"{text} (n = {n})"


def band(
    ax: Axes,
    x: ArrayLike,
    mean: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    method: str | Look,
    label: str | None = None,
    n: int | None = None,
) -> Line2D:
    """A line with its band, low to high, all (T,), in the look of `method`, a key of `LOOKS`.

    The legend text is `label`, by default the method's display name, with the number n of draws.

    Raises:
        UnknownNameError: unknown method.
        FigureError: lengths differ, a value is not finite, or low lies above high.
    """
    colour = look(method).colour
    x, mean, low, high = _ordered(f"band of '{method}'", x, mean, low, high)
    area = ax.fill_between(x, low, high, facecolor=to_rgba(colour, 0.08))
    # Bands that overlap stay apart: the edge has the colour and the dashes of its line.
    area.set(edgecolor=to_rgba(colour, 0.8), linewidth=0.6, linestyle=look(method).line)
    return line(ax, x, mean, method, label=_legend_text(method, label, n))[0]


def interval(
    ax: Axes,
    x: ArrayLike,
    mean: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    method: str,
    label: str | None = None,
    n: int | None = None,
) -> None:
    """Points with intervals (low to high) in the look of `method`; arguments as in `band`."""
    colour = look(method).colour
    x, mean, low, high = _ordered(f"interval of '{method}'", x, mean, low, high)
    ax.vlines(x, low, high, color=colour, linewidth=1.1)
    points(ax, x, mean, method, label=_legend_text(method, label, n))


def summary(
    ax: Axes,
    rows: pd.DataFrame,
    method: str,
    label: str | None = None,
    *,
    x: str = "epoch",
    mark: Callable[..., object] = band,
    counted: bool = False,
) -> None:
    """Rows of `asyt.experiments.summaries` (centre, low, high, n) against their column x.

    `mark` is `band` or `interval`; `counted` puts the number of draws into the legend.
    """
    n = rows.n.iloc[0] if counted else None
    mark(
        ax,
        rows[x],
        rows.centre,
        rows.low,
        rows.high,
        method,
        label,
        n,
    )


def population(
    ax: Axes,
    x: float,
    values: ArrayLike,
    method: str,
    width: float = 0.6,
) -> None:
    """Every draw of a population as a dot, with its median (bar) and 5-95 % range (vertical line).

    Dots spread sideways in proportion to how many share their height, by a fixed sequence, not at
    random, over at most `width` around x.

    Raises:
        UnknownNameError: unknown method.
        FigureError: no values, or one that is not finite.
    """
    colour = look(method).colour
    (values,) = _finite(f"population of '{method}'", values)
    values = np.sort(values)
    counts, edges = np.histogram(values, bins=24)
    place = np.searchsorted(edges, values, side="right") - 1
    share = counts[np.clip(place, 0, 23)] / counts.max()
    golden = (np.arange(values.size) * 0.6180339887498949) % 1 - 0.5
    many = values.size > MOST_DOTS  # a picture of its own in vector files, which hold the rest
    ax.plot(
        x + width * share * golden,
        values,
        "o",
        color=colour,
        rasterized=many,
        markersize=2,
        alpha=0.35,
        markeredgewidth=0,
    )
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    ax.vlines(x, low, high, color=colour, linewidth=1.1)
    halo = [withStroke(linewidth=3.2, foreground="white")]
    ax.hlines(
        median,
        x - width / 2,
        x + width / 2,
        color=colour,
        linewidth=2,
        path_effects=halo,
    )


def note(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    **look: Any,
) -> None:
    """Small text at a distance, in points, from where it belongs."""
    drawn = {"fontsize": 7, **look}
    ax.annotate(text, at, xytext=offset, textcoords="offset points", **drawn)


def reported(ax: Axes, y: float, text: str, x: float | None = None) -> None:
    """Mark a published value: a diamond at (x, y); without x a dashed line ending in a diamond.

    Raises:
        FigureError: y is not finite.
    """
    _finite("reported value", y)
    mark: dict[str, Any] = {"markersize": 4, "zorder": 4}
    colour = COLOURS["reported"]
    if x is not None:
        points(ax, [x], [y], "reported", **mark)
        note(
            ax,
            text,
            (x, y),
            (5, 0),
            va="center",
            color=colour,
        )
        return
    across = ax.get_yaxis_transform()
    ax.axhline(y, color=colour, linestyle=LINES["reported"], linewidth=0.8)
    points(
        ax,
        [1],
        [y],
        "reported",
        transform=across,
        clip_on=False,
        **mark,
    )
    note(
        ax,
        text,
        (1, y),
        (-5, 2),
        xycoords=across,
        ha="right",
        va="bottom",
        color=colour,
    )


def panel_letters(axes: Iterable[Axes]) -> None:
    """Write a, b, c, ... in bold above the left end of each panel, in the order given."""
    in_order = np.ravel(np.asarray(axes, dtype=object))
    for letter, ax in zip(ascii_lowercase, in_order, strict=False):
        note(
            ax,
            letter,
            (0, 1),
            (-4, 4),
            xycoords="axes fraction",
            ha="right",
            va="bottom",
            fontsize=9,
            fontweight="bold",
        )
