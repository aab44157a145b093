"""A file that one process holds at a time; the system lets go of it when the process ends.

A number of a process in a file would not do: numbers are used again, and nobody can ask for a
process of another machine. The lock holds across machines where their file system has locks.
"""

import os
from pathlib import Path
from typing import TextIO


def take(path: Path, owner: str) -> TextIO:
    """Lock a file and write the owner into it; returns it open, closing it ends the lock.

    Raises:
        BlockingIOError: another process, or another call in this one, holds it.
        OSError: it cannot be written, or its file system has no locks.
    """
    while True:
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  it is handed on open
        try:
            _lock(file)
            if _is(path, file):
                file.truncate(0)
                file.write(owner)
                file.flush()
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # its last holder removed it meanwhile: that one locks nobody out


def holder(path: Path) -> str:
    """What the holder wrote into it; "another" if that cannot be told."""
    try:
        return path.read_text(encoding="utf-8") or "another"
    except (OSError, ValueError):
        return "another"


def _is(path: Path, file: TextIO) -> bool:
    """Whether an open file still is the one at its place."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: TextIO) -> None:
    try:
        import fcntl
    except ImportError:  # Windows, where the locked byte lies behind the text, which stays readable
        import msvcrt

        file.seek(2**20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError as error:
            raise BlockingIOError(*error.args) from error
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
