"""A page for schematics: every position on it is in millimetres, the origin at the lower left."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

from asyt.figures._style import COLOURS, PAGE

MILLIMETRES = 25.4  # an inch
DIGITAL = COLOURS["ideal-bp"]
DEVICE = COLOURS["asyt"]
TRUNCATED = COLOURS["pat"]
LIGHT = COLOURS["insilico-bp"]
QUIET = COLOURS["reported"]
SMALL = 6.5  # points
#: How far from a corner an arrow begins to bend.
BEND = 1.5

Point = tuple[float, float]
Pen = Callable[..., None]
Steps = Iterable[tuple[float, float, str, str]]


class Box(NamedTuple):
    """Where a box lies, and the middles of its sides: an arrow goes from one to another."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def end(self) -> float:
        return self.x + self.width

    @property
    def left(self) -> Point:
        return self.x, self.middle[1]

    @property
    def right(self) -> Point:
        return self.end, self.middle[1]

    @property
    def top(self) -> Point:
        return self.middle[0], self.y + self.height

    @property
    def bottom(self) -> Point:
        return self.middle[0], self.y


class Sheet:
    """A figure of page width and a height in mm to write and draw on."""

    def __init__(self, height: float) -> None:
        # A layout that does nothing; "none" would turn into the default one when it is saved.
        layout = PlaceHolderLayoutEngine(True, True)
        self.figure = Figure((PAGE, height / MILLIMETRES), layout=layout)
        self.ax = self.figure.add_axes((0, 0, 1, 1))
        self.ax.set(xlim=(0, PAGE * MILLIMETRES), ylim=(0, height))
        self.ax.axis("off")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = DIGITAL,
        size: float = 7,
        **look: Any,
    ) -> None:
        """Text centred on a point, unless `look` (of matplotlib's text) says otherwise."""
        centred = {"ha": "center", "va": "center", "linespacing": 1.3}
        self.ax.text(x, y, text, color=colour, fontsize=size, **{**centred, **look})

    def note(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = QUIET,
    ) -> None:
        self.text(x, y, text, colour, SMALL)

    def label(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = DIGITAL,
        size: float = 8,
        **look: Any,
    ) -> None:
        """Text that begins at a point, on its base line."""
        self.text(x, y, text, colour, size, ha="left", va="baseline", **look)

    def heading(
        self,
        x: float,
        y: float,
        letter: str,
        text: str,
        indent: float = 6,
        colour: str = DIGITAL,
    ) -> None:
        """A panel's letter and its title."""
        self.label(x, y, letter, size=10, weight="bold")
        self.label(x + indent, y, text, colour, weight="bold")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: str,
        colour: str,
        size: float = 7,
        fill: str | None = None,
    ) -> Box:
        """A rounded box, its lower left corner at a point; by default lightly tinted."""
        tint = tuple(1 - 0.09 * (1 - part) for part in to_rgb(colour))
        patch = FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=1.5",
            edgecolor=colour,
            facecolor=fill or tint,
            linewidth=0.9,
            zorder=2,
        )
        self.ax.add_patch(patch)
        box = Box(x, y, width, height)
        if text:
            self.text(*box.middle, text, colour, size, zorder=5)
        return box

    def line(
        self,
        x: ArrayLike,
        y: ArrayLike,
        colour: str,
        width: float = 1,
        zorder: float = 2,
    ) -> None:
        """A line through points."""
        self.ax.plot(x, y, color=colour, linewidth=width, zorder=zorder)

    def chain(
        self,
        pen: Pen,
        y: float,
        height: float,
        steps: Steps,
        size: float = 7,
    ) -> None:
        """Boxes from left to right, each x, width, text and colour, with arrows between them."""
        boxes = []
        for x, width, text, colour in steps:
            boxes.append(self.box(x, y, width, height, text, colour, size))
        for before, after in pairwise(boxes):
            pen(before.right, after.left)

    def pen(self, colour: str, width: float = 1.1, style: str = "-") -> Pen:
        """A function of points that draws an arrow along them, its corners rounded."""

        def draw(*points: Point) -> None:
            arrow = FancyArrowPatch(
                path=_rounded(np.asarray(points, dtype=float)),
                arrowstyle="-|>,head_length=3,head_width=1.6",
                color=colour,
                linewidth=width,
                linestyle=style,
                capstyle="butt",
                zorder=3,
            )
            self.ax.add_patch(arrow)

        return draw


def _rounded(points: np.ndarray) -> Path:
    """Straight pieces from point to point; each corner is a curve from `BEND` before to after."""
    vertices = [points[0]]
    codes = [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before), corner, _towards(corner, after)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def _towards(corner: np.ndarray, other: np.ndarray) -> np.ndarray:
    step = other - corner
    length = max(np.hypot(*step), 1e-9)
    return corner + step * min(1.0, BEND / length)
