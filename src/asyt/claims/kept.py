"""All rows of the register, judged once: kept until code, tables, register or packages change.

So are those that come with the project: beside them stands what they were judged from.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterator
from pathlib import Path

from asyt import paths
from asyt.checkpoints import write_atomically
from asyt.claims import record
from asyt.claims.published import Row
from asyt.claims.report import collect, rows
from asyt.errors import ResultError

#: The packages that numbers come from.
PACKAGES = ("numpy", "pandas", "scipy", "torch")
LIBRARY = Path(__file__).resolve().parents[1]
#: In data/register: what its rows were judged from, and the sha256 of their file.
ORIGIN = "judged-from.txt"


def all_rows() -> list[Row]:
    """As `rows(collect())`, if they were judged from what is here now without judging again.

    The published ones are looked at first, unless the user has tables too, then those in the
    user's cache.
    """
    folder, owned = paths.published() / record.FOLDER, list(_owned())
    if not owned and _origin(folder) == _text(folder / ORIGIN):
        return [_judged(row) for row in record.published()]
    kept = paths.cache() / "claims" / f"{fingerprint(*owned)}.json"
    text = _undamaged(kept)
    if text is None:
        text = json.dumps(rows(collect()), allow_nan=False)
        with contextlib.suppress(ResultError):  # a cache that cannot be written costs time alone
            write_atomically({kept: f"{_sum(text)}\n{text}".encode()})
            for old in set(kept.parent.glob("*.json")) - {kept}:
                old.unlink(missing_ok=True)
    return json.loads(text)


def publish(root: Path | None = None) -> Path:
    """As `record.publish` of all rows, and what they were judged from."""
    folder = record.publish(all_rows(), root)
    (folder / ORIGIN).write_text(_origin(folder), encoding="utf-8")
    return folder


def _origin(folder: Path) -> str:
    return f"{fingerprint()} {_sum(_text(folder / record.ROWS))}\n"


def _text(file: Path) -> str:
    """What is in a file; nothing if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _judged(row: Row) -> Row:
    """A published row without what the register says of its claim."""
    return {name: value for name, value in row.items() if name not in record.ABOUT}


def _undamaged(kept: Path) -> str | None:
    """What a file of the cache holds behind its checksum; None if it is not there or damaged."""
    told, _, text = _text(kept).partition("\n")
    return text if told == _sum(text) else None


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(*owned: tuple[Path, Path]) -> str:
    """32 hex digits that change with anything that verdicts are made from.

    Those are what the project has, and files that the user owns, each with its folder.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    for package in PACKAGES:
        digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    for root, file in (*_files(), *owned):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:32]


def _files() -> Iterator[tuple[Path, Path]]:
    """The library's source, the register, the readings and every table, each with its folder."""
    data = paths.published() / "data"
    yield from _inside(LIBRARY, "*.py")
    yield from _inside(data, "*.yml")
    yield from _inside(data / "results", "*")


def _owned() -> Iterator[tuple[Path, Path]]:
    """The tables in the user's cache: of a data set that the project lacks, or computed again."""
    yield from _inside(paths.cache() / "results", "*")


def _inside(root: Path, pattern: str) -> Iterator[tuple[Path, Path]]:
    for file in sorted(root.rglob(pattern)):
        if file.is_file():
            yield root, file
