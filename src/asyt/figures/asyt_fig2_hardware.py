"""AsyT Figs. 2a-d, redrawn: the closed light path, the module, the cell, the only control path."""

import math

import numpy as np
import pandas as pd

from asyt.figures._sheet import DEVICE, DIGITAL, LIGHT, QUIET, SMALL, TRUNCATED, Sheet
from asyt.figures._style import Drawn
from asyt.photonics import Control, Module, profile

EXPERIMENT = None
CAPTION = (
    "The simulated hardware (after Figs. 2a-d of the paper, redrawn). (a) The light path from the "
    "modulators to the detectors. (b) A broadcast-and-select module with its splitters, cells and "
    "combiners. (c) One cell. (d) From a weight to a voltage."
)
ALT = (
    "Schematic in four panels: a chain of boxes from lasers to detectors; a grid of sixteen cells "
    "between splitters and combiners; an interferometer with a heater on one arm; six boxes from "
    "weight to heater voltage."
)


def draw(_table: None) -> Drawn:
    """Every number is one of the simulated components."""
    module = Module()
    control = Control(profile("eq4"))
    sheet = Sheet(118)
    sheet.heading(2, 112, "a", "An encapsulated network: no read-out between the chips")
    _path(sheet, module)
    sheet.heading(2, 74, "b", f"One {module.size} x {module.size} broadcast-and-select module")
    _module(sheet, module)
    sheet.heading(96, 74, "c", "One cell: a Mach-Zehnder interferometer")
    _cell(sheet, control)
    sheet.heading(96, 33, "d", "One control path for all cells of all chips")
    _control(sheet, control)
    numbers = {
        "module size": module.size,
        "splitting and combining (dB)": module.passive_db,
        "V_pi (V)": control.profile.v_pi,
        "DAC range (V)": control.v_max,
        "DAC bits": control.bits,
        "levels": control.levels,
    }
    return sheet.figure, pd.DataFrame([numbers])


def _path(sheet: Sheet, module: Module) -> None:
    """Panel a."""
    size = f"{module.size} x {module.size}"
    blocks = (
        (4, 17, "Lasers,\nmodulators", DIGITAL),
        (31, 20, f"Chip 1\n{size}", DEVICE),
        (61, 22, "EDFA, near\nsaturation", TRUNCATED),
        (93, 15, "Filter", QUIET),
        (118, 20, f"Chip 2\n{size}", DEVICE),
        (148, 14, "EDFA,\nlinear", TRUNCATED),
        (170, 11, "Detec-\ntors", DIGITAL),
    )
    sheet.chain(sheet.pen(LIGHT, 1.6), 89, 14, blocks)
    sheet.text(72, 85, r"$a = \tanh(z)$", TRUNCATED)
    sheet.text(12.5, 85, "write")
    sheet.text(175.5, 85, "read")
    sheet.text(100.5, 85, "light all the way", LIGHT)


def _module(sheet: Sheet, module: Module) -> None:
    """Panel b: a row an input, a column an output, a cell at every crossing."""
    size = module.size
    light = sheet.pen(LIGHT, 1.2)
    rows = 62 - 9.5 * np.arange(size)
    columns = 34 + 7.5 * np.arange(size)
    low = rows[-1]
    for i, y in enumerate(rows):
        sheet.text(5, y, f"$x_{i + 1}$", size=8)
        splitter = sheet.box(10, y - 2.6, 13, 5.2, f"1:{size}", QUIET, SMALL)
        light((7, y), splitter.left)
        sheet.line([23, columns[-1]], [y, y], LIGHT, zorder=1)
        for x in columns:
            sheet.box(x - 2.6, y - 2.4, 5.2, 4.8, "T", DEVICE, SMALL, "white")
    for j, x in enumerate(columns):
        sheet.line([x, x], [rows[0], low - 5], LIGHT, zorder=1)
        combiner = sheet.box(x - 2.9, low - 9.5, 5.8, 4.6, f"{size}:1", QUIET, SMALL)
        light(combiner.bottom, (x, low - 12.5))
        sheet.text(x, low - 14.6, f"$y_{j + 1}$", size=8)
    lost = 10 * math.log10(2) * module.stages
    tree = f"{lost:.2f} dB"
    sheet.note(76, 52, f"split: {module.stages} stages\nof 1x2, {tree}")
    sheet.note(76, 38, f"{size * size} cells, each\nwith its own errors", DEVICE)
    sheet.note(76, 25, f"join: {module.stages} stages\nof 2x1, {tree},\npowers add")


def _cell(sheet: Sheet, control: Control) -> None:
    """Panel c: two arms that part and meet, a heater on one."""
    light = sheet.pen(LIGHT, 1.4)
    across = np.linspace(0, 1, 60)
    bend = (1 - np.cos(np.pi * across)) / 2
    for arm in (5, -5):
        sheet.line(108 + 8 * across, 56 + arm * bend, LIGHT, 1.4)
        sheet.line([116, 140], [56 + arm, 56 + arm], LIGHT, 1.4)
        sheet.line(140 + 8 * across, 56 + arm * (1 - bend), LIGHT, 1.4)
    light((100, 56), (108, 56))
    light((148, 56), (156, 56))
    sheet.box(119, 62.5, 18, 4.6, "heater", TRUNCATED, SMALL)
    sheet.text(128, 70, f"$V$: 0 to {control.v_max:g} V", TRUNCATED)
    sheet.text(128, 47, r"$T = \frac{1}{2}\,(1 + \cos 2\gamma V^2)$, Eq. (4)", size=8)
    sheet.note(128, 41.5, rf"$V_\pi$ = {control.profile.v_pi:g} V by design")
    differs = "differs by:\nphase offset\nheater\nextinction, loss\ncrosstalk"
    sheet.note(169, 61, differs, DEVICE)


def _control(sheet: Sheet, control: Control) -> None:
    """Panel d."""
    steps = (
        (97, 10, "weight\n$w$", DIGITAL),
        (109.6, 16, "transmission\n$T$", DIGITAL),
        (128.2, 10, f"{control.levels}\nlevels", DIGITAL),
        (140.8, 14, "inverse of\nthe profile", DIGITAL),
        (157.4, 11, f"{control.bits}-bit\nDAC", DIGITAL),
        (171, 10, "heater\n$V$", TRUNCATED),
    )
    sheet.chain(sheet.pen(DIGITAL, 0.9), 12, 10, steps, SMALL)
    sheet.note(139, 6.5, "estimated from the design; no cell is ever characterised")
