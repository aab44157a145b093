"""A published number beside ours as a small picture: an interval on a line, drawn as SVG."""

from dataclasses import dataclass
from html import escape
from itertools import chain
from typing import Any

from asyt.claims.criteria import POINT_TOLERANCE, printed
from asyt.claims.published import Claim, Row, as_list, is_number

WIDTH = 176
LINE = 14
FOOT = 12
#: Left and right ends of the axis, in the picture.
LEFT = 6
RIGHT = 170


@dataclass(frozen=True)
class Pair:
    """A published number, or none, with our value, the ends of its interval and what is allowed."""

    theirs: float | None
    ours: float
    ends: tuple[float, float]
    allowed: tuple[float, float] | None = None

    def values(self) -> list[float]:
        """All numbers that must lie on the axis."""
        known = [self.ours, *self.ends, *(self.allowed or ())]
        return known if self.theirs is None else [*known, self.theirs]


def plot(row: Row, claim: Claim) -> str:
    """The picture of a row, percentages from 0 to 100; empty where there is nothing to compare.

    A diamond is the published number, a dot ours, the line through it our interval, and shaded what
    counts as reproduced: a range around a point, one side of a bound.
    """
    found = pairs(row, claim)
    if not found:
        return ""
    percent = row["kind"] in ("point", "draw")
    low, high = axis(found, percent=percent)
    bottom = LINE * len(found)
    inside = f'<path class="axis" d="M{LEFT} {bottom}H{RIGHT}"/>'
    for number, pair in enumerate(found):
        inside += _marks(pair, LINE * (number + 0.5), low, high)
    inside += _label(low, LEFT, bottom, "start")
    inside += _label(high, RIGHT, bottom, "end")
    told = escape("; ".join(map(_told, found)), quote=True)
    height = bottom + FOOT
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    return f'<svg class="interval" role="img" aria-label="{told}" {size}>{inside}</svg>'


def _label(value: float, x: int, bottom: int, side: str) -> str:
    """The number at an end of the axis."""
    return f'<text x="{x}" y="{bottom + 10}" text-anchor="{side}">{value:.4g}</text>'


def pairs(row: Row, claim: Claim) -> list[Pair]:
    """The numbers of a row that can be compared: of kinds point, draw and bound."""
    reported = as_list(row["reported"])
    measured = as_list(row["measured"])
    lows = as_list(row["low"])
    highs = as_list(row["high"])
    if row["kind"] == "bound" and is_number(row["measured"]):
        bound = 0.0 if claim.number is None else claim.number
        ends = _ends(measured[0], lows[0], highs[0])
        side = _side(bound, claim, row)
        return [Pair(claim.number, measured[0], ends, side)]
    if row["kind"] not in ("point", "draw"):
        return []
    if not all(map(is_number, measured)):
        return []
    found = []
    for theirs, ours, low, high in zip(reported, measured, lows, highs, strict=True):
        near = _near(theirs) if row["kind"] == "point" else None
        found.append(Pair(theirs, ours, _ends(ours, low, high), near))
    return found


def _ends(ours: float, low: Any, high: Any) -> tuple[float, float]:
    """The ends of our interval; our value itself where it has none."""
    start = low if is_number(low) else ours
    end = high if is_number(high) else ours
    return start, end


def axis(found: list[Pair], *, percent: bool) -> tuple[float, float]:
    """Ends of the axis: 0 and 100 for accuracies, else what all numbers need and a little more."""
    if percent:
        return 0.0, 100.0
    values = list(chain.from_iterable(pair.values() for pair in found))
    low = min(values)
    high = max(values)
    room = 0.08 * (high - low) or 1.0
    return low - room, high + room


def _near(value: float) -> tuple[float, float]:
    low, high = printed(value)
    return low - POINT_TOLERANCE, high + POINT_TOLERANCE


def _side(bound: float, claim: Claim, row: Row) -> tuple[float, float]:
    """From the bound to the farthest of our numbers on the side that holds."""
    below = str(claim.reported or "").startswith("<")
    ours = filter(is_number, (row["low"], row["measured"], row["high"]))
    values = [*ours, bound]
    if below:
        return min(values), bound
    return bound, max(values)


def _marks(pair: Pair, y: float, low: float, high: float) -> str:
    def at(value: float) -> str:
        inside = min(max(value, low), high)
        x = LEFT + (RIGHT - LEFT) * (inside - low) / (high - low)
        return f"{x:.1f}"

    parts = []
    if pair.allowed:
        start, end = map(at, pair.allowed)
        width = max(float(end) - float(start), 1)
        size = f'width="{width:.1f}" height="{LINE - 2}"'
        parts.append(f'<rect class="allowed" x="{start}" y="{y - 6:.1f}" {size}/>')
    start, end = map(at, pair.ends)
    ends = f"M{start} {y}H{end}"
    parts.append(f'<path class="ours" stroke-width="2" d="{ends}"/>')
    parts.append(f'<circle class="ours" cx="{at(pair.ours)}" cy="{y}" r="3"/>')
    if pair.theirs is not None:
        diamond = f"M{at(pair.theirs)} {y - 5}l5 5l-5 5l-5-5z"
        parts.append(f'<path class="theirs" d="{diamond}"/>')
    return "".join(parts)


def _told(pair: Pair) -> str:
    low, high = pair.ends
    ours = f"ours {pair.ours:.4g}, {low:.4g} to {high:.4g}"
    return ours if pair.theirs is None else f"reported {pair.theirs:g}, {ours}"
