"""The photonic hardware in two drawings of our own: the chain of chips (AsyT Figs. 2a-d) and layers of tiles (Fig. 4a).

As in `schematics`, the page is a sheet of millimetres. Every number comes from the simulated
components.
"""

from __future__ import annotations

import math

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from asyt.figures._style import COLOURS, PAGE, RC
from asyt.figures.schematics import DEVICE, DIGITAL, QUIET, TRUNCATED, _arrow, _box, _text
from asyt.photonics import Control, Module, profile

LIGHT = COLOURS["insilico-bp"]


def _sheet(height: float) -> tuple[Figure, Axes]:
    figure = Figure((PAGE, height / 25.4), layout=PlaceHolderLayoutEngine(True, True))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, PAGE * 25.4), ylim=(0, height))
    ax.axis("off")
    return figure, ax


def _heading(ax: Axes, x: float, y: float, letter: str, text: str) -> None:
    _text(ax, x, y, letter, size=10, weight="bold", ha="left", va="baseline")
    _text(ax, x + 6, y, text, ha="left", va="baseline", size=8, weight="bold")


def chain(module: Module, control: Control) -> Figure:
    """AsyT Figs. 2a-d: the closed light path, the module, the cell, and the only control path.

    Args:
        module: the broadcast-and-select chip.
        control: levels, DAC and estimation profile.
    """
    with matplotlib.rc_context(RC):
        figure, ax = _sheet(118)
        _heading(ax, 2, 112, "a", "An encapsulated network: no read-out between the chips")
        _path(ax, module)
        _heading(ax, 2, 74, "b", f"One {module.size} x {module.size} broadcast-and-select module")
        _module(ax, module)
        _heading(ax, 96, 74, "c", "One cell: a Mach-Zehnder interferometer")
        _cell(ax, control)
        _heading(ax, 96, 33, "d", "One control path for all cells of all chips")
        _control(ax, control)
    return figure


def _path(ax: Axes, module: Module) -> None:
    y, size = 96.0, f"{module.size} x {module.size}"
    blocks = (
        (4, 17, "Lasers,\nmodulators", DIGITAL),
        (31, 20, f"Chip 1\n{size}", DEVICE),
        (61, 22, "EDFA, near\nsaturation", TRUNCATED),
        (93, 15, "Filter", QUIET),
        (118, 20, f"Chip 2\n{size}", DEVICE),
        (148, 14, "EDFA,\nlinear", TRUNCATED),
        (170, 11, "Detec-\ntors", DIGITAL),
    )
    for (x, w, text, colour), (after, *_) in zip(blocks, (*blocks[1:], (None,)), strict=True):
        _box(ax, x, y - 7, w, 14, text, colour)
        if after is not None:
            _arrow(ax, [(x + w, y), (after, y)], LIGHT, 1.6)
    _text(ax, 72, y - 11, r"$a = \tanh(z)$", TRUNCATED, 7)
    _text(ax, 12.5, y - 11, "write", DIGITAL, 7)
    _text(ax, 175.5, y - 11, "read", DIGITAL, 7)
    _text(ax, 100.5, y - 11, "light all the way", LIGHT, 7)


def _module(ax: Axes, module: Module) -> None:
    m = module.size
    tree = 10 * math.log10(2) * module.stages
    rows = 62 - 9.5 * np.arange(m)
    columns = 34 + 7.5 * np.arange(m)
    for i, y in enumerate(rows):
        _text(ax, 5, y, f"$x_{i + 1}$", DIGITAL, 8)
        _box(ax, 10, y - 2.6, 13, 5.2, f"1:{m}", QUIET, size=6.5)
        _arrow(ax, [(7, y), (10, y)], LIGHT, 1.2)
        ax.plot([23, columns[-1]], [y, y], color=LIGHT, linewidth=1, zorder=1)
        for x in columns:
            _box(ax, x - 2.6, y - 2.4, 5.2, 4.8, "T", DEVICE, size=6.5, fill="white")
    low = rows[-1]
    for j, x in enumerate(columns):
        ax.plot([x, x], [rows[0], low - 5], color=LIGHT, linewidth=1, zorder=1)
        _box(ax, x - 2.9, low - 9.5, 5.8, 4.6, f"{m}:1", QUIET, size=6.5)
        _arrow(ax, [(x, low - 9.5), (x, low - 12.5)], LIGHT, 1.2)
        _text(ax, x, low - 14.6, f"$y_{j + 1}$", DIGITAL, 8)
    _text(ax, 76, 52, f"split: {module.stages} stages\nof 1x2, {tree:.2f} dB", QUIET, 6.5)
    _text(ax, 76, 38, f"{m * m} cells, each\nwith its own errors", DEVICE, 6.5)
    _text(
        ax, 76, 25, f"join: {module.stages} stages\nof 2x1, {tree:.2f} dB,\npowers add", QUIET, 6.5
    )


def _cell(ax: Axes, control: Control) -> None:
    y = 56.0
    across = np.linspace(0, 1, 60)
    bend = (1 - np.cos(np.pi * across)) / 2
    for sign in (1, -1):
        ax.plot(108 + 8 * across, y + sign * 5 * bend, color=LIGHT, linewidth=1.4)
        ax.plot([116, 140], [y + sign * 5] * 2, color=LIGHT, linewidth=1.4)
        ax.plot(140 + 8 * across, y + sign * 5 * (1 - bend), color=LIGHT, linewidth=1.4)
    _arrow(ax, [(100, y), (108, y)], LIGHT, 1.4)
    _arrow(ax, [(148, y), (156, y)], LIGHT, 1.4)
    _box(ax, 119, y + 6.5, 18, 4.6, "heater", TRUNCATED, size=6.5)
    _text(ax, 128, y + 14, f"$V$: 0 to {control.v_max:g} V", TRUNCATED, 7)
    _text(ax, 128, y - 9, r"$T = \frac{1}{2}\,(1 + \cos 2\gamma V^2)$, Eq. (4)", DIGITAL, 8)
    _text(ax, 128, y - 14.5, rf"$V_\pi$ = {control.profile.v_pi:g} V by design", QUIET, 6.5)
    _text(
        ax,
        169,
        y + 5,
        "differs by:\nphase offset\nheater\nextinction, loss\ncrosstalk",
        DEVICE,
        6.5,
    )


def _control(ax: Axes, control: Control) -> None:
    y = 17.0
    steps = (
        "weight\n$w$",
        "transmission\n$T$",
        f"{control.levels}\nlevels",
        "inverse of\nthe profile",
        f"{control.bits}-bit\nDAC",
        "heater\n$V$",
    )
    widths = (10, 16, 10, 14, 11, 10)
    x = 97.0
    for i, (text, w) in enumerate(zip(steps, widths, strict=True)):
        _box(ax, x, y - 5, w, 10, text, TRUNCATED if i == 5 else DIGITAL, size=6.5)
        if i < 5:
            _arrow(ax, [(x + w, y), (x + w + 2.6, y)], DIGITAL, 0.9)
        x += w + 2.6
    _text(ax, 139, 6.5, "estimated from the design; no cell is ever characterised", QUIET, 6.5)


def tiling(module: Module) -> Figure:
    """AsyT Fig. 4a: a layer of twice the inputs of a module, from copies in space or in time.

    Args:
        module: what the layer is built of.
    """
    m = module.size
    with matplotlib.rc_context(RC):
        figure, ax = _sheet(66)
        _heading(ax, 2, 60, "a", f"One layer, {2 * m} x {m}")
        _box(ax, 14, 18, 24, 32, f"{2 * m} x {m}\nas the training\nsees it", DIGITAL)
        _arrow(ax, [(5, 34), (14, 34)], LIGHT, 1.4)
        _arrow(ax, [(38, 34), (47, 34)], LIGHT, 1.4)
        _text(ax, 26, 12, "one digital layer, one update", DIGITAL, 6.5)
        _heading(ax, 60, 60, "b", "Two modules in space")
        for y, name, ports in (
            (40, "A", f"inputs 1 to {m}"),
            (20, "B", f"inputs {m + 1} to {2 * m}"),
        ):
            _box(ax, 80, y - 7, 18, 14, f"{m} x {m}\nmodule {name}", DEVICE)
            _arrow(ax, [(70, y), (80, y)], LIGHT, 1.4)
            _text(ax, 69, y + 4.2, ports, QUIET, 6.5)
            _arrow(ax, [(98, y), (104, y), (104, 30), (109, 30)], LIGHT, 1.4)
        _box(ax, 109, 26, 7, 8, "2:1", QUIET, size=6.5)
        _arrow(ax, [(116, 30), (120, 30)], LIGHT, 1.4)
        _text(ax, 89, 8, "each tile with its own errors", DEVICE, 6.5)
        _heading(ax, 126, 60, "c", "One module twice, in time")
        _box(ax, 138, 23, 18, 14, f"{m} x {m}\nmodule", DEVICE)
        _arrow(ax, [(130, 30), (138, 30)], LIGHT, 1.4)
        _text(
            ax, 147, 46, f"step 1: inputs 1 to {m}\nstep 2: inputs {m + 1} to {2 * m}", QUIET, 6.5
        )
        _arrow(ax, [(156, 30), (163, 30)], LIGHT, 1.4)
        _box(ax, 163, 25.5, 12, 9, "add", QUIET, size=6.5)
        _arrow(ax, [(175, 30), (180, 30)], LIGHT, 1.4)
        _text(ax, 152, 14, "other settings at each step,\nso other errors", DEVICE, 6.5)
    return figure


def of_the_simulation() -> tuple[Module, Control]:
    """The components whose numbers the book's drawings show."""
    return Module(), Control(profile("eq4"))
