"""AsyT Fig. 1, redrawn: where the light path is opened, what flows where, and many devices."""

import numpy as np
import pandas as pd

from asyt.experiments.concept import EXPERIMENT as EXPERIMENT
from asyt.figures._sheet import DEVICE, DIGITAL, QUIET, SMALL, TRUNCATED, Box, Sheet
from asyt.figures._style import Drawn

CAPTION = (
    "What is read, and when (after Fig. 1 of the paper, redrawn). (a) A truncated network is read "
    "and rewritten at every layer, an encapsulated one only at its outputs. (b) One step of AsyT. "
    "(c) One digital model serves many chips. Every number is a counter of a run on Iris, "
    "[4, 4, 3]."
)
ALT = (
    "Schematic in three panels. Light path with interfaces at each layer against a closed one; the "
    "digital parallel model and the device with their errors mixed; one digital model and several "
    "chips."
)
#: Panel a: width of each half; heights of the light, where it is read, and of the digital side.
WIDTH = 74.0
LIGHT_AT = 96.5
ACCESS_AT = 93.0
DIGITAL_AT = 107.5
WAVEGUIDES = np.linspace(-2.5, 2.5, 3)
#: Where each waveguide runs before and after every place where two of them meet.
ORDER = np.array([[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0]])


def draw(table: pd.DataFrame) -> Drawn:
    """As many layers as the truncated device took time-steps."""
    counted = table.drop(columns="seed")
    by_structure = counted.set_index("structure")
    layers = int(by_structure.time_steps["truncated"])
    sheet = Sheet(122)
    sheet.heading(2, 116, "a", "Truncated (IP-BP, PAT): read at every layer", 7, TRUNCATED)
    _opened(sheet, 9, layers)
    _counters(sheet, 9, by_structure.loc["truncated"], TRUNCATED)
    sheet.label(101, 116, "Encapsulated (AsyT): read at the outputs only", DEVICE, weight="bold")
    _closed(sheet, 101, layers)
    _counters(sheet, 101, by_structure.loc["encapsulated"], DEVICE)
    sheet.heading(2, 65, "b", "Where the information flows", 7)
    _information(sheet)
    sheet.heading(130, 65, "c", "One digital model, C devices", 7)
    _fleet(sheet)
    return sheet.figure, counted


def _opened(sheet: Sheet, left: float, layers: int) -> None:
    """Panel a, truncated: read after every layer and written before all but the first."""
    sheet.box(left, DIGITAL_AT, WIDTH, 5, "digital", DIGITAL)
    pen = sheet.pen(TRUNCATED, 1.5)
    blocks, lead = _blocks(left, layers)
    for block in blocks:
        before = block.x - lead
        after = block.end + lead
        _guides(sheet, before, block.x, TRUNCATED)
        _layer(sheet, block, TRUNCATED)
        _guides(sheet, block.end, after, TRUNCATED)
        pen((after, ACCESS_AT), (after, DIGITAL_AT))
        if block is not blocks[0]:
            pen((before, DIGITAL_AT), (before, ACCESS_AT))
    first, second = blocks[:2]
    sheet.text(first.end + lead - 1, 105, "read", TRUNCATED, ha="right")
    sheet.text(second.x - lead + 1, 105, "write", TRUNCATED, ha="left")


def _closed(sheet: Sheet, left: float, layers: int) -> None:
    """Panel a, encapsulated: light all the way, read once."""
    sheet.box(left, DIGITAL_AT, WIDTH, 5, "digital", DIGITAL)
    blocks, lead = _blocks(left, layers)
    start = blocks[0].x - lead
    end = blocks[-1].end + lead
    sheet.box(
        start + lead / 2,
        LIGHT_AT - 6.5,
        end - start - lead,
        13,
        "",
        DEVICE,
    )
    for block in blocks:
        _guides(sheet, start, block.x, DEVICE)
        _layer(sheet, block, DEVICE)
        start = block.end
    _guides(sheet, start, end, DEVICE)
    pen = sheet.pen(DEVICE, 1.5)
    pen((end, ACCESS_AT), (end, DIGITAL_AT))
    sheet.text(end - 1, 105, "read", DEVICE, ha="right")


def _blocks(left: float, layers: int) -> tuple[list[Box], float]:
    """Where the layers lie, and how long the light's way in and out of one is."""
    pitch = WIDTH / (layers - 0.12)
    lead = 0.14 * pitch
    starts = left + lead + pitch * np.arange(layers)
    width = 0.46 * pitch
    blocks = [Box(start, LIGHT_AT - 5, width, 10) for start in starts]
    return blocks, lead


def _layer(sheet: Sheet, block: Box, colour: str) -> None:
    """Waveguides that meet pairwise, as in a mesh of interferometers."""
    sheet.box(block.x, block.y, block.width, block.height, "", colour, fill="white")
    heights = LIGHT_AT + WAVEGUIDES[ORDER]
    along = np.linspace(0, 3, 61)
    x = block.x + block.width * along / 3
    piece = np.minimum(along.astype(int), 2)
    within = along - piece
    blend = (1 - np.cos(np.pi * within)) / 2
    for knots in heights.T:
        before = knots[piece]
        after = knots[piece + 1]
        y = before * (1 - blend) + after * blend
        sheet.line(x, y, colour, 0.8, zorder=4)


def _guides(sheet: Sheet, start: float, end: float, colour: str) -> None:
    for y in LIGHT_AT + WAVEGUIDES:
        sheet.line([start, end], [y, y], colour, zorder=3)


def _counters(sheet: Sheet, left: float, counted: pd.Series, colour: str) -> None:
    accesses = f"{counted.reads:g} reads"
    if counted.writes:
        accesses += f" + {counted.writes:g} writes"
    columns = (
        (left, "accesses", "AD accesses a sample", accesses),
        (left + 41, "time_steps", "access", "time-steps"),
    )
    for x, name, first_line, second_line in columns:
        sheet.label(
            x,
            84,
            f"{counted[name]:g}",
            colour,
            12,
            weight="bold",
            gid=f"{counted.name}-{name}",
        )
        sheet.label(x, 80.2, first_line, QUIET, SMALL)
        sheet.label(x, 76.7, second_line, QUIET, SMALL)


def _information(sheet: Sheet) -> None:
    """Panel b: two forward passes, two errors, one shared backward pass, two updates."""
    digital = sheet.pen(DIGITAL)
    device = sheet.pen(DEVICE)
    quiet = sheet.pen(QUIET, 0.8)
    sheet.text(5.5, 32.5, "input\n$x$")
    sheet.text(49, 32.5, "target", QUIET)
    model = sheet.box(15, 38, 22, 16, "Digital model\nforward", DIGITAL)
    chip = sheet.box(15, 11, 22, 16, "Device\nforward only", DEVICE)
    shared = "One shared\nbackward pass\nthrough the\ndigital model"
    sheet.box(61, 11, 22, 43, shared, DIGITAL)
    update, mixed = _updates(sheet)
    for pen, start, end, name, colour in (
        (digital, model, update, "dig", DIGITAL),
        (device, chip, mixed, "phy", DEVICE),
    ):
        _, y = start.middle
        digital((9.5, 32.5), (11.5, 32.5), (11.5, y), start.left)
        text = rf"$E_\mathrm{{{name}}}$"
        error = sheet.box(44, y - 4, 10, 8, text, colour, 9, "white")
        pen(start.right, error.left)
        pen(error.right, (61, y))
        pen((83, y), end.left)
    quiet((49, 35), (49, 42))
    quiet((49, 30), (49, 23))
    sheet.pen(DIGITAL, 0.8, "--")((37, 52), (61, 52))
    sheet.note(49, 54.3, "states, weights", DIGITAL)
    digital(update.bottom, mixed.top)
    digital(update.top, (104, 59), (26, 59), model.top)
    device(mixed.bottom, (104, 6), (26, 6), chip.bottom)
    sheet.text(72, 61.3, r"digital control $W_\mathrm{dig}$", DIGITAL, 8)
    sheet.text(72, 3.3, r"device control $W_\mathrm{phy}$", DEVICE, 8)


def _updates(sheet: Sheet) -> tuple[Box, Box]:
    digital = sheet.box(90, 38, 28, 16, "", DIGITAL)
    sheet.text(104, 49, "Digital update")
    sheet.text(104, 43.5, r"$\Delta W_\mathrm{dig}$", size=9)
    mixed = sheet.box(90, 11, 28, 16, "", DEVICE)
    sheet.text(104, 23.8, "AsyT update", DEVICE)
    sheet.text(104, 19.3, r"$M_1\, \Delta W_\mathrm{dig}$", DEVICE, 9)
    sheet.text(104, 14.4, r"$+\; M_2\, \Delta W_\mathrm{pseudo}$", DEVICE, 9)
    return digital, mixed


def _fleet(sheet: Sheet) -> None:
    """Panel c: the digital update is computed once and used by every device."""
    pen = sheet.pen(DIGITAL)
    model = sheet.box(145, 38, 26, 16, "Digital model\nforward, backward\nonce", DIGITAL)
    for x, name in ((141, "1"), (158, "2"), (175, "$C$")):
        device = sheet.box(x - 5.5, 13, 11, 12, f"Device\n{name}", DEVICE)
        if x == 158:
            pen(model.bottom, device.top)
        else:
            pen(model.bottom, (158, 31), (x, 31), device.top)
    sheet.text(166.5, 19, "…", DEVICE, 9)
    sheet.text(159.5, 34.2, r"$\Delta W_\mathrm{dig}$ for all", size=8, ha="left")
    sheet.text(158, 8.6, r"each adds its own $\Delta W_\mathrm{pseudo}$", DEVICE, 8)
    sheet.text(158, 3.6, r"work a device: $(1 + 1/C)$ BP steps", QUIET)
