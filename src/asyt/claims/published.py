"""The register: every published number and testable statement, read from data/claims.yml and checked."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from asyt import paths
from asyt.errors import DataError, lookup

KINDS = ("point", "draw", "bound", "identity", "shape", "setting", "scope")


@dataclass(frozen=True)
class Claim:
    """One row of the register.

    Attributes:
        number: what a text in `reported` or `test` says, as a number.
        why: set where the row cannot be measured here.
    """

    id: str
    source: str
    figure: str
    kind: str
    quantity: str
    reported: Any = None
    test: str | None = None
    number: float | None = None
    min_n: int = 100
    why: str | None = None


@dataclass(frozen=True)
class Register:
    """All claims by id, in the order of the file, and the full names of their sources."""

    sources: dict[str, str]
    claims: dict[str, Claim]


def register(path: Path | None = None) -> Register:
    """Read and check the register.

    Args:
        path: the file; by default data/claims.yml.

    Raises:
        DataError: the file is missing, is not YAML, or has a row that is wrong (the message names
            it).
    """
    path = paths.published() / "data" / "claims.yml" if path is None else Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        sources, entries = content["sources"], content["claims"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise DataError(
            f"cannot read the register {path}: {type(error).__name__}: {error}"
        ) from error
    claims: dict[str, Claim] = {}
    for entry in entries:
        claim = _claim(entry, sources, path)
        if claim.id in claims:
            raise DataError(f"{path}: two rows have the id '{claim.id}'; rename one")
        claims[claim.id] = claim
    return Register(sources, claims)


@functools.cache
def _known(home: Path) -> Register:
    return register(home / "data" / "claims.yml")


def reported(claim: str) -> Any:
    """What the source reports for a claim, as the register has it; percent for accuracies.

    Raises:
        UnknownNameError: no such claim; suggests the nearest.
    """
    claims = _known(paths.published()).claims
    return claims[lookup(claim, claims, "claim")].reported


def number(claim: str) -> float:
    """The bound or value of a claim as a number, in the unit of the row.

    Raises:
        UnknownNameError: no such claim; suggests the nearest.
        DataError: the row has no number.
    """
    claims = _known(paths.published()).claims
    row = claims[lookup(claim, claims, "claim")]
    found = row.reported if row.number is None else row.number
    if not is_number(found):
        raise DataError(f"row '{claim}' of the register has no number: give it one in `number`.")
    return float(found)


def listed(value: Any) -> bool:
    """Whether a value is a list of values rather than one."""
    return isinstance(value, (list, tuple, np.ndarray))


def is_number(value: Any) -> bool:
    """Whether a value is one finite number; True and "1" are none."""
    return value is not None and not isinstance(value, (bool, str)) and math.isfinite(value)


def _claim(entry: Any, sources: dict[str, str], path: Path) -> Claim:
    known = {field.name for field in fields(Claim)}
    needed = {"id", "source", "figure", "kind", "quantity"}
    label = entry.get("id", entry) if isinstance(entry, dict) else entry
    problem = None
    if not isinstance(entry, dict) or not needed <= entry.keys() <= known:
        problem = (
            f"needs {', '.join(sorted(needed))}, and has no keys but {', '.join(sorted(known))}"
        )
    elif entry["kind"] not in KINDS:
        problem = f"kind '{entry['kind']}' is not one of {', '.join(KINDS)}"
    elif entry["source"] not in sources:
        problem = f"source '{entry['source']}' is not one of {', '.join(sources)}"
    elif entry["kind"] in ("point", "draw") and not _numeric(entry.get("reported")):
        problem = f"reported = {entry.get('reported')!r} must be numbers for kind {entry['kind']}"
    elif entry["kind"] == "shape" and not entry.get("test"):
        problem = "kind shape needs `test`: what must hold"
    elif entry["kind"] == "scope" and not entry.get("why"):
        problem = "kind scope needs `why`: why it cannot be measured, and what it would take"
    if problem:
        raise DataError(f"{path}: row {label!r}: {problem}")
    return Claim(**{**entry, "figure": str(entry["figure"])})


def _numeric(value: Any) -> bool:
    return all(is_number(entry) for entry in value) if listed(value) else is_number(value)
