"""Writes an SVG of matplotlib in fewer bytes: the same picture, wherever it is drawn."""

import re

#: Names of letters, markers and clips. The latter are hashed from coordinates to their last bit:
#: pictures that look the same may have others.
NAMES = re.compile(r'(?<=[#"])(?:[mp][0-9a-f]{10}|DejaVuSans-[\w-]+)(?=[")])')
#: Where coordinates stand; a scale is none.
PLACES = re.compile(r' (?:d|x|y)="[^"]*"|translate\([^)]*\)')
#: A coordinate with more than three digits behind the point.
LONG = re.compile(r"-?\d+\.\d{4,}")
#: A letter moved along its line.
MOVED = re.compile(r'transform="translate\((\S+) 0\)"')
#: A group of marks, all of one style.
MARKS = re.compile(r'<g([^>]*)>\n((?:<use [^>]*( style="[^"]*")/>\n)(?:<use [^>]*\3/>\n)+)</g>')


def plain(svg: str) -> str:
    """An SVG with numbered names, coordinates to a thousandth of a point, and no indentation.

    The style of many marks is written once.
    """
    numbers: dict[str, str] = {}

    def numbered(name: re.Match[str]) -> str:
        return numbers.setdefault(name[0], f"{name[0][0]}{len(numbers)}")

    svg = NAMES.sub(numbered, svg)
    svg = PLACES.sub(lambda places: LONG.sub(_rounded, places[0]), svg)
    svg = MOVED.sub(r'x="\1"', svg)
    svg = re.sub(r" *\n *", "\n", svg)
    return MARKS.sub(_styled, svg)


def _styled(marks: re.Match[str]) -> str:
    group, body, style = marks.groups()
    return f"<g{group}{style}>\n{body.replace(style, '')}</g>"


def _rounded(coordinate: re.Match[str]) -> str:
    return f"{float(coordinate[0]):.3f}".rstrip("0").rstrip(".")
