"""The criteria of the register's header, applied to what an experiment measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import numpy as np

from asyt.claims.published import Claim, as_list, is_number, listed
from asyt.claims.reading import STATED
from asyt.errors import ResultError
from asyt.experiments import summaries

DEPENDS = "depends-on-the-reading"
#: Verdicts on a row. Those on one reading of it are the same but `DEPENDS`.
VERDICTS = (
    "reproduced",
    DEPENDS,
    "not-reproduced",
    "used",
    "not-testable",
    "not-measured",
)
HOLDS = ("reproduced", "used")
#: Where a reported value lies among our draws, the best first.
PLACES = ("typical", "possible", "outside")
POINT_TOLERANCE = 1.0  # percentage points
FEW = 5  # draws that are enough where only the order of the samples varies
ROUNDING = 1e-9  # so that 95.8 - 94.8 counts as 1.0

Numbers = float | Sequence[float] | None


@dataclass(frozen=True)
class Measurement:
    """What an experiment found for one claim in one reading, in the register's unit (percent).

    Attributes:
        claim: its id.
        measured: our mean (`draw`: the population's median), one number for each reported one.
        low, high: ends of the 95 % interval (`draw`: of the 5-95 % range).
        n: number of draws.
        note: how it was measured.
        page: link to what shows it, as the book has it ("mnist.html#fig-mnist"); `collect` fills in
            the PAGE of the judge where there is none.
        holds: whether the row's own test holds (`bound`: by its 95 % bound); not of point and draw.
        reading: name of the reading, see data/readings.yml.
        draws: the population of each reported value, percent (`draw`).
        chance, ideal: accuracies of guessing and of ideal BP (`draw`).
        carries: the value in the experiment's configuration (`setting` with a reported value).
        fixed: whether the reading fixes the chip: draws are orders of the samples, and `FEW` do.
        substitute: whether it was measured on other data than the source's, and earns no verdict.
    """

    claim: str
    measured: Numbers = None
    low: Numbers = None
    high: Numbers = None
    n: int = 0
    note: str = ""
    page: str = ""
    holds: bool | None = None
    reading: str = STATED
    draws: tuple[np.ndarray, ...] = ()
    chance: float | None = None
    ideal: float | None = None
    carries: Any = None
    fixed: bool = False
    substitute: bool = False

    @classmethod
    def of(
        cls,
        claim: str,
        summary: Any,
        note: str,
        page: str = "",
        **more: Any,
    ) -> Self:
        """From centre, low, high and n of a summary: a dict or a row of a table."""
        return cls(
            claim,
            summary["centre"],
            summary["low"],
            summary["high"],
            int(summary["n"]),
            note,
            page,
            **more,
        )

    @classmethod
    def drawn(cls, claim: str, note: str, *populations: np.ndarray, **more: Any) -> Self:
        """From the population, in percent, of each reported value."""
        spreads = [summaries.spread(values) for values in populations]

        def of_each(name: str) -> Numbers:
            values = [spread[name] for spread in spreads]
            return values if len(values) > 1 else values[0]

        return cls(
            claim,
            of_each("centre"),
            of_each("low"),
            of_each("high"),
            min(spread["n"] for spread in spreads),
            note,
            draws=populations,
            **more,
        )

    @property
    def empty(self) -> bool:
        """Whether nothing was measured."""
        return self.measured is None and self.holds is None and self.carries is None


@dataclass(frozen=True)
class Place:
    """Where a reported value lies among our draws.

    Attributes:
        where: of `PLACES`: within our quartiles, within our 5-95 % range widened by the tolerance
            of simulations, or beyond both.
        percentile: the percent of our draws below the value as printed, and half of those equal.
        wide: whether the 5-95 % range exceeds half of ideal BP minus chance.
    """

    where: str
    percentile: float
    wide: bool


def printed(value: float) -> tuple[float, float]:
    """The numbers that print as this one: 97 is 96.5 to 97.5, and 97.0 is 96.95 to 97.05."""
    exponent = Decimal(repr(value)).as_tuple().exponent
    half = 0.5 * 10.0 ** int(exponent)
    return value - half, value + half


def place(reported: float, draws: np.ndarray, limit: float) -> Place:
    """Where a printed value lies among draws; their range is wide above `limit`."""
    low, high = printed(reported)
    least, quarter, three_quarters, most = np.percentile(draws, [5, 25, 75, 95])
    below = (draws < low).mean()
    equal = ((draws >= low) & (draws <= high)).mean()
    percentile = float(100 * (below + equal / 2))
    wide = bool(most - least > limit)
    where = "outside"
    if high >= least - POINT_TOLERANCE - ROUNDING and low <= most + POINT_TOLERANCE + ROUNDING:
        where = "possible"
    if high >= quarter - ROUNDING and low <= three_quarters + ROUNDING:
        where = "typical"
    return Place(where, percentile, wide)


def needed(claim: Claim, found: Measurement) -> int:
    """How many draws a verdict on a `draw` needs."""
    return FEW if found.fixed else claim.min_n


def places(claim: Claim, found: Measurement) -> list[Place]:
    """The place of each reported value of a `draw`; none where too few were drawn.

    Raises:
        ResultError: the measurement lacks a population, `chance` or `ideal`.
    """
    if claim.kind != "draw" or found.empty or found.n < needed(claim, found):
        return []
    values = as_list(claim.reported)
    if len(found.draws) != len(values):
        raise ResultError(
            f"the measurement of '{claim.id}' (draw) has {len(found.draws)} populations: give one "
            f"for each of reported = {claim.reported!r}, see Measurement.drawn"
        )
    if found.chance is None or found.ideal is None:
        raise ResultError(
            f"the measurement of '{claim.id}' (draw) lacks `chance` or `ideal`, in percent"
        )
    limit = (found.ideal - found.chance) / 2
    pairs = zip(values, found.draws, strict=True)
    return [place(value, population, limit) for value, population in pairs]


def verdict(claim: Claim, measurement: Measurement | None) -> str:
    """Judge one reading by the criterion of its kind; see the header of data/claims.yml.

    Without evidence a row is `not-testable` if the register says why, else `not-measured`; so is a
    `draw` row with fewer draws than `needed`. A value that a setting row states and our
    configuration does not carry is `not-reproduced`. For lists every value must hold.

    Raises:
        ResultError: the measurement lacks what the criterion needs.
    """
    if claim.kind == "scope":
        return "not-testable"
    found = measurement or Measurement(claim.id)
    if found.substitute or (found.empty and claim.why):
        return "not-testable"
    if found.empty or (claim.kind == "draw" and found.n < needed(claim, found)):
        return "not-measured"
    if not _holds(claim, found):
        return "not-reproduced"
    return "used" if claim.kind == "setting" else "reproduced"


def _holds(claim: Claim, found: Measurement) -> bool:
    if claim.kind == "draw":
        return all(found.where != "outside" for found in places(claim, found))
    if claim.kind == "point":
        theirs = as_list(claim.reported)
        ours = _measured(claim, found)
        return all(map(_near, ours, theirs))
    if claim.kind == "setting" and claim.reported is not None:
        carried = found.carries
        if listed(carried) != listed(claim.reported):
            return False
        return as_list(carried) == as_list(claim.reported)
    if found.holds is None:
        raise ResultError(
            f"the measurement of '{claim.id}' ({claim.kind}) has no `holds`: apply the row's test"
        )
    return bool(found.holds)


def _near(value: float, reported: float) -> bool:
    low, high = printed(reported)
    reach = POINT_TOLERANCE + ROUNDING
    return low - reach <= value <= high + reach


def _measured(claim: Claim, found: Measurement) -> list[float]:
    values = as_list(found.measured)
    number = len(as_list(claim.reported))
    if len(values) != number or not all(map(is_number, values)):
        raise ResultError(
            f"the measurement of '{claim.id}' ({claim.kind}) has measured = {found.measured!r}: "
            f"give a finite number for each of reported = {claim.reported!r}"
        )
    return values


def summarised(verdicts: Sequence[str]) -> str:
    """The verdict on a row from those on its readings: nobody chooses among them.

    Of the readings that were judged, all hold, some (`DEPENDS`), or none.
    """
    judged = [verdict for verdict in verdicts if verdict in (*HOLDS, "not-reproduced")]
    held = [verdict for verdict in judged if verdict in HOLDS]
    if not judged:
        return "not-testable" if "not-testable" in verdicts else "not-measured"
    if not held:
        return "not-reproduced"
    return held[0] if len(held) == len(judged) else DEPENDS
