"""Back-propagation against direct feedback alignment with light in the feedback path: Light-in-the-loop Fig. 1."""

from __future__ import annotations

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asyt.figures._style import COLOURS, RC
from asyt.figures.hardware_schematics import _heading, _sheet
from asyt.figures.schematics import DIGITAL, QUIET, _arrow, _box, _text

OPTICAL, BACKWARD = COLOURS["dfa-optical"], COLOURS["pat"]
LEVELS = (12.0, 30.0, 48.0, 66.0)  # heights of the input and the layers


def concept(layers: tuple[int, ...], counted: dict[str, float]) -> Figure:
    """Draw both schemes.

    Args:
        layers: neurons a layer of a network with two hidden layers, input first.
        counted: what the optical run counted: frames, pixels and values a training sample;
            inference_frames.
    """
    with matplotlib.rc_context(RC):
        figure, ax = _sheet(96)
        _heading(ax, 2, 90, "a", "Back-propagation: layer after layer")
        _network(ax, 36, layers)
        _error(ax, 36)
        for l, matrix in ((2, "3"), (1, "2")):
            start, end = LEVELS[l + 1] - 2, LEVELS[l] + 2
            _arrow(ax, [(51, start), (64, start), (64, end), (51, end)], BACKWARD)
            _text(ax, 66, LEVELS[l] + 9, rf"$\mathbf{{W}}_{matrix}^\top$", BACKWARD, 9, ha="left")
        _text(ax, 66, LEVELS[2] + 4.5, "first", QUIET, ha="left")
        _text(ax, 66, LEVELS[1] + 4.5, "then", QUIET, ha="left")
        _heading(ax, 92, 90, "b", "Direct feedback alignment: one projection")
        _network(ax, 112, layers)
        _error(ax, 112)
        _unit(ax, counted)
    return figure


def _network(ax: Axes, x: float, layers: tuple[int, ...]) -> None:
    names = (
        r"input $\mathbf{h}_0$",
        r"layer $\mathbf{h}_1$",
        r"layer $\mathbf{h}_2$",
        r"output $\hat{\mathbf{y}}$",
    )
    for l, (y, name, width) in enumerate(zip(LEVELS, names, layers, strict=True)):
        _box(ax, x - 15, y - 4.5, 30, 9, f"{name}   ({width})", DIGITAL)
        if l:
            _arrow(ax, [(x, LEVELS[l - 1] + 4.5), (x, y - 4.5)], DIGITAL)
            _text(ax, x + 1.5, y - 9, rf"$\mathbf{{W}}_{l}$", DIGITAL, 8, ha="left")
    _text(ax, x, 4, "forward path: digital", QUIET)


def _error(ax: Axes, x: float) -> None:
    _box(
        ax,
        x - 15,
        77,
        30,
        7,
        r"error $\mathbf{e} = \hat{\mathbf{y}} - \mathbf{y}$",
        BACKWARD,
        fill="white",
    )
    _arrow(ax, [(x, LEVELS[3] + 4.5), (x, 77)], DIGITAL)
    if x < 80:
        _arrow(ax, [(x + 15, 80.5), (64, 80.5), (64, LEVELS[3] + 2), (51, LEVELS[3] + 2)], BACKWARD)


def _unit(ax: Axes, counted: dict[str, float]) -> None:
    """The optical part: modulator, medium, camera, one below the other, and what leaves it."""
    ax.add_patch(
        matplotlib.patches.Rectangle((143, 17), 38, 57, facecolor=OPTICAL, alpha=0.12, linewidth=0)
    )
    _arrow(ax, [(127, 80.5), (162, 80.5), (162, 71)], BACKWARD)
    _text(ax, 146, 82.5, r"$-1, 0, 1$", BACKWARD, 7)
    parts = (
        (63, r"light modulator"),
        (48.5, r"scattering medium $\mathbf{B}$"),
        (34, "camera, holography"),
    )
    for i, (y, name) in enumerate(parts):
        _box(ax, 146, y, 32, 8, name, OPTICAL, fill="white")
        if i:
            _arrow(ax, [(162, y + 14.5), (162, y + 8)], OPTICAL, 1.5)
    for l, matrix in ((2, "2"), (1, "1")):
        _arrow(ax, [(146, 38), (138, 38), (138, LEVELS[l]), (127, LEVELS[l])], BACKWARD)
        _text(ax, 132.5, LEVELS[l] + 2.5, rf"$\mathbf{{B}}_{matrix}\mathbf{{e}}$", BACKWARD, 8)
    lines = (
        f"{counted['frames']:.2f} frames",
        f"{counted['pixels']:,.0f} pixels read",
        f"{counted['values']:,.0f} values returned",
    )
    for y, text in zip((29.5, 25.5, 21.5), lines, strict=True):
        _text(ax, 162, y, text, DIGITAL, 7)
    _text(ax, 162, 13.5, "a training sample", QUIET, 7)
    _text(ax, 162, 8.5, f"inference: {counted['inference_frames']:.0f} frames", DIGITAL, 7)
    _text(ax, 162, 4, r"(the output layer uses $\mathbf{e}$)", QUIET, 6.5)
