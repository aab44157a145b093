"""The criteria of the register's header, applied to what an experiment measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asyt.claims.published import Claim, is_number, listed
from asyt.errors import ResultError

VERDICTS = ("reproduced", "not-reproduced", "uninformative", "used", "not-testable", "not-measured")
POINT_TOLERANCE = 1.0  # percentage points
ROUNDING = 1e-9  # so that 95.8 - 94.8 counts as 1.0

Numbers = float | Sequence[float] | None


@dataclass(frozen=True)
class Measurement:
    """What an experiment found for one claim, in the register's unit (accuracies in percent).

    Attributes:
        claim: the claim's id.
        measured: our mean (`draw`: the population's median), one number for each reported one.
        low: lower end of the 95 % interval (`draw`: of the 5-95 % range).
        high: upper end of the same.
        n: number of draws.
        reading: how the paper was read, and what else was tried.
        page: link to the page that shows it, as the book has it ("mnist.html#fig-mnist").
        holds: whether the row's own test holds (`bound`: by its 95 % bound); point and draw have
            none.
        chance: accuracy of guessing (`draw`).
        ideal: accuracy of ideal BP (`draw`).
        carries: the value in the experiment's configuration (`setting` with a reported value).
    """

    claim: str
    measured: Numbers = None
    low: Numbers = None
    high: Numbers = None
    n: int = 0
    reading: str = ""
    page: str = ""
    holds: bool | None = None
    chance: float | None = None
    ideal: float | None = None
    carries: Any = None


def verdict(claim: Claim, measurement: Measurement | None) -> str:
    """Judge one measurement by the criterion of its kind; see the header of data/claims.yml.

    Without evidence a row is `not-testable` if the register says why, else `not-measured`; so is a
    `draw` row with fewer than `min_n` draws. A value that a setting row states and our
    configuration does not carry is `not-reproduced`. For lists every value must hold; a single one
    outside a narrow range decides.

    Raises:
        ResultError: the measurement lacks what the criterion needs.
    """
    if claim.kind == "scope":
        return "not-testable"
    if measurement is None or not _says_something(measurement):
        return "not-testable" if claim.why else "not-measured"
    if claim.kind == "point":
        return "reproduced" if _close(claim, measurement) else "not-reproduced"
    if claim.kind == "draw":
        return _draw(claim, measurement)
    if claim.kind == "setting" and claim.reported is not None:
        holds = _same(measurement.carries, claim.reported)
    elif measurement.holds is None:
        raise ResultError(
            f"the measurement of '{claim.id}' ({claim.kind}) has no `holds`: apply the row's test"
        )
    else:
        holds = bool(measurement.holds)
    if not holds:
        return "not-reproduced"
    return "used" if claim.kind == "setting" else "reproduced"


def _says_something(measurement: Measurement) -> bool:
    given = (measurement.measured, measurement.holds, measurement.carries)
    return any(value is not None for value in given)


def _close(claim: Claim, measurement: Measurement) -> bool:
    reported, measured = _lists(claim, measurement, "measured")
    apart = [abs(ours - theirs) for ours, theirs in zip(measured, reported, strict=True)]
    return max(apart) <= POINT_TOLERANCE + ROUNDING


def _draw(claim: Claim, measurement: Measurement) -> str:
    reported, low, high = _lists(claim, measurement, "low", "high", "measured")[:3]
    if measurement.chance is None or measurement.ideal is None:
        raise ResultError(
            f"the measurement of '{claim.id}' (draw) lacks `chance` or `ideal`, in percent"
        )
    if measurement.n < claim.min_n:
        return "not-measured"
    limit = (measurement.ideal - measurement.chance) / 2
    narrow = [b - a < limit for a, b in zip(low, high, strict=True)]
    for value, a, b, fits in zip(reported, low, high, narrow, strict=True):
        if fits and not a - ROUNDING <= value <= b + ROUNDING:
            return "not-reproduced"
    return "reproduced" if all(narrow) else "uninformative"


def _lists(claim: Claim, measurement: Measurement, *names: str) -> list[list[float]]:
    """The reported values and the named fields of the measurement as lists of the same length."""
    values = {"reported": claim.reported}
    for name in names:
        values[name] = getattr(measurement, name)
    wanted = len(_list(claim.reported))
    lists = []
    for name, value in values.items():
        found = _list(value)
        if len(found) != wanted or not all(map(is_number, found)):
            raise ResultError(
                f"the measurement of '{claim.id}' ({claim.kind}) has {name} = {value!r}: "
                f"give a finite number for each of reported = {claim.reported!r}"
            )
        lists.append([float(number) for number in found])
    return lists


def _list(value: Any) -> list[Any]:
    return list(value) if listed(value) else [value]


def _same(a: Any, b: Any) -> bool:
    return listed(a) == listed(b) and _list(a) == _list(b)
