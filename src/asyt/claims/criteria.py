"""The criteria of the register's header, applied to what an experiment measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from asyt.claims.published import Claim, as_list, is_number, listed
from asyt.errors import ResultError

VERDICTS = ("reproduced", "not-reproduced", "uninformative", "used", "not-testable", "not-measured")
POINT_TOLERANCE = 1.0  # percentage points
ROUNDING = 1e-9  # so that 95.8 - 94.8 counts as 1.0

Numbers = float | Sequence[float] | None


@dataclass(frozen=True)
class Measurement:
    """What an experiment found for one claim, in the register's unit (accuracies in percent).

    Attributes:
        claim: its id.
        measured: our mean (`draw`: the population's median), one number for each reported one.
        low, high: ends of the 95 % interval (`draw`: of the 5-95 % range).
        n: number of draws.
        reading: how the paper was read, and what else was tried.
        page: link to what shows it, as the book has it ("mnist.html#fig-mnist"); `collect` fills in
            the PAGE of the judge where there is none.
        holds: whether the row's own test holds (`bound`: by its 95 % bound); not of point and draw.
        chance, ideal: accuracies of guessing and of ideal BP (`draw`).
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

    @classmethod
    def of(cls, claim: str, summary: Any, reading: str, page: str = "", **more: Any) -> Self:
        """From centre, low, high and n of a summary: a dict or a row of a table."""
        centre, low, high, n = (summary[name] for name in ("centre", "low", "high", "n"))
        return cls(claim, centre, low, high, int(n), reading, page, **more)


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
    found = measurement or Measurement(claim.id)
    if found.measured is None and found.holds is None and found.carries is None:
        return "not-testable" if claim.why else "not-measured"
    if claim.kind == "draw":
        return _draw(claim, found)
    if claim.kind == "point":
        reported, measured = _lists(claim, found, "measured")
        holds = np.allclose(measured, reported, rtol=0, atol=POINT_TOLERANCE + ROUNDING)
    elif claim.kind == "setting" and claim.reported is not None:
        ours, theirs = found.carries, claim.reported
        holds = listed(ours) == listed(theirs) and as_list(ours) == as_list(theirs)
    elif found.holds is None:
        raise ResultError(
            f"the measurement of '{claim.id}' ({claim.kind}) has no `holds`: apply the row's test"
        )
    else:
        holds = bool(found.holds)
    if not holds:
        return "not-reproduced"
    return "used" if claim.kind == "setting" else "reproduced"


def _draw(claim: Claim, measurement: Measurement) -> str:
    reported, low, high, _ = _lists(claim, measurement, "low", "high", "measured")
    if measurement.chance is None or measurement.ideal is None:
        raise ResultError(
            f"the measurement of '{claim.id}' (draw) lacks `chance` or `ideal`, in percent"
        )
    if measurement.n < claim.min_n:
        return "not-measured"
    narrow = high - low < (measurement.ideal - measurement.chance) / 2
    outside = (reported < low - ROUNDING) | (reported > high + ROUNDING)
    if (narrow & outside).any():
        return "not-reproduced"
    return "reproduced" if narrow.all() else "uninformative"


def _lists(claim: Claim, measurement: Measurement, *names: str) -> list[np.ndarray]:
    """The reported values and the named fields of the measurement, all of the same length."""
    values = {"reported": claim.reported} | {name: getattr(measurement, name) for name in names}
    for name, value in values.items():
        found = as_list(value)
        if len(found) != len(as_list(claim.reported)) or not all(map(is_number, found)):
            raise ResultError(
                f"the measurement of '{claim.id}' ({claim.kind}) has {name} = {value!r}: "
                f"give a finite number for each of reported = {claim.reported!r}"
            )
    return [np.array(as_list(value), float) for value in values.values()]
