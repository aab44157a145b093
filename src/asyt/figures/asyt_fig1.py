"""AsyT Fig. 1, redrawn: where the light path is opened, what flows where, and many devices."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asyt.experiments.concept import EXPERIMENT as EXPERIMENT
from asyt.figures._sheet import DEVICE, DIGITAL, QUIET, SMALL, TRUNCATED, Box, Point, Sheet

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
#: Panel a: width of each half, heights of the light and of the digital side.
WIDTH, LIGHT_AT, DIGITAL_AT = 74.0, 96.5, 107.5
WAVEGUIDES = np.linspace(-2.5, 2.5, 3)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """As many layers as the truncated device took time-steps."""
    counted = table.drop(columns="seed")
    by_structure = counted.set_index("structure")
    layers = int(by_structure.time_steps["truncated"])
    sheet = Sheet(122)
    sheet.label(9, 116, "Truncated (IP-BP, PAT): read at every layer", TRUNCATED, weight="bold")
    _opened(sheet, 9, layers)
    _counters(sheet, 9, by_structure.loc["truncated"], TRUNCATED)
    sheet.label(101, 116, "Encapsulated (AsyT): read at the outputs only", DEVICE, weight="bold")
    _closed(sheet, 101, layers)
    _counters(sheet, 101, by_structure.loc["encapsulated"], DEVICE)
    sheet.label(2, 116, "a", size=10, weight="bold")
    sheet.heading(2, 65, "b", "Where the information flows", 7)
    _information(sheet)
    sheet.heading(130, 65, "c", "One digital model, C devices", 7)
    _fleet(sheet)
    return sheet.figure, counted


def _opened(sheet: Sheet, left: float, layers: int) -> None:
    """Panel a, truncated: read after every layer and written before all but the first."""
    sheet.box(left, DIGITAL_AT, WIDTH, 5, "digital", DIGITAL)
    blocks, lead = _blocks(left, layers)
    for block in blocks:
        before, after = block.x - lead, block.x + block.width + lead
        _layer(sheet, block, TRUNCATED)
        _guides(sheet, before, block.x, TRUNCATED)
        _guides(sheet, block.x + block.width, after, TRUNCATED)
        _up(sheet, after, TRUNCATED)
        if block is not blocks[0]:
            ends = (before, DIGITAL_AT), (before, LIGHT_AT - 3.5)
            sheet.arrow(*ends, colour=TRUNCATED, width=1.5)
    first, second = blocks[:2]
    read = first.x + first.width + lead
    sheet.text(read - 1, 105, "read", TRUNCATED, ha="right")
    sheet.text(second.x - lead + 1, 105, "write", TRUNCATED, ha="left")


def _closed(sheet: Sheet, left: float, layers: int) -> None:
    """Panel a, encapsulated: light all the way, read once."""
    sheet.box(left, DIGITAL_AT, WIDTH, 5, "digital", DIGITAL)
    blocks, lead = _blocks(left, layers)
    length = blocks[-1].x - blocks[0].x + blocks[0].width + lead
    sheet.box(blocks[0].x - lead / 2, LIGHT_AT - 6.5, length, 13, "", DEVICE)
    light = blocks[0].x - lead
    for block in blocks:
        _guides(sheet, light, block.x, DEVICE)
        _layer(sheet, block, DEVICE)
        light = block.x + block.width
    _guides(sheet, light, light + lead, DEVICE)
    _up(sheet, light + lead, DEVICE)
    sheet.text(light + lead - 1, 105, "read", DEVICE, ha="right")


def _blocks(left: float, layers: int) -> tuple[list[Box], float]:
    """Where the layers lie, and how long the light's way in and out of one is."""
    pitch = WIDTH / (layers - 0.12)
    lead = 0.14 * pitch
    starts = left + lead + pitch * np.arange(layers)
    return [Box(start, LIGHT_AT - 5, 0.46 * pitch, 10) for start in starts], lead


def _layer(sheet: Sheet, block: Box, colour: str) -> None:
    """Waveguides that meet pairwise, as in a mesh of interferometers."""
    sheet.box(block.x, block.y, block.width, block.height, "", colour, fill="white")
    order = np.array([[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0]])
    heights = LIGHT_AT + WAVEGUIDES[order]
    along = np.linspace(0, 3, 61)
    piece = np.minimum(along.astype(int), 2)
    blend = (1 - np.cos(np.pi * (along - piece))) / 2
    for knots in heights.T:
        x = block.x + block.width * along / 3
        y = knots[piece] * (1 - blend) + knots[piece + 1] * blend
        sheet.line(x, y, colour, 0.8, zorder=4)


def _guides(sheet: Sheet, start: float, end: float, colour: str) -> None:
    for y in LIGHT_AT + WAVEGUIDES:
        sheet.line([start, end], [y, y], colour, zorder=3)


def _up(sheet: Sheet, x: float, colour: str) -> None:
    """From the light to the digital side."""
    sheet.arrow((x, LIGHT_AT - 3.5), (x, DIGITAL_AT), colour=colour, width=1.5)


def _counters(sheet: Sheet, left: float, counted: pd.Series, colour: str) -> None:
    """What the devices of a structure counted a sample."""
    writes = f" + {counted.writes:g} writes" if counted.writes else ""
    below = {
        "accesses": ("AD accesses a sample", f"{counted.reads:g} reads{writes}"),
        "time_steps": ("access", "time-steps"),
    }
    for x, (name, lines) in zip((left, left + 41), below.items(), strict=True):
        gid = f"{counted.name}-{name}"
        sheet.label(x, 84, f"{counted[name]:g}", colour, 12, weight="bold", gid=gid)
        sheet.label(x, 80.2, lines[0], QUIET, SMALL)
        sheet.label(x, 76.7, lines[1], QUIET, SMALL)


def _information(sheet: Sheet) -> None:
    """Panel b: two forward passes, two errors, one shared backward pass, two updates."""
    top, low = 46.0, 19.0
    middle = (top + low) / 2
    sheet.text(5.5, middle, "input\n$x$")
    sheet.text(49, middle, "target", QUIET)
    model = sheet.box(15, top - 8, 22, 16, "Digital model\nforward", DIGITAL)
    device = sheet.box(15, low - 8, 22, 16, "Device\nforward only", DEVICE)
    shared = "One shared\nbackward pass\nthrough the\ndigital model"
    sheet.box(61, low - 8, 22, top - low + 16, shared, DIGITAL)
    update = sheet.box(90, top - 8, 28, 16, "", DIGITAL)
    sheet.text(104, top + 3, "Digital update")
    sheet.text(104, top - 2.5, r"$\Delta W_\mathrm{dig}$", size=9)
    mixed = sheet.box(90, low - 8, 28, 16, "", DEVICE)
    sheet.text(104, low + 4.8, "AsyT update", DEVICE)
    sheet.text(104, low + 0.3, r"$M_1\, \Delta W_\mathrm{dig}$", DEVICE, 9)
    sheet.text(104, low - 4.6, r"$+\; M_2\, \Delta W_\mathrm{pseudo}$", DEVICE, 9)
    for start, end, name, colour in (
        (model, update, "dig", DIGITAL),
        (device, mixed, "phy", DEVICE),
    ):
        y = start.middle[1]
        sheet.arrow((9.5, middle), (11.5, middle), (11.5, y), start.left, colour=DIGITAL)
        error = sheet.box(44, y - 4, 10, 8, rf"$E_\mathrm{{{name}}}$", colour, 9, "white")
        sheet.arrow(start.right, error.left, colour=colour)
        sheet.arrow(error.right, (61, y), colour=colour)
        sheet.arrow((83, y), end.left, colour=colour)
    for y, end_y in ((middle + 2.5, top - 4), (middle - 2.5, low + 4)):
        sheet.arrow((49, y), (49, end_y), colour=QUIET, width=0.8)
    sheet.arrow((37, top + 6), (61, top + 6), colour=DIGITAL, width=0.8, style="--")
    sheet.note(49, top + 8.3, "states, weights", DIGITAL)
    sheet.arrow(update.bottom, mixed.top, colour=DIGITAL)
    sheet.arrow(*_around(update.top, model.top, 59), colour=DIGITAL)
    sheet.arrow(*_around(mixed.bottom, device.bottom, 6), colour=DEVICE)
    sheet.text(72, 61.3, r"digital control $W_\mathrm{dig}$", DIGITAL, 8)
    sheet.text(72, 3.3, r"device control $W_\mathrm{phy}$", DEVICE, 8)


def _around(start: Point, end: Point, y: float) -> Iterable[Point]:
    """From one point to another by way of a height."""
    return start, (start[0], y), (end[0], y), end


def _fleet(sheet: Sheet) -> None:
    """Panel c: the digital update is computed once and used by every device."""
    model = sheet.box(145, 38, 26, 16, "Digital model\nforward, backward\nonce", DIGITAL)
    for x, name in ((141, "1"), (158, "2"), (175, "$C$")):
        device = sheet.box(x - 5.5, 13, 11, 12, f"Device\n{name}", DEVICE)
        bends = () if x == model.middle[0] else ((158, 31), (x, 31))
        sheet.arrow(model.bottom, *bends, device.top, colour=DIGITAL)
    sheet.text(166.5, 19, "…", DEVICE, 9)
    sheet.text(159.5, 34.2, r"$\Delta W_\mathrm{dig}$ for all", DIGITAL, 8, ha="left")
    sheet.text(158, 8.6, r"each adds its own $\Delta W_\mathrm{pseudo}$", DEVICE, 8)
    sheet.text(158, 3.6, r"work a device: $(1 + 1/C)$ BP steps", QUIET)
