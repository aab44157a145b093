"""The register with our measurements and verdicts, row by row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

import pandas as pd

from asyt import experiments, registry
from asyt.claims.criteria import Measurement, verdict
from asyt.claims.published import Claim, Register, is_number, listed, register
from asyt.errors import MissingResultError, ResultError, lookup
from asyt.experiments import Experiment

DECIMALS = {"point": 2, "draw": 2, "bound": 4}


class Judge(Protocol):
    """What a file of `asyt.claims.measured` holds."""

    EXPERIMENTS: tuple[Experiment, ...]
    CLAIMS: tuple[str, ...]
    measure: Callable[..., list[Measurement]]


@functools.cache
def judges() -> tuple[Judge, ...]:
    """The files of `asyt.claims.measured`, in alphabetical order."""
    files = registry.modules("asyt.claims.measured", holding="CLAIMS")
    return tuple(cast(Judge, file) for file in files.values())


def collect(*prefixes: str) -> list[Measurement]:
    """All measurements of the files in `asyt.claims.measured`.

    With prefixes, only of files that answer a claim whose id begins with one of them. Where a
    stored table is missing or damaged, those rows carry the reason as their reading and no value;
    a missing one says nothing beyond a row's own `why`.
    """
    found: list[Measurement] = []
    read: dict[tuple[str, str], pd.DataFrame] = {}  # several judges read the same tables
    for judge in judges():
        if prefixes and not any(claim.startswith(prefixes) for claim in judge.CLAIMS):
            continue
        try:
            found.extend(judge.measure(*_tables(judge, read)))
        except ResultError as error:
            found.extend(_unmeasured(judge.CLAIMS, error))
    return found


def _tables(judge: Judge, read: dict[tuple[str, str], pd.DataFrame]) -> list[pd.DataFrame]:
    profile = getattr(judge, "PROFILE", "paper")
    found = []
    for experiment in judge.EXPERIMENTS:
        key = experiment.name, profile
        if key not in read:
            read[key] = experiments.table(experiment, profile)
        found.append(read[key])
    return found


def _unmeasured(names: Iterable[str], error: ResultError) -> list[Measurement]:
    """Measurements without a value that carry the reason; none where a row says why itself."""
    claims = register().claims
    missing = isinstance(error, MissingResultError)
    reason = str(error).splitlines()[0]
    found = []
    for name in names:
        row = claims[lookup(name, claims, "claim")]
        if not (missing and row.why):
            found.append(Measurement(name, reading=reason))
    return found


def rows(
    measurements: Iterable[Measurement], claims: Register | None = None
) -> list[dict[str, Any]]:
    """One dict a claim, in the register's order, ready for JSON.

    Keys are id, source, figure, kind, reported, measured, low, high, n, verdict, reading and page.
    Percentages are rounded to 2 decimals and bounds to 4, after the verdict; numbers that are not
    finite are null.

    Raises:
        UnknownNameError: a measurement of a claim that is not in the register.
        ResultError: two measurements of one claim, or one that lacks what its criterion needs.
    """
    if claims is None:
        claims = register()
    by_claim: dict[str, Measurement] = {}
    for measurement in measurements:
        if lookup(measurement.claim, claims.claims, "claim") in by_claim:
            raise ResultError(
                f"two measurements of '{measurement.claim}': keep one, name other readings in its "
                "`reading`"
            )
        by_claim[measurement.claim] = measurement
    return [_row(claim, by_claim.get(claim.id)) for claim in claims.claims.values()]


def _row(claim: Claim, measurement: Measurement | None) -> dict[str, Any]:
    judged = verdict(claim, measurement)
    found = measurement or Measurement(claim.id)
    reading = found.reading or (claim.why if judged == "not-testable" else "")
    if claim.kind == "draw" and judged == "not-measured" and found.measured is not None:
        reading = f"{reading} ({found.n} of the {claim.min_n} draws needed)".strip()
    digits = DECIMALS.get(claim.kind)
    return {
        "id": claim.id,
        "source": claim.source,
        "figure": claim.figure,
        "kind": claim.kind,
        "reported": claim.reported,
        "measured": _json(found.measured, digits),
        "low": _json(found.low, digits),
        "high": _json(found.high, digits),
        "n": int(found.n),
        "verdict": judged,
        "reading": reading,
        "page": found.page,
    }


def _json(value: Any, digits: int | None) -> Any:
    if listed(value):
        return [_json(entry, digits) for entry in value]
    if not is_number(value):
        return None
    number = float(value)
    return number if digits is None else round(number, digits)
