"""The register with our measurements and verdicts, row by row."""

import functools
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pandas as pd

from asyt import experiments, registry
from asyt.claims.criteria import Measurement, verdict
from asyt.claims.published import Claim, Register, Row, find, is_number, listed, register
from asyt.errors import MissingResultError, ResultError, lookup

DECIMALS = {"point": 2, "draw": 2, "bound": 4}


@functools.cache
def judges() -> tuple[ModuleType, ...]:
    """The files of `asyt.claims.measured`, whose docstring says what they hold, in order."""
    return tuple(registry.modules("asyt.claims.measured", holding="CLAIMS").values())


def collect(*prefixes: str) -> list[Measurement]:
    """All measurements of the files in `asyt.claims.measured`.

    With prefixes, only of files that answer a claim whose id begins with one of them. Where a
    stored table is missing or damaged, those rows carry the reason as their reading and no value;
    a missing one says nothing beyond a row's own `why`.
    """
    read: dict[tuple[str, str], pd.DataFrame] = {}  # several judges read the same tables
    found: list[Measurement] = []
    for judge in judges():
        if prefixes and not any(claim.startswith(prefixes) for claim in judge.CLAIMS):
            continue
        page = getattr(judge, "PAGE", "")
        try:
            measured = judge.measure(*_tables(judge, read))
            found += [replace(row, page=row.page or page) for row in measured]
        except ResultError as error:
            found += _unmeasured(judge.CLAIMS, error)
    return found


def _tables(judge: ModuleType, read: dict[tuple[str, str], pd.DataFrame]) -> list[pd.DataFrame]:
    profile = getattr(judge, "PROFILE", "paper")
    wanted = {(experiment.name, profile): experiment for experiment in judge.EXPERIMENTS}
    for key, experiment in wanted.items():
        if key not in read:
            read[key] = experiments.table(experiment, profile)
    return [read[key] for key in wanted]


def _unmeasured(names: Iterable[str], error: ResultError) -> list[Measurement]:
    """Measurements without a value that carry the reason; none where a row says why itself."""
    missing = isinstance(error, MissingResultError)
    untold = [name for name in names if not (missing and find(name).why)]
    return [Measurement(name, reading=str(error).splitlines()[0]) for name in untold]


def rows(measurements: Iterable[Measurement], claims: Register | None = None) -> list[Row]:
    """One dict a claim, in the register's order, ready for JSON.

    Keys are id, source, figure, kind, reported, measured, low, high, n, verdict, reading and page.
    Percentages are rounded to 2 decimals and bounds to 4, after the verdict; numbers that are not
    finite are null.

    Raises:
        UnknownNameError: a measurement of a claim that is not in the register.
        ResultError: two measurements of one claim, or one that lacks what its criterion needs.
    """
    claims = claims or register()
    by_claim: dict[str, Measurement] = {}
    for measurement in measurements:
        if lookup(measurement.claim, claims.claims, "claim") in by_claim:
            raise ResultError(
                f"two measurements of '{measurement.claim}': keep one, name other readings in its "
                "`reading`"
            )
        by_claim[measurement.claim] = measurement
    return [_row(claim, by_claim.get(claim.id)) for claim in claims.claims.values()]


def _row(claim: Claim, measurement: Measurement | None) -> Row:
    judged = verdict(claim, measurement)
    found = measurement or Measurement(claim.id)
    reading = found.reading or (claim.why if judged == "not-testable" else "")
    if claim.kind == "draw" and judged == "not-measured" and found.measured is not None:
        reading = f"{reading} ({found.n} of the {claim.min_n} draws needed)".strip()
    digits = DECIMALS.get(claim.kind)
    stated = {key: vars(claim)[key] for key in ("id", "source", "figure", "kind", "reported")}
    ours = {key: _json(vars(found)[key], digits) for key in ("measured", "low", "high")}
    return {
        **stated,
        **ours,
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
    return float(value) if digits is None else round(float(value), digits)
