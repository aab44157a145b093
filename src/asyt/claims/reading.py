"""The ways in which the sources can be read, data/readings.yml, checked."""

import functools
from dataclasses import dataclass
from pathlib import Path

from asyt import paths
from asyt.claims.published import read, short
from asyt.errors import DataError, lookup

#: The reading of a row whose source leaves no choice.
STATED = "stated"


#: Between the names of readings of several groups.
AND = " + "


@dataclass(frozen=True)
class Reading:
    """One way to read a source where it is silent.

    Attributes:
        name: as in column `reading` of tables.
        group: what the readings beside it answer.
        text: what it is.
        source: where it comes from.
        silence: what the sources leave open, the same for the group.
        rank: position in the file; within a group, 0 is nearest to the sources.
    """

    name: str
    group: str
    text: str
    source: str
    silence: str
    rank: int


def readings(path: Path | None = None) -> dict[str, Reading]:
    """All readings by name, in the order of data/readings.yml; read again only after a change.

    Raises:
        DataError: the file is missing, is not YAML, or has an entry that is wrong, which is named.
    """
    path = paths.published() / "data" / "readings.yml" if path is None else Path(path)
    return _read(path, path.stat().st_mtime_ns if path.is_file() else None)


def parts(name: str) -> list[Reading]:
    """The readings that a name joins by `AND`; an UnknownNameError suggests the nearest."""
    known = readings()
    return [known[lookup(part, known, "reading")] for part in name.split(AND)]


def rank(name: str) -> tuple[int, ...]:
    """Sorts names by their nearness to the sources. Raises as `parts`."""
    return tuple(part.rank for part in parts(name))


@functools.lru_cache(maxsize=4)
def _read(path: Path, _changed: int | None) -> dict[str, Reading]:
    held = read(path, "the readings")
    groups = held.get("groups") if isinstance(held, dict) else None
    if not isinstance(groups, dict):
        raise DataError(f"cannot read the readings {path}: it needs `groups`, by name")
    found: dict[str, Reading] = {}
    for group, content in groups.items():
        try:
            silence = content["silence"]
            for name, entry in content["readings"].items():
                reading = Reading(
                    name,
                    group,
                    entry["is"],
                    entry["source"],
                    silence,
                    rank=len(found),
                )
                _check(path, reading, found)
                found[name] = reading
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{path}: group {short(repr(group))} needs `silence`, and `readings` that each "
                f"have `is` and `source` ({type(error).__name__}: {error})"
            ) from error
    if STATED not in found:
        raise DataError(f"{path}: reading '{STATED}' is missing")
    return found


def _check(path: Path, reading: Reading, found: dict[str, Reading]) -> None:
    texts = (reading.name, reading.group, reading.text, reading.source, reading.silence)
    if not all(isinstance(text, str) and text for text in texts):
        raise DataError(f"{path}: reading {short(repr(reading.name))} has an entry that is no text")
    if reading.name in found:
        raise DataError(f"{path}: two readings are called '{reading.name}'; rename one")
