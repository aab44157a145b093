"""AsyT Fig. 4a, redrawn: a layer of twice the inputs of a module, from copies in space or time."""

import pandas as pd

from asyt.figures._sheet import DEVICE, DIGITAL, LIGHT, QUIET, SMALL, Sheet
from asyt.figures._style import Drawn
from asyt.photonics import Module

EXPERIMENT = None
CAPTION = (
    "A layer larger than a module (after Fig. 4a of the paper, redrawn): (a) as the training sees "
    "it, (b) from two modules in space, (c) from one module used twice in time."
)
ALT = (
    "Schematic in three panels: one box for the layer, two modules joined by a combiner, one "
    "module followed by an adder."
)


def draw(_table: None) -> Drawn:
    """The size is that of the simulated module."""
    size = Module().size
    sheet = Sheet(66)
    sheet.heading(2, 60, "a", f"One layer, {2 * size} x {size}")
    _layer(sheet, size)
    sheet.heading(60, 60, "b", "Two modules in space")
    _in_space(sheet, size)
    sheet.heading(126, 60, "c", "One module twice, in time")
    _in_time(sheet, size)
    return sheet.figure, pd.DataFrame([{"module size": size}])


def _layer(sheet: Sheet, size: int) -> None:
    light = sheet.pen(LIGHT, 1.4)
    text = f"{2 * size} x {size}\nas the training\nsees it"
    layer = sheet.box(14, 18, 24, 32, text, DIGITAL)
    light((5, 34), layer.left)
    light(layer.right, (47, 34))
    sheet.note(26, 12, "one digital layer, one update", DIGITAL)


def _in_space(sheet: Sheet, size: int) -> None:
    light = sheet.pen(LIGHT, 1.4)
    combiner = sheet.box(109, 26, 7, 8, "2:1", QUIET, SMALL)
    for y, name, ports in (
        (40, "A", f"inputs 1 to {size}"),
        (20, "B", f"inputs {size + 1} to {2 * size}"),
    ):
        text = f"{size} x {size}\nmodule {name}"
        module = sheet.box(80, y - 7, 18, 14, text, DEVICE)
        sheet.note(69, y + 4.2, ports)
        light((70, y), module.left)
        light(module.right, (104, y), (104, 30), combiner.left)
    light(combiner.right, (120, 30))
    sheet.note(89, 8, "each tile with its own errors", DEVICE)


def _in_time(sheet: Sheet, size: int) -> None:
    light = sheet.pen(LIGHT, 1.4)
    module = sheet.box(138, 23, 18, 14, f"{size} x {size}\nmodule", DEVICE)
    adder = sheet.box(163, 25.5, 12, 9, "add", QUIET, SMALL)
    light((130, 30), module.left)
    light(module.right, adder.left)
    light(adder.right, (180, 30))
    first = f"step 1: inputs 1 to {size}"
    second = f"step 2: inputs {size + 1} to {2 * size}"
    sheet.note(147, 46, f"{first}\n{second}")
    sheet.note(152, 14, "other settings at each step,\nso other errors", DEVICE)
