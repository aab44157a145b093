"""Disks that are full or cannot be written: small ones of their own where they may be mounted."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from asyt.experiments.trials.outcome import RUN, Bench, Tried
from asyt.experiments.trials.processes import Command

SIZE = 2**20
#: Bytes that a file may have where no disk may be mounted: less than a checkpoint.
QUOTA = 4096
FIGURE = ("figure", "asyt-fig6ab", "--out")


def mountable() -> bool:
    """Whether this user may mount a disk in memory."""
    if os.name != "posix" or not hasattr(os, "geteuid"):
        return False
    return os.geteuid() == 0 and _try_mount()


def _try_mount() -> bool:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            with _disk(Path(folder)):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """A small disk in memory at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _quietly("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder))
    try:
        yield
    finally:
        _quietly("umount", str(folder))


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _fill(folder: Path) -> Path:
    """Write until nothing more fits; returns the file to remove."""
    filler = folder / ".filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(1024)):
            pass
    return filler


def full(bench: Bench) -> None:
    """No space left for checkpoints, for the store, for figures."""
    if not mountable():
        return _quota(bench)
    size = f"tmpfs of {SIZE // 1024} kB"
    for part in ("checkpoints", "results"):
        row = bench.row(f"full disk for {part}", size)
        cache = bench.cache()
        with _disk(cache / part):
            filler = _fill(cache / part)
            ended = Command(RUN, cache).end()
            bench.look(row, cache, ended, "cannot write")
            filler.unlink()
            bench.resume(row, cache)
    row = bench.row("full disk for figures", size)
    out = bench.cache()
    draw = (*FIGURE, str(out))
    with _disk(out):
        filler = _fill(out)
        ended = Command(draw, bench.cache()).end()
        bench.look(row, out, ended, "cannot write")
        filler.unlink()
        again = Command(draw, bench.cache()).end()
        drawn = list(out.rglob("*.svg"))
        row.same += again.code == 0 and len(drawn) == 1
    return None


def _quota(bench: Bench) -> None:
    row = bench.row("no space for a file", f"limit on its size (RLIMIT_FSIZE, {QUOTA} bytes)")
    cache = bench.cache()
    ended = Command(RUN, cache, largest=QUOTA).end()
    bench.look(row, cache, ended, "cannot write")
    bench.resume(row, cache)


def read_only(bench: Bench) -> None:
    """A store, and a whole cache in HOME, that cannot be written."""
    if not mountable():  # permissions do not bind the administrator, a mounted disk does
        row = bench.row("read-only cache", "permissions of the folder")
        cache = bench.cache()
        cache.mkdir()
        cache.chmod(0o555)
        _refused(bench, row, cache)
        cache.chmod(0o755)
        return bench.resume(row, cache)
    for part in ("results", "checkpoints", ""):
        row = bench.row(f"read-only {part or 'HOME'}", "disk mounted read-only")
        cache = bench.cache()
        with _disk(cache / part):
            _quietly("mount", "-o", "remount,ro", str(cache / part))
            _refused(bench, row, cache)
            _quietly("mount", "-o", "remount,rw", str(cache / part))
            bench.resume(row, cache)
    return None


def _refused(bench: Bench, row: Tried, cache: Path) -> None:
    """Refused before anything is computed."""
    ended = Command(RUN, cache).end()
    bench.look(row, cache, ended, "cannot write")
