"""The idea of AsyT in one drawing (after AsyT Fig. 1, redrawn from scratch).

The page is a sheet of millimetres: every position below is one, origin at the lower left.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from asyt.figures._style import COLOURS, RC, FigureError

WIDTH, HEIGHT = 183.0, 122.0
DIGITAL, DEVICE, TRUNCATED = COLOURS["ideal-bp"], COLOURS["asyt"], COLOURS["pat"]
QUIET = COLOURS["reported"]
MESH = 3  # waveguides drawn a layer

Counters = Mapping[str, Mapping[str, float]]
SYMBOLS = {
    "encapsulated": {"accesses": "$P$", "made of": "$P$ reads", "time_steps": "$1$"},
    "truncated": {
        "accesses": "$2M - P$",
        "made of": "$M$ reads + $(M - P)$ writes",
        "time_steps": "$N + 1$",
    },
}


def concept(counters: Counters | None = None) -> Figure:
    """Draw the concept: a, where the light path is opened; b, where information flows; c, many devices.

    Args:
        counters: what a real run counted a sample (`Accesses.a_sample()` of the device), for
            "encapsulated" and "truncated" each: "reads", "writes", "time_steps" and, if wanted,
            "passes". As many layers are drawn as the truncated device took time-steps, if these are
            2 to 4, else three. Without counters the symbols of AsyT's discussion stand in their
            place: M neurons, P outputs, N hidden layers.

    Returns:
        A figure of page width (183 mm).

    Raises:
        FigureError: a counter is missing, negative or not finite.
    """
    numbers = SYMBOLS if counters is None else {kind: _numbers(counters, kind) for kind in SYMBOLS}
    steps = 3 if counters is None else counters["truncated"]["time_steps"]
    layers = int(steps) if steps in (2, 3, 4) else 3
    with matplotlib.rc_context(RC):
        # A layout that does nothing; "none" would turn into the default one when the figure is
        # saved.
        figure = Figure((WIDTH / 25.4, HEIGHT / 25.4), layout=PlaceHolderLayoutEngine(True, True))
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        ax.axis("off")
        _light_path(
            ax, 9, "truncated", "Truncated (IP-BP, PAT): read at every layer", layers, numbers
        )
        _light_path(
            ax,
            101,
            "encapsulated",
            "Encapsulated (AsyT): read at the outputs only",
            layers,
            numbers,
        )
        _information(ax)
        _fleet(ax)
        for x, y, letter in ((2, 116, "a"), (2, 65, "b"), (130, 65, "c")):
            _text(ax, x, y, letter, size=10, weight="bold", ha="left", va="baseline")
        if counters is None:
            _text(
                ax,
                9,
                73,
                "$M$ neurons, $P$ of them outputs, $N$ hidden layers",
                QUIET,
                6.5,
                ha="left",
            )
    return figure


def _numbers(counters: Counters, kind: str) -> dict[str, str]:
    """The counters of one kind as they are printed; their sum is the number of accesses."""
    given = counters.get(kind, {})
    wanted = ["reads", "writes", "time_steps", *(["passes"] if "passes" in given else [])]
    for name in wanted:
        if name not in given or not np.isfinite(given[name]) or given[name] < 0:
            raise FigureError(
                f"counters['{kind}']['{name}'] is {given.get(name, 'missing')}: pass what a device "
                "counted a "
                "sample, with reads, writes and time_steps for both encapsulated and truncated."
            )
    reads, writes = given["reads"], given["writes"]
    made_of = f"{reads:g} reads" + (f" + {writes:g} writes" if writes else "")
    return {
        "accesses": f"{reads + writes:g}",
        "made of": made_of,
        **{name: f"{given[name]:g}" for name in wanted[2:]},
    }


def _light_path(
    ax: Axes, left: float, kind: str, title: str, layers: int, numbers: Mapping
) -> None:
    """Panel a, one half: layers along the light, the digital side above, the counts below."""
    width, y, rail, half = 74.0, 96.5, 107.5, 5.0
    opened = kind == "truncated"
    colour = TRUNCATED if opened else DEVICE
    pitch = width / (layers - 0.12)
    block, lead = 0.46 * pitch, 0.14 * pitch
    starts = left + lead + pitch * np.arange(layers)
    _text(ax, left, 116, title, colour, 8, ha="left", va="baseline", weight="bold")
    _box(ax, left, rail, width, 5, "digital", DIGITAL)
    if not opened:
        _box(
            ax, starts[0] - lead / 2, y - 6.5, starts[-1] - starts[0] + block + lead, 13, "", colour
        )
    for i, start in enumerate(starts):
        first, last = i == 0, i == layers - 1
        end, after = start + block, start + block + lead
        light = [(start - lead, start), (end, after if opened or last else starts[i + 1])]
        for line, (begin, stop) in itertools.product(
            _rows(y), light if opened or first else light[1:]
        ):
            ax.plot([begin, stop], [line, line], color=colour, linewidth=1, zorder=3)
        _box(ax, start, y - half, block, 2 * half, "", colour, fill="white")
        _mesh(ax, start, end, y, colour)
        if opened or last:
            _arrow(ax, [(after, y - 3.5), (after, rail)], colour, 1.5)
        if opened and not first:
            _arrow(ax, [(start - lead, rail), (start - lead, y - 3.5)], colour, 1.5)
    out = starts[0 if opened else -1] + block + lead
    _text(ax, out - 1, 105, "read", colour, ha="right")
    if opened:
        _text(ax, starts[1] - lead + 1, 105, "write", colour, ha="left")
    columns = [
        ("accesses", f"AD accesses a sample\n{numbers[kind]['made of']}"),
        ("time_steps", "access\ntime-steps"),
        ("passes", "device\npasses"),
    ]
    for x, (name, caption) in zip((0, 41, 61), columns, strict=True):
        if name in numbers[kind]:
            _text(
                ax,
                left + x,
                84,
                numbers[kind][name],
                colour,
                12,
                ha="left",
                va="baseline",
                weight="bold",
                gid=f"{kind}-{name}",
            )
            for y, part in zip((80.2, 76.7), caption.split("\n"), strict=True):
                _text(ax, left + x, y, part, QUIET, 6.5, ha="left", va="baseline")


def _information(ax: Axes) -> None:
    """Panel b: two forward passes, two errors, one shared backward pass, two updates."""
    top, low = 46.0, 19.0
    middle = (top + low) / 2
    _text(ax, 9, 65, "Where the information flows", ha="left", va="baseline", size=8, weight="bold")
    _text(ax, 5.5, middle, "input\n$x$")
    _box(ax, 15, top - 8, 22, 16, "Digital model\nforward", DIGITAL)
    _box(ax, 15, low - 8, 22, 16, "Device\nforward only", DEVICE)
    for y, colour, name, side in ((top, DIGITAL, "dig", 1), (low, DEVICE, "phy", -1)):
        _arrow(ax, [(9.5, middle), (11.5, middle), (11.5, y), (15, y)], DIGITAL)
        _arrow(ax, [(37, y), (44, y)], colour)
        _box(ax, 44, y - 4, 10, 8, rf"$E_\mathrm{{{name}}}$", colour, fill="white", size=9)
        _arrow(ax, [(49, middle + 2.5 * side), (49, y - 4 * side)], QUIET, 0.8)
        _arrow(ax, [(54, y), (61, y)], colour)
        _arrow(ax, [(83, y), (90, y)], colour)
    _text(ax, 49, middle, "target", QUIET)
    shared = "One shared\nbackward pass\nthrough the\ndigital model"
    _box(ax, 61, low - 8, 22, top - low + 16, shared, DIGITAL)
    _arrow(ax, [(37, top + 6), (61, top + 6)], DIGITAL, 0.8, dashed=True)
    _text(ax, 49, top + 8.3, "states, weights", DIGITAL, 6.5)
    _box(ax, 90, top - 8, 28, 16, "", DIGITAL)
    _text(ax, 104, top + 3, "Digital update", DIGITAL)
    _text(ax, 104, top - 2.5, r"$\Delta W_\mathrm{dig}$", DIGITAL, 9)
    _box(ax, 90, low - 8, 28, 16, "", DEVICE)
    _text(ax, 104, low + 4.8, "AsyT update", DEVICE)
    _text(ax, 104, low + 0.3, r"$M_1\, \Delta W_\mathrm{dig}$", DEVICE, 9)
    _text(ax, 104, low - 4.6, r"$+\; M_2\, \Delta W_\mathrm{pseudo}$", DEVICE, 9)
    _arrow(ax, [(104, top - 8), (104, low + 8)], DIGITAL)
    _arrow(ax, [(104, top + 8), (104, 59), (26, 59), (26, top + 8)], DIGITAL)
    _arrow(ax, [(104, low - 8), (104, 6), (26, 6), (26, low - 8)], DEVICE)
    _text(ax, 72, 61.3, r"digital control $W_\mathrm{dig}$", DIGITAL, 8)
    _text(ax, 72, 3.3, r"device control $W_\mathrm{phy}$", DEVICE, 8)


def _fleet(ax: Axes) -> None:
    """Panel c: the digital update is computed once and used by every device."""
    _text(
        ax, 137, 65, "One digital model, C devices", ha="left", va="baseline", size=8, weight="bold"
    )
    _box(ax, 145, 38, 26, 16, "Digital model\nforward, backward\nonce", DIGITAL)
    for x, name in ((141, "1"), (158, "2"), (175, "$C$")):
        _arrow(
            ax,
            [(158, 38), (158, 31), (x, 31), (x, 25)] if x != 158 else [(158, 38), (158, 25)],
            DIGITAL,
        )
        _box(ax, x - 5.5, 13, 11, 12, f"Device\n{name}", DEVICE)
    _text(ax, 166.5, 19, "…", DEVICE, 9)
    _text(ax, 159.5, 34.2, r"$\Delta W_\mathrm{dig}$ for all", DIGITAL, 8, ha="left")
    _text(ax, 158, 8.6, r"each adds its own $\Delta W_\mathrm{pseudo}$", DEVICE, 8)
    _text(ax, 158, 3.6, r"work a device: $(1 + 1/C)$ BP steps", QUIET)


def _text(
    ax: Axes, x: float, y: float, text: str, colour: str = DIGITAL, size: float = 7, **kw: object
) -> None:
    """Text centred on (x, y) unless `kw` says otherwise."""
    look = {"color": colour, "fontsize": size, "ha": "center", "va": "center", "linespacing": 1.3}
    ax.text(x, y, text, **{**look, **kw})


def _box(
    ax: Axes,
    x: float,
    y: float,
    w: float,
    h: float,
    text: str,
    colour: str,
    *,
    fill: str | None = None,
    size: float = 7,
) -> None:
    """A rounded box; without `fill` it has a light tint of its colour."""
    tint = tuple(1 - 0.09 * (1 - c) for c in to_rgb(colour))
    ax.add_patch(
        FancyBboxPatch(
            (x, y),
            w,
            h,
            boxstyle="round,pad=0,rounding_size=1.5",
            edgecolor=colour,
            facecolor=fill or tint,
            linewidth=0.9,
            zorder=2,
        )
    )
    if text:
        _text(ax, x + w / 2, y + h / 2, text, colour, size, zorder=5)


def _arrow(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    colour: str,
    width: float = 1.1,
    *,
    dashed: bool = False,
) -> None:
    """An arrow along straight pieces with rounded corners."""
    points = np.asarray(points, dtype=float)
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        for other, code in ((before, Path.LINETO), (after, None)):
            step = other - corner
            near = corner + step * min(1.0, 1.5 / max(np.hypot(*step), 1e-9))
            vertices += [near] if code else [corner, near]
            codes += [code] if code else [Path.CURVE3, Path.CURVE3]
    ax.add_patch(
        FancyArrowPatch(
            path=Path([*vertices, points[-1]], [*codes, Path.LINETO]),
            arrowstyle="-|>,head_length=3,head_width=1.6",
            color=colour,
            linewidth=width,
            linestyle="--" if dashed else "-",
            capstyle="butt",
            zorder=3,
        )
    )


def _rows(y: float) -> np.ndarray:
    return y + np.linspace(-2.5, 2.5, MESH)


def _mesh(ax: Axes, start: float, end: float, y: float, colour: str) -> None:
    """Waveguides that meet pairwise, as in a mesh of interferometers."""
    rows, paths = list(_rows(y)), [[row] for row in _rows(y)]
    for a in (0, 1, 0):
        rows[a], rows[a + 1] = rows[a + 1], rows[a]
        for i, row in enumerate(rows):
            paths[i].append(row)
    along = np.linspace(0, 3, 61)
    piece = np.minimum(along.astype(int), 2)
    blend = (1 - np.cos(np.pi * (along - piece))) / 2
    for knots in np.asarray(paths):
        ax.plot(
            start + (end - start) * along / 3,
            knots[piece] * (1 - blend) + knots[piece + 1] * blend,
            color=colour,
            linewidth=0.8,
            zorder=4,
        )
