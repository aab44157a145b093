"""Light-in-the-loop Fig. 1, redrawn: back-propagation against feedback through light."""

from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.patches import Rectangle

from asyt.experiments.opu_concept import EXPERIMENT as EXPERIMENT
from asyt.figures._sheet import COLOURS, DIGITAL, QUIET, Box, Sheet
from asyt.figures._style import Drawn

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
OPTICAL = COLOURS["dfa-optical"]
BACKWARD = COLOURS["pat"]
#: Heights of the input and the layers.
LEVELS = (12.0, 30.0, 48.0, 66.0)
PLOTTED = ["frames", "pixels", "values", "inference_frames", "seconds"]


def draw(table: pd.DataFrame) -> Drawn:
    """Both schemes, with what the optical runs counted a training sample."""
    (counted,) = table.itertuples()
    widths = (
        counted.inputs,
        counted.hidden,
        counted.hidden,
        counted.outputs,
    )
    sheet = Sheet(96)
    sheet.heading(2, 90, "a", "Back-propagation: layer after layer")
    left = _network(sheet, 36, widths)
    _backward(sheet, left)
    sheet.heading(92, 90, "b", "Direct feedback alignment: one projection")
    right = _network(sheet, 112, widths)
    _unit(sheet, right)
    _counters(sheet, counted)
    return sheet.figure, table[PLOTTED]


def _network(sheet: Sheet, x: float, widths: tuple[int, ...]) -> list[Box]:
    """Four layers and the output error, one above the other."""
    names = (
        r"input $\mathbf{h}_0$",
        r"layer $\mathbf{h}_1$",
        r"layer $\mathbf{h}_2$",
        r"output $\hat{\mathbf{y}}$",
    )
    boxes = []
    for y, name, width in zip(LEVELS, names, widths, strict=True):
        text = f"{name}   ({width})"
        boxes.append(sheet.box(x - 15, y - 4.5, 30, 9, text, DIGITAL))
    for number, y in enumerate(LEVELS[1:], 1):
        matrix = rf"$\mathbf{{W}}_{number}$"
        sheet.text(x + 1.5, y - 9, matrix, size=8, ha="left")
    text = r"error $\mathbf{e} = \hat{\mathbf{y}} - \mathbf{y}$"
    boxes.append(sheet.box(x - 15, 77, 30, 7, text, BACKWARD, fill="white"))
    pen = sheet.pen(DIGITAL)
    for below, above in pairwise(boxes):
        pen(below.top, above.bottom)
    sheet.text(x, 4, "forward path: digital", QUIET)
    return boxes


def _backward(sheet: Sheet, boxes: list[Box]) -> None:
    """Panel a: the error descends through the transposed weights."""
    pen = sheet.pen(BACKWARD)
    pen(boxes[-1].right, (64, 80.5), (64, 68), (51, 68))
    pen((51, 64), (64, 64), (64, 50), (51, 50))
    pen((51, 46), (64, 46), (64, 32), (51, 32))
    for y, matrix, order in ((48, "3", "first"), (30, "2", "then")):
        transposed = rf"$\mathbf{{W}}_{matrix}^\top$"
        sheet.text(66, y + 9, transposed, BACKWARD, 9, ha="left")
        sheet.text(66, y + 4.5, order, QUIET, ha="left")


def _unit(sheet: Sheet, boxes: list[Box]) -> None:
    """Panel b: modulator, medium and camera, one below the other, and what leaves them."""
    area = Rectangle(
        (143, 17),
        38,
        57,
        facecolor=OPTICAL,
        alpha=0.12,
        linewidth=0,
    )
    sheet.ax.add_patch(area)
    modulator = _device(sheet, 63.0, "light modulator")
    medium = _device(sheet, 48.5, r"scattering medium $\mathbf{B}$")
    camera = _device(sheet, 34.0, "camera, holography")
    backward = sheet.pen(BACKWARD)
    light = sheet.pen(OPTICAL, 1.5)
    backward(boxes[-1].right, (162, 80.5), modulator.top)
    sheet.text(146, 82.5, r"$-1, 0, 1$", BACKWARD)
    light(modulator.bottom, medium.top)
    light(medium.bottom, camera.top)
    for number in (2, 1):
        y = LEVELS[number]
        backward(camera.left, (138, 38), (138, y), boxes[number].right)
        projected = rf"$\mathbf{{B}}_{number}\mathbf{{e}}$"
        sheet.text(132.5, y + 2.5, projected, BACKWARD, 8)


def _device(sheet: Sheet, y: float, name: str) -> Box:
    return sheet.box(146, y, 32, 8, name, OPTICAL, fill="white")


def _counters(sheet: Sheet, counted: Any) -> None:
    sheet.text(162, 29.5, f"{counted.frames:.2f} frames")
    sheet.text(162, 25.5, f"{counted.pixels:,.0f} pixels read")
    sheet.text(162, 21.5, f"{counted.values:,.0f} values returned")
    sheet.text(162, 13.5, "a training sample", QUIET)
    sheet.text(162, 8.5, f"inference: {counted.inference_frames:.0f} frames")
    sheet.note(162, 4, r"(the output layer uses $\mathbf{e}$)")
