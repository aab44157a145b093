"""Writes an SVG of matplotlib in fewer bytes: the same picture, wherever it is drawn."""

import base64
import re
from io import BytesIO

import numpy as np
from PIL import Image

#: Names of letters, markers and clips. The latter are hashed from coordinates to their last bit:
#: pictures that look the same may have others.
NAMES = re.compile(r'(?<=[#"])(?:[mp][0-9a-f]{10}|DejaVuSans-[\w-]+)(?=[")])')
#: Where coordinates stand; a scale is none.
PLACES = re.compile(r' (?:d|x|y)="[^"]*"|translate\([^)]*\)')
#: A coordinate with more than two digits behind the point.
LONG = re.compile(r"-?\d+\.\d{3,}")
#: A letter moved along its line.
MOVED = re.compile(r'transform="translate\((\S+) 0\)"')
#: A picture of many dots within the drawing.
DOTS = re.compile(r'(?<="data:image/png;base64,)[^"]+')
#: A group of marks, all of one style.
MARKS = re.compile(r'<g([^>]*)>\n((?:<use [^>]*( style="[^"]*")/>\n)(?:<use [^>]*\3/>\n)+)</g>')


def plain(svg: str) -> str:
    """An SVG with numbered names, coordinates to a hundredth of a point, and no indentation.

    The style of many marks is written once, and so is each colour of a picture.
    """
    numbers: dict[str, str] = {}

    def numbered(name: re.Match[str]) -> str:
        return numbers.setdefault(name[0], f"{name[0][0]}{len(numbers)}")

    svg = NAMES.sub(numbered, svg)
    svg = PLACES.sub(lambda places: LONG.sub(_rounded, places[0]), svg)
    svg = MOVED.sub(r'x="\1"', svg)
    svg = re.sub(r" *\n *", "\n", svg)
    svg = MARKS.sub(_styled, svg)
    return DOTS.sub(_listed, svg)


def _styled(marks: re.Match[str]) -> str:
    group, body, style = marks.groups()
    return f"<g{group}{style}>\n{body.replace(style, '')}</g>"


def _rounded(coordinate: re.Match[str]) -> str:
    return f"{float(coordinate[0]):.2f}".rstrip("0").rstrip(".")


def _listed(picture: re.Match[str]) -> str:
    """A picture as places in a list of its colours, where one byte can tell them apart."""
    pixels = np.asarray(Image.open(BytesIO(base64.b64decode(picture[0]))).convert("RGBA"))
    colours, places = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) > 256:
        return picture[0]
    listed = Image.fromarray(places.reshape(pixels.shape[:2]).astype(np.uint8), "P")
    listed.putpalette(colours.tobytes(), "RGBA")
    stored = BytesIO()
    listed.save(stored, "png", optimize=True)
    return min(picture[0], base64.b64encode(stored.getvalue()).decode(), key=len)
