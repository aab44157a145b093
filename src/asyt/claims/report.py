"""The register with our measurements and verdicts, row by row."""

import functools
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pandas as pd

from asyt import experiments, registry
from asyt.claims.criteria import PLACES, Measurement, needed, places, summarised, verdict
from asyt.claims.published import Claim, Register, Row, find, is_number, listed, register
from asyt.claims.reading import rank
from asyt.errors import MissingResultError, ResultError, lookup

DECIMALS = {"point": 2, "draw": 2, "bound": 4}
#: Tables by experiment and profile.
Read = dict[tuple[str, str], pd.DataFrame]


@functools.cache
def judges() -> tuple[ModuleType, ...]:
    """The files of `asyt.claims.measured`, whose docstring says what they hold, in order."""
    return tuple(registry.modules("asyt.claims.measured", holding="CLAIMS").values())


def collect(*prefixes: str) -> list[Measurement]:
    """All measurements of the files in `asyt.claims.measured`.

    With prefixes, only of files that answer a claim whose id begins with one of them. Where a
    stored table is missing or damaged, those rows carry the reason as their note and no value; a
    missing one says nothing beyond a row's own `why`.
    """
    read: Read = {}  # several judges read the same tables
    found: list[Measurement] = []
    for judge in judges():
        wanted = any(claim.startswith(prefixes) for claim in judge.CLAIMS)
        if prefixes and not wanted:
            continue
        page = getattr(judge, "PAGE", "")
        try:
            measured = judge.measure(*_tables(judge, read))
            found += [replace(row, page=row.page or page) for row in measured]
        except ResultError as error:
            found += _unmeasured(judge.CLAIMS, error)
    return found


def _tables(judge: ModuleType, read: Read) -> list[pd.DataFrame]:
    """A table for each experiment that a judge names, each read once."""
    profile = getattr(judge, "PROFILE", "paper")
    tables = []
    for experiment in judge.EXPERIMENTS:
        key = experiment.name, profile
        if key not in read:
            read[key] = experiments.table(experiment, profile)
        tables.append(read[key])
    return tables


def _unmeasured(names: Iterable[str], error: ResultError) -> list[Measurement]:
    """Measurements without a value that carry the reason; none where a row says why itself."""
    missing = isinstance(error, MissingResultError)
    reason = str(error).splitlines()[0]
    untold = [name for name in names if not (missing and find(name).why)]
    return [Measurement(name, note=reason) for name in untold]


def rows(measurements: Iterable[Measurement], claims: Register | None = None) -> list[Row]:
    """One dict a claim, in the register's order, ready for JSON.

    Keys are id, source, figure, kind, reported, then measured, low, high, n, `place`, percentile,
    wide, reading, note and page of the measured reading that is nearest to the sources (the order
    of data/readings.yml), then `readings`, a list of the same with a verdict each, and `verdict`,
    the summary of them all. Percentages are rounded to 2 decimals and bounds to 4, after the
    verdict; numbers that are not finite are null.

    Raises:
        UnknownNameError: a measurement of a claim, or in a reading, that does not exist.
        ResultError: two measurements of one claim in one reading, or one that lacks what its
            criterion needs.
    """
    claims = claims or register()
    by_claim: dict[str, list[Measurement]] = {name: [] for name in claims.claims}
    for found in measurements:
        own = by_claim[lookup(found.claim, claims.claims, "claim")]
        if any(_nearness(found) == _nearness(other) for other in own):
            raise ResultError(
                f"two measurements of '{found.claim}' in reading '{found.reading}': name another"
            )
        own.append(found)
    return [_row(claim, by_claim[name]) for name, claim in claims.claims.items()]


def _nearness(found: Measurement) -> tuple[bool, tuple[int, ...]]:
    """Sorts measurements of a claim: the source's own data first, then by their readings."""
    return found.substitute, rank(found.reading)


def _row(claim: Claim, measured: list[Measurement]) -> Row:
    """A claim in all its readings, the nearest to the sources first."""
    found = sorted(measured, key=_nearness) or [Measurement(claim.id)]
    judged = [_judged(claim, one) for one in found]
    measurable = [one for one in judged if one["measured"] is not None]
    nearest = measurable[0] if measurable else judged[0]
    verdicts = [one["verdict"] for one in judged]
    return {
        "id": claim.id,
        "source": claim.source,
        "figure": claim.figure,
        "kind": claim.kind,
        "reported": claim.reported,
        **nearest,
        "verdict": summarised(verdicts),
        "readings": judged,
    }


def _judged(claim: Claim, found: Measurement) -> Row:
    """One reading with its verdict."""
    judged = verdict(claim, found)
    digits = DECIMALS.get(claim.kind)
    return {
        "reading": found.reading,
        "measured": _json(found.measured, digits),
        "low": _json(found.low, digits),
        "high": _json(found.high, digits),
        "n": int(found.n),
        "verdict": judged,
        **_placed(claim, found),
        "note": _note(claim, found, judged),
        "page": found.page,
    }


def _placed(claim: Claim, found: Measurement) -> Row:
    """Where published numbers lie among our draws: the farthest place of several."""
    where = places(claim, found)
    if not where:
        return {"place": None, "percentile": None, "wide": None}
    percentiles = [round(place.percentile, 1) for place in where]
    return {
        "place": max((place.where for place in where), key=PLACES.index),
        "percentile": percentiles if listed(claim.reported) else percentiles[0],
        "wide": any(place.wide for place in where),
    }


def _note(claim: Claim, found: Measurement, judged: str) -> str:
    """How it was measured, or why it was not."""
    note = found.note
    if not note and judged == "not-testable":
        note = claim.why or ""
    if claim.kind != "draw" or judged != "not-measured" or found.measured is None:
        return note
    draws = needed(claim, found)
    return f"{note} ({found.n} of the {draws} draws needed)".strip()


def _json(value: Any, digits: int | None) -> Any:
    if listed(value):
        return [_json(entry, digits) for entry in value]
    if not is_number(value):
        return None
    return float(value) if digits is None else round(float(value), digits)
