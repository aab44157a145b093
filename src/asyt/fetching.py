"""One data file from the first source that has it intact: cache, data folder, registry package, web.

Whichever way a file came, its content is checked before it is used or kept. Cache and data folder
have the same layout (FOLDER/NAME, files as published), so either can stand in for the other.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import textwrap
import uuid
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asyt import idx, paths
from asyt.errors import DataError
from asyt.packages import Package

WEB_SECONDS = 8  # how long a web address may stay silent


@dataclass(frozen=True)
class DataFile:
    """A file as published, and how to know it.

    Attributes:
        folder, name: where it lies below the cache and below $ASYT_DATA_DIR.
        sha256: of the decompressed bytes (two mirrors of one file can differ in their gzip
            headers).
        md5: of the file as published, where that is all that is known.
        axes: axes of the IDX array in it; 0 if it is not an IDX file.
        package: registry package that carries it.
        urls: official address, then mirrors.
        hint: advice for whoever cannot get it.
    """

    folder: str
    name: str
    sha256: str | None = None
    md5: str | None = None
    axes: int = 0
    package: Package | None = None
    urls: tuple[str, ...] = ()
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class Held:
    """A checked file: where it lies, its decompressed bytes, the kind of its source."""

    path: Path
    content: bytes
    source: str


class _NotThereError(DataError):
    """This source has no such file: no reason to warn if another one does."""


def check(file: DataFile, raw: bytes) -> bytes:
    """Return the decompressed content of `raw`, the bytes of `file` as they lie on disk or came in.

    Raises:
        DataError: if they are damaged, not the IDX array they should be, or have the wrong hash.
    """
    content = idx.gunzip(raw, str(file)) if file.name.endswith(".gz") else raw
    if file.axes:
        idx.parse(content, str(file), file.axes)
    if file.sha256 is not None:
        found = hashlib.sha256(content).hexdigest()
        if found != file.sha256:
            raise DataError(f"{file}: wrong sha256 of the content: {found}, expected {file.sha256}")
    if file.md5 is not None:
        found = hashlib.md5(raw, usedforsecurity=False).hexdigest()
        if found != file.md5:
            raise DataError(f"{file}: wrong md5: {found}, expected {file.md5}")
    return content


def places(file: DataFile) -> dict[str, Path]:
    """Where `file` may lie here: {"cache": path, "data folder": path, only if $ASYT_DATA_DIR is set}."""
    found = {"cache": paths.cache().absolute() / "data" / file.folder / file.name}
    if os.environ.get("ASYT_DATA_DIR"):
        found["data folder"] = (
            Path(os.environ["ASYT_DATA_DIR"]).absolute() / file.folder / file.name
        )
    return found


def obtain(
    files: Sequence[DataFile], *, keep: bool = False, report: Callable[[str], None] | None = None
) -> list[Held]:
    """Get every file, checked, from the first source that has it intact.

    What came from a package or the web, and what replaces a damaged cached file, is written to the
    cache.

    Args:
        files: what to get.
        keep: also copy files found in $ASYT_DATA_DIR to the cache.
        report: called with one line before each attempt that may take long.

    Returns:
        One `Held` a file, in order.

    Raises:
        DataError: if no source has a file intact, or the cache cannot be written.

    Warns:
        UserWarning: for a damaged file that another source replaced.
    """
    unpacked: dict[str, dict[str, bytes] | str] = {}
    return [_obtain(file, keep, report or (lambda line: None), unpacked) for file in files]


def _obtain(file: DataFile, keep: bool, report: Callable[[str], None], unpacked: dict) -> Held:
    tried, damaged = [], []
    for kind, where, read in _sources(file, report, unpacked):
        try:
            raw = read()
            content = check(file, raw)
        except _NotThereError as reason:
            tried.append(f"{where}: {reason}")
            continue
        except DataError as reason:
            tried.append(f"{where}: {reason}")
            damaged.append((kind, tried[-1]))
            continue
        repair = any(broken == "cache" for broken, _ in damaged)
        if kind in ("package", "download") or (kind == "data folder" and (keep or repair)):
            path = _store(file, raw)
        else:
            path = places(file)[kind]
        for _, reason in damaged:
            warnings.warn(
                f"{file} was taken from the {kind} ({where}) instead of {reason}", stacklevel=4
            )
        return Held(path, content, kind)
    if not (file.package or file.urls):
        tried.append("no registry package and no download address is known for this file")
    raise DataError(
        f"{file} could not be had. Tried:\n"
        + textwrap.indent("\n".join(tried), "  - ", lambda line: True)
        + f"\nTo supply it, put the published file at FOLDER/{file} and set ASYT_DATA_DIR=FOLDER."
        + (f" {file.hint}" if file.hint else "")
    )


def _sources(file: DataFile, report: Callable[[str], None], unpacked: dict) -> Iterator[tuple]:
    """Yield (kind, where, function that reads the file or raises DataError), in the order to try."""
    known = places(file)
    for kind, path in known.items():
        yield kind, f"{kind} {path}", lambda path=path: _read(path)
    if "data folder" not in known:
        yield "data folder", "$ASYT_DATA_DIR", _unset
    if file.package:
        yield "package", file.package.label, lambda: _from_package(file, report, unpacked)
    for url in file.urls:
        yield "download", url, lambda url=url: _download(url, report)


def _unset() -> bytes:
    raise _NotThereError("not set")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _NotThereError("no such file") from None
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}") from None


def _from_package(file: DataFile, report: Callable[[str], None], unpacked: dict) -> bytes:
    """Unpack the file's package once a call of `obtain`; a failure is remembered as its reason."""
    label = file.package.label
    if label not in unpacked:
        report(f"{file}: fetching {label}")
        try:
            with tempfile.TemporaryDirectory(prefix="asyt-") as folder:
                unpacked[label] = file.package.unpack(Path(folder))
        except (DataError, OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            unpacked[label] = str(error) or type(error).__name__
    if isinstance(unpacked[label], str):
        raise _NotThereError(unpacked[label])
    if file.name not in unpacked[label]:
        raise _NotThereError("the package does not hold this file")
    return unpacked[label][file.name]


def _download(url: str, report: Callable[[str], None]) -> bytes:
    import pooch

    report(f"downloading {url}")
    try:
        with tempfile.TemporaryDirectory(prefix="asyt-") as folder:
            target = Path(folder) / "file"
            pooch.HTTPDownloader(timeout=WEB_SECONDS)(url, str(target), None)
            return target.read_bytes()
    except (OSError, ValueError) as error:  # every error of requests is an OSError
        raise _NotThereError(
            textwrap.shorten(str(error).rpartition("(Caused by ")[2], 200)
        ) from None


def _store(file: DataFile, raw: bytes) -> Path:
    """Write a file to the cache in one step: others see the old file or the whole new one."""
    target = places(file)["cache"]
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(raw)
        os.replace(part, target)
    except OSError as error:
        raise DataError(
            f"cannot write {target.name} to the cache folder {target.parent} ({error.strerror}): "
            "make that folder writable, free some space, or set $ASYT_CACHE_DIR to another folder"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return target
