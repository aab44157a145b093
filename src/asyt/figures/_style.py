"""One look for every figure: sizes, fonts, the looks of the methods, shared marks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from asyt.errors import AsytError, lookup
from asyt.methods.looks import LOOKS as METHOD_LOOKS
from asyt.methods.looks import Look

COLUMN = 89 / 25.4
"""Width of a one-column figure, inches (89 mm)."""
PAGE = 183 / 25.4
"""Width of a full-page figure, inches (183 mm)."""


class FigureError(AsytError):
    """A figure was asked for with numbers, a name or a text that cannot be drawn or filed."""


#: The published value, beside the methods.
LOOKS = {**METHOD_LOOKS, "reported": Look("Reported", "#4D4D4D", (0, (4, 2)), "D")}


COLOURS = {key: look.colour for key, look in LOOKS.items()}
LINES = {key: look.line for key, look in LOOKS.items()}
MARKERS = {key: look.marker for key, look in LOOKS.items()}
LABELS = {key: look.label for key, look in LOOKS.items()}

FILES: dict[Any, Any] = {
    "pdf.fonttype": 42,  # TrueType, embedded: text stays text and can be searched
    "svg.fonttype": "path",  # outlines: "none" only names a font, which a machine may not have
    "svg.hashsalt": "asyt",  # element names, and so the bytes, do not change from run to run
}
"""The matplotlib settings of every file that is written."""

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
"""The matplotlib settings of every figure."""


def use() -> None:
    """Make the settings in `RC` the defaults of this process."""
    matplotlib.rcParams.update(RC)


def look(method: str) -> Look:
    """The look of `method`.

    Raises:
        UnknownNameError: if it has no row in `LOOKS`; names the nearest.
    """
    return LOOKS[lookup(method, LOOKS, "method")]


def _finite(what: str, *arrays: ArrayLike) -> list[np.ndarray]:
    """The arguments as one-dimensional float arrays of one length; FigureError if they are not."""
    found = [np.atleast_1d(np.asarray(values, dtype=float)) for values in arrays]
    shapes = [values.shape for values in found]
    if len(set(shapes)) > 1 or found[0].ndim != 1 or not found[0].size:
        raise FigureError(
            f"{what} got arrays of shapes {shapes}: pass non-empty lists of one length."
        )
    bad = sum(int((~np.isfinite(values)).sum()) for values in found)
    if bad:
        raise FigureError(
            f"{what} got {bad} values that are not finite: find out why before drawing them."
        )
    return found


def _ordered(what: str, low: np.ndarray, high: np.ndarray) -> None:
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise FigureError(
            f"{what} has low {low[i]:g} above high {high[i]:g} at entry {i}: swap them."
        )


def band(
    ax: Axes,
    x: ArrayLike,
    mean: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    method: str,
    label: str | None = None,
    n: int | None = None,
) -> Line2D:
    """A line with its 95 % band in the look of `method`.

    Args:
        ax: where to draw.
        x: (T,) positions.
        mean: (T,) the line.
        low: (T,) lower end of the band.
        high: (T,) upper end of the band.
        method: a key of `LOOKS`.
        label: legend text; default: the method's display name.
        n: number of draws behind the band, added to the legend text.

    Raises:
        UnknownNameError: unknown method.
        FigureError: lengths differ, a value is not finite, or low lies above high.
    """
    style = look(method)
    x, mean, low, high = _finite(f"band of '{method}'", x, mean, low, high)
    _ordered(f"band of '{method}'", low, high)
    text = (style.label if label is None else label) + ("" if n is None else f" (n = {n})")
    ax.fill_between(x, low, high, color=style.colour, alpha=0.18, linewidth=0)
    (line,) = ax.plot(x, mean, color=style.colour, linestyle=style.line, label=text)
    return line


def interval(
    ax: Axes,
    x: ArrayLike,
    mean: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    method: str,
    label: str | None = None,
) -> None:
    """Points with intervals (low to high) in the look of `method`; arguments as in `band`."""
    style = look(method)
    x, mean, low, high = _finite(f"interval of '{method}'", x, mean, low, high)
    _ordered(f"interval of '{method}'", low, high)
    ax.vlines(x, low, high, color=style.colour, linewidth=1.1)
    ax.plot(
        x,
        mean,
        color=style.colour,
        marker=style.marker,
        linestyle="none",
        label=style.label if label is None else label,
    )


def population(ax: Axes, x: float, values: ArrayLike, method: str, width: float = 0.6) -> None:
    """Every draw of a population as a dot, with its median (bar) and 5-95 % range (vertical line).

    Dots spread sideways in proportion to how many share their height, by a fixed sequence, not at
    random.

    Args:
        ax: where to draw.
        x: centre of the strip.
        values: (n,) draws.
        method: a key of `LOOKS`.
        width: widest spread, in units of x.

    Raises:
        UnknownNameError: unknown method.
        FigureError: no values, or one that is not finite.
    """
    style = look(method)
    (values,) = _finite(f"population of '{method}'", values)
    values = np.sort(values)
    counts, edges = np.histogram(values, bins=24)
    share = counts[np.clip(np.searchsorted(edges, values, side="right") - 1, 0, 23)] / counts.max()
    golden = (np.arange(values.size) * 0.6180339887498949) % 1 - 0.5
    ax.plot(
        x + width * share * golden,
        values,
        color=style.colour,
        marker="o",
        markersize=2,
        alpha=0.35,
        markeredgewidth=0,
        linestyle="none",
    )
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    ax.vlines(x, low, high, color=style.colour, linewidth=1.1)
    halo = [withStroke(linewidth=3.2, foreground="white")]
    ax.hlines(
        median, x - width / 2, x + width / 2, color=style.colour, linewidth=2, path_effects=halo
    )


def reported(ax: Axes, y: float, text: str, x: float | None = None) -> None:
    """Mark a published value: a diamond at (x, y); without x a dashed line ending in a diamond.

    Raises:
        FigureError: y is not finite.
    """
    style = look("reported")
    _finite("reported value", y)
    mark: dict[str, Any] = {
        "color": style.colour,
        "marker": style.marker,
        "markersize": 4,
        "linestyle": "none",
        "zorder": 4,
    }
    if x is not None:
        ax.plot([x], [y], **mark)
        ax.annotate(
            text,
            (x, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color=style.colour,
        )
        return
    across = ax.get_yaxis_transform()
    ax.axhline(y, color=style.colour, linestyle=style.line, linewidth=0.8)
    ax.plot([1], [y], transform=across, clip_on=False, **mark)
    ax.annotate(
        text,
        (1, y),
        xycoords=across,
        xytext=(-5, 2),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=7,
        color=style.colour,
    )


def panel_letters(axes: Iterable[Axes]) -> None:
    """Write a, b, c, ... in bold above the left end of each panel, in the order given."""
    for i, ax in enumerate(np.ravel(np.asarray(axes, dtype=object))):
        ax.annotate(
            chr(ord("a") + i),
            (0, 1),
            xycoords="axes fraction",
            xytext=(-4, 4),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=9,
            fontweight="bold",
        )
