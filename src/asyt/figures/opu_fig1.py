"""Light-in-the-loop Fig. 1, redrawn: back-propagation against feedback through light."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments.opu_concept import EXPERIMENT as EXPERIMENT
from asyt.figures._sheet import COLOURS, DIGITAL, QUIET, Box, Point, Sheet

CAPTION = (
    "Back-propagation (a) against direct feedback alignment (b), after Fig. 1 of the source, "
    "redrawn. Light is used only in the feedback path and only while training. The numbers are "
    "counters of the optical runs below."
)
ALT = (
    "Two networks of four layers. Left, the error descends through the transposed weights layer by "
    "layer; right, it passes a light modulator, a scattering medium and a camera once and reaches "
    "both hidden layers."
)
OPTICAL, BACKWARD = COLOURS["dfa-optical"], COLOURS["pat"]
#: Heights of the input and the layers.
LEVELS = (12.0, 30.0, 48.0, 66.0)
PLOTTED = ["frames", "pixels", "values", "inference_frames", "seconds"]


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Both schemes, with what the optical runs counted a training sample."""
    (counted,) = table.itertuples()
    widths = (counted.inputs, counted.hidden, counted.hidden, counted.outputs)
    sheet = Sheet(96)
    sheet.heading(2, 90, "a", "Back-propagation: layer after layer")
    _backward(sheet, _network(sheet, 36, widths), _error(sheet, 36))
    sheet.heading(92, 90, "b", "Direct feedback alignment: one projection")
    layers, error = _network(sheet, 112, widths), _error(sheet, 112)
    _unit(sheet, layers, error)
    _counters(sheet, counted)
    return sheet.figure, table[PLOTTED]


def _network(sheet: Sheet, x: float, widths: tuple[int, ...]) -> list[Box]:
    """Four layers, one above the other."""
    names = (
        r"input $\mathbf{h}_0$",
        r"layer $\mathbf{h}_1$",
        r"layer $\mathbf{h}_2$",
        r"output $\hat{\mathbf{y}}$",
    )
    layers: list[Box] = []
    for y, name, width in zip(LEVELS, names, widths, strict=True):
        layer = sheet.box(x - 15, y - 4.5, 30, 9, f"{name}   ({width})", DIGITAL)
        if layers:
            sheet.arrow(layers[-1].top, layer.bottom, colour=DIGITAL)
            matrix = rf"$\mathbf{{W}}_{len(layers)}$"
            sheet.text(x + 1.5, y - 9, matrix, size=8, ha="left")
        layers.append(layer)
    sheet.text(x, 4, "forward path: digital", QUIET)
    return layers


def _error(sheet: Sheet, x: float) -> Box:
    """The output error, above the last layer."""
    text = r"error $\mathbf{e} = \hat{\mathbf{y}} - \mathbf{y}$"
    error = sheet.box(x - 15, 77, 30, 7, text, BACKWARD, fill="white")
    sheet.arrow((x, LEVELS[-1] + 4.5), error.bottom, colour=DIGITAL)
    return error


def _backward(sheet: Sheet, layers: list[Box], error: Box) -> None:
    """Panel a: the error descends through the transposed weights."""
    _descend(sheet, error.right, layers[3], 2)
    for below, matrix, order in ((2, "3", "first"), (1, "2", "then")):
        start, y = layers[below + 1].right, LEVELS[below]
        _descend(sheet, (start[0], start[1] - 2), layers[below], 2)
        sheet.text(66, y + 9, rf"$\mathbf{{W}}_{matrix}^\top$", BACKWARD, 9, ha="left")
        sheet.text(66, y + 4.5, order, QUIET, ha="left")


def _descend(sheet: Sheet, start: Point, layer: Box, above: float) -> None:
    """Out to the right, down, and into a layer above its middle."""
    right, y = layer.right
    bends = (64, start[1]), (64, y + above)
    sheet.arrow(start, *bends, (right, y + above), colour=BACKWARD)


def _unit(sheet: Sheet, layers: list[Box], error: Box) -> None:
    """Panel b: modulator, medium and camera, one below the other, and what leaves them."""
    sheet.shade(Box(143, 17, 38, 57), OPTICAL)
    modulator = sheet.box(146, 63, 32, 8, "light modulator", OPTICAL, fill="white")
    medium = sheet.box(146, 48.5, 32, 8, r"scattering medium $\mathbf{B}$", OPTICAL, fill="white")
    camera = sheet.box(146, 34, 32, 8, "camera, holography", OPTICAL, fill="white")
    sheet.arrow(error.right, (162, error.right[1]), modulator.top, colour=BACKWARD)
    sheet.text(146, 82.5, r"$-1, 0, 1$", BACKWARD)
    sheet.arrow(modulator.bottom, medium.top, colour=OPTICAL, width=1.5)
    sheet.arrow(medium.bottom, camera.top, colour=OPTICAL, width=1.5)
    for number in (2, 1):
        y = LEVELS[number]
        sheet.arrow(camera.left, (138, 38), (138, y), layers[number].right, colour=BACKWARD)
        sheet.text(132.5, y + 2.5, rf"$\mathbf{{B}}_{number}\mathbf{{e}}$", BACKWARD, 8)


def _counters(sheet: Sheet, counted: Any) -> None:
    """What light did for a training sample, below the parts that did it."""
    sheet.text(162, 29.5, f"{counted.frames:.2f} frames")
    sheet.text(162, 25.5, f"{counted.pixels:,.0f} pixels read")
    sheet.text(162, 21.5, f"{counted.values:,.0f} values returned")
    sheet.text(162, 13.5, "a training sample", QUIET)
    sheet.text(162, 8.5, f"inference: {counted.inference_frames:.0f} frames")
    sheet.note(162, 4, r"(the output layer uses $\mathbf{e}$)")
