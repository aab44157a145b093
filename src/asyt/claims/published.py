"""The register of every published number and testable statement, data/claims.yml, checked."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from asyt import paths
from asyt.errors import DataError, lookup

#: Bytes that a file may have; the register has a thirtieth of it.
LARGEST = 2**21
OPTIONAL = {"reported", "test", "number", "why", "unit"}
NEEDED = {"id", "source", "figure", "kind", "quantity"}
#: A claim with our measurement and verdict, ready for JSON.
Row = dict[str, Any]
KINDS = (
    "point",
    "draw",
    "bound",
    "identity",
    "shape",
    "setting",
    "scope",
)


@dataclass(frozen=True)
class Claim:
    """One row of the register.

    Attributes:
        number: what a text in `reported` or `test` says, as a number.
        why: set where the row cannot be measured here.
        unit: of our value; percent where there is none.
        headline: whether its source is quoted for it.
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
    unit: str | None = None
    headline: bool = False


@dataclass(frozen=True)
class Register:
    """Sources by short name with their full names; claims by id, in the order of the file."""

    sources: dict[str, str]
    claims: dict[str, Claim]


def register(path: Path | None = None) -> Register:
    """Read and check the register (data/claims.yml); read again only after a change.

    Raises:
        DataError: the file is missing, is not YAML, or has a row that is wrong, which is named.
    """
    path = paths.published() / "data" / "claims.yml" if path is None else Path(path)
    return _read(path, path.stat().st_mtime_ns if path.is_file() else None)


@functools.lru_cache(maxsize=4)
def _read(path: Path, _changed: int | None) -> Register:
    content = read(path, "the register")
    if not isinstance(content, dict) or not {"sources", "claims"} <= content.keys():
        raise DataError(f"cannot read the register {path}: it needs `sources` and `claims`")
    sources = content["sources"]
    entries = content["claims"]
    if not isinstance(sources, dict) or not all(map(_text, [*sources, *sources.values()])):
        raise DataError(f"{path}: `sources` is no mapping of short names to full names")
    if not isinstance(entries, list):
        raise DataError(f"{path}: `claims` is no list of rows")
    claims: dict[str, Claim] = {}
    for entry in entries:
        if wrong := _problem(entry, sources):
            label = entry.get("id", entry) if isinstance(entry, dict) else entry
            raise DataError(f"{path}: row {short(repr(label))}: {wrong}")
        name = entry["id"]
        if name in claims:
            raise DataError(f"{path}: two rows have the id '{name}'; rename one")
        fields = {**entry, "figure": str(entry["figure"])}
        claims[name] = Claim(**fields)
    return Register(sources, claims)


class Loader(yaml.SafeLoader):
    """YAML whose aliases repeat plain values only: nested lists of aliases grow without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node."""
        alias = self.check_event(yaml.AliasEvent)
        node = super().compose_node(parent, index)
        if alias and not isinstance(node, yaml.ScalarNode):
            raise yaml.YAMLError("an alias of a list or a mapping: write it out")
        return node


def read(path: Path, what: str) -> Any:
    """What a YAML file holds; `what` is what the message calls it.

    Raises:
        DataError: the file is missing, larger than `LARGEST`, or no YAML of plain values.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        return yaml.load(content.decode("utf-8"), Loader)
    except Exception as error:  # a damaged number or date raises what its constructor happens to
        problem = short(f"{type(error).__name__}: {error}", 500)
        raise DataError(f"cannot read {what} {path}: {problem}") from error


def find(claim: str) -> Claim:
    """A row of the register.

    Raises:
        UnknownNameError: no such claim; suggests the nearest.
    """
    claims = register().claims
    return claims[lookup(claim, claims, "claim")]


def reported(claim: str) -> Any:
    """What the source reports for a claim; percent for accuracies. Raises as `find`."""
    return find(claim).reported


def number(claim: str) -> float:
    """The bound or value of a claim as a number, in the unit of the row.

    Raises:
        UnknownNameError: as `find`.
        DataError: the row has no number.
    """
    row = find(claim)
    found = row.reported if row.number is None else row.number
    if not is_number(found):
        raise DataError(f"row '{claim}' of the register has no number: give it one in `number`.")
    return float(found)


def listed(value: Any) -> bool:
    """Whether a value is a list of values rather than one."""
    return isinstance(value, (list, tuple, np.ndarray))


def as_list(value: Any) -> list[Any]:
    """A list of values, or of the one."""
    return list(value) if listed(value) else [value]


def is_number(value: Any) -> bool:
    """Whether a value is one finite number; True and "1" are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        return False
    return bool(-math.inf < value < math.inf)


def _problem(entry: Any, sources: dict[str, str]) -> str | None:
    """What is wrong with a row; None if nothing is."""
    if not isinstance(entry, dict) or not NEEDED <= entry.keys() <= TYPES.keys():
        needed = ", ".join(sorted(NEEDED))
        known = ", ".join(sorted(TYPES))
        return f"needs {needed}, and has no keys but {known}"
    for key, value in entry.items():
        if value is None and key in OPTIONAL:
            continue
        expected, fits = TYPES[key]
        if not fits(value):
            return f"{key} = {short(repr(value))} is not {expected}"
    kind = entry["kind"]
    source = entry["source"]
    reported = entry.get("reported")
    if kind not in KINDS:
        return f"kind '{kind}' is not one of {', '.join(KINDS)}"
    if source not in sources:
        return f"source '{source}' is not one of {', '.join(sources)}"
    if kind in ("point", "draw") and not all(map(is_number, as_list(reported))):
        return f"reported = {short(repr(reported))} must be numbers for kind {kind}"
    if kind == "shape" and not entry.get("test"):
        return "kind shape needs `test`: what must hold"
    if kind == "scope" and not entry.get("why"):
        return "kind scope needs `why`: why it cannot be measured, and what it would take"
    return None


def short(text: str, width: int = 80) -> str:
    """The beginning of a text."""
    return text if len(text) <= width else f"{text[:width]}..."


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _named(value: Any) -> bool:
    return _text(value) or is_number(value)


def _count(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return value >= 1


def _yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


def _value(value: Any) -> bool:
    entries = as_list(value)
    return len(entries) > 0 and all(map(_named, entries))


#: Key of a row -> what its value must be, and the test for that.
TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "id": ("a text", _text),
    "source": ("a text", _text),
    "kind": ("a text", _text),
    "quantity": ("a text", _text),
    "test": ("a text", _text),
    "why": ("a text", _text),
    "unit": ("a text", _text),
    "figure": ("a text or a number", _named),
    "reported": ("a text, a finite number or a list of those", _value),
    "number": ("a finite number", is_number),
    "headline": ("true or false", _yes_or_no),
    "min_n": ("a count of one or more", _count),
}
