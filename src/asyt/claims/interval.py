"""A published number beside ours as a small picture: an interval on a line, drawn as SVG."""

from dataclasses import dataclass
from html import escape
from typing import Any

from asyt.claims.criteria import POINT_TOLERANCE, printed
from asyt.claims.published import Claim, Row, as_list, is_number

WIDTH, LINE, FOOT = 176, 14, 12
#: Left and right ends of the axis, in the picture.
LEFT, RIGHT = 6, 170


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
    low, high = axis(found, percent=row["kind"] in ("point", "draw"))
    rows = [_marks(pair, LINE * (i + 0.5), low, high) for i, pair in enumerate(found)]
    bottom = LINE * len(found)
    ends = [(low, LEFT, "start"), (high, RIGHT, "end")]
    line = f'<path class="axis" d="M{LEFT} {bottom}H{RIGHT}"/>'
    labels = [
        f'<text x="{x}" y="{bottom + 10}" text-anchor="{side}">{value:.4g}</text>'
        for value, x, side in ends
    ]
    told = escape("; ".join(map(_told, found)), quote=True)
    size = f'viewBox="0 0 {WIDTH} {bottom + FOOT}" width="{WIDTH}" height="{bottom + FOOT}"'
    inside = "".join([line, *rows, *labels])
    return f'<svg class="interval" role="img" aria-label="{told}" {size}>{inside}</svg>'


def pairs(row: Row, claim: Claim) -> list[Pair]:
    """The numbers of a row that can be compared: of kinds point, draw and bound."""
    ours, low, high = (as_list(row[key]) for key in ("measured", "low", "high"))
    if row["kind"] == "bound" and is_number(row["measured"]):
        bound = 0.0 if claim.number is None else claim.number
        ends = _ends(ours[0], low[0], high[0])
        return [Pair(claim.number, ours[0], ends, _side(bound, claim, row))]
    if row["kind"] not in ("point", "draw") or not all(map(is_number, ours)):
        return []
    found = []
    for theirs, mine, *around in zip(as_list(row["reported"]), ours, low, high, strict=True):
        near = _near(theirs) if row["kind"] == "point" else None
        found.append(Pair(theirs, mine, _ends(mine, *around), near))
    return found


def _ends(ours: float, low: Any, high: Any) -> tuple[float, float]:
    """The ends of our interval; our value itself where it has none."""
    return low if is_number(low) else ours, high if is_number(high) else ours


def axis(found: list[Pair], *, percent: bool) -> tuple[float, float]:
    """Ends of the axis: 0 and 100 for accuracies, else what all numbers need and a little more."""
    if percent:
        return 0.0, 100.0
    values = [value for pair in found for value in pair.values()]
    room = 0.08 * (max(values) - min(values)) or 1.0
    return min(values) - room, max(values) + room


def _near(value: float) -> tuple[float, float]:
    low, high = printed(value)
    return low - POINT_TOLERANCE, high + POINT_TOLERANCE


def _side(bound: float, claim: Claim, row: Row) -> tuple[float, float]:
    """From the bound to the farthest of our numbers on the side that holds."""
    below = str(claim.reported or "").startswith("<")
    ours = [value for value in (row["low"], row["measured"], row["high"]) if is_number(value)]
    reach = min([*ours, bound]) if below else max([*ours, bound])
    return (reach, bound) if below else (bound, reach)


def _marks(pair: Pair, y: float, low: float, high: float) -> str:
    def at(value: float) -> str:
        inside = min(max(value, low), high)
        return f"{LEFT + (RIGHT - LEFT) * (inside - low) / (high - low):.1f}"

    parts = []
    if pair.allowed:
        start, end = map(at, pair.allowed)
        wide = f'width="{max(float(end) - float(start), 1):.1f}" height="{LINE - 2}"'
        parts.append(f'<rect class="allowed" x="{start}" y="{y - 6:.1f}" {wide}/>')
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
