"""Files that are replaced as a whole or not at all, and checkpoints of runs written that way."""

import contextlib
import hashlib
import io
import os
import pickle
import platform
import re
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from asyt import locks
from asyt.errors import ResultError

#: Begins a checkpoint, before the sha256 of what follows.
MAGIC = b"asyt checkpoint 1\n"
#: A file of a process of another machine, which cannot be asked, is left behind after a day.
_STALE_S = 86_400.0
_TEMPORARY = re.compile(r"\..+\.(?P<owner>\d+@[^@]*)\.[0-9a-f]{32}\.tmp")


def write_atomically(files: Mapping[Path, bytes]) -> None:
    """Write all files or none: each is synced beside its place, then all are renamed in order.

    What a killed process left half-written in the same folders is removed.

    Raises:
        ResultError: a file cannot be written; what was there before is still there.
    """
    staged: dict[Path, Path] = {}
    path = None
    try:
        for path, payload in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path.parent)
            staged[path] = path.with_name(f".{path.name}.{owner()}.{uuid.uuid4().hex}.tmp")
            with open(staged[path], "xb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in staged.items():
            os.replace(temporary, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        for temporary in staged.values():
            _drop(temporary)


def check_writable(folder: Path) -> None:
    """Make a folder; raise ResultError if files cannot be written to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


class Checkpoint:
    """The state of a run that can be resumed: one file, replaced as a whole.

    `processor` is where the run is carried out, cpu or cuda; without one any state is loaded.
    """

    def __init__(self, path: Path, processor: str | None = None) -> None:
        self.path = Path(path)
        self.processor = processor
        self._since = time.monotonic()  # no clock that can be set back
        self._earlier = 0.0

    @property
    def elapsed_s(self) -> float:
        """Seconds since this object was made, and those that the state it loaded has behind it."""
        return self._earlier + time.monotonic() - self._since

    def exists(self) -> bool:
        """Whether there is a state to continue from."""
        return self.path.is_file()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from the same run meanwhile; the system ends the lock of a dead process.

        Raises:
            ResultError: another process is at this run, or the lock cannot be written.
        """
        lock = self.path.with_name(f"{self.path.name}.lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            file = locks.take(lock, owner())
        except BlockingIOError:
            holder = locks.holder(lock).split("@")[0]
            raise ResultError(
                f"process {holder} is computing this run: wait for it, or end it (its lock is "
                f"{lock})"
            ) from None
        except OSError as error:
            raise _unwritable(lock, error) from error
        try:
            yield
        finally:
            _drop(lock)
            file.close()

    def save(self, state: dict) -> None:
        """Replace the checkpoint by `state` (nested dicts and lists of tensors, numbers, strings).

        Raises:
            ResultError: it cannot be read back safely or written; the previous one is still there.
        """
        import torch

        buffer = io.BytesIO()
        kept = {
            "state": state,
            "elapsed_s": self.elapsed_s,
            "processor": self.processor,
        }
        torch.save(kept, buffer)
        buffer.seek(0)
        try:
            torch.load(buffer, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError as error:
            raise ResultError(
                f"state for {self.path} holds more than tensors, numbers, strings, dicts and "
                f"lists: {str(error).splitlines()[0]}"
            ) from error
        payload = buffer.getvalue()
        write_atomically({self.path: _header(payload) + payload})

    def load(self) -> dict | None:
        """Return the state, tensors on the CPU, or None.

        Raises:
            ResultError: a damaged file, or a run that began on another processor: its numbers
                would be of both, and its record name one.
        """
        import torch

        if not self.exists():
            return None
        try:
            content = self.path.read_bytes()
            start = len(MAGIC) + hashlib.sha256().digest_size
            payload = content[start:]
            if content[:start] != _header(payload):
                raise ValueError("it does not have the sha256 that was written with it")
            kept = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
            state, self._earlier = kept["state"], kept["elapsed_s"]
        except Exception as error:  # torch raises a dozen kinds on a damaged file
            raise ResultError(
                f"damaged checkpoint {self.path} ({type(error).__name__}: {error}): delete it to "
                "start the run again"
            ) from error
        began = kept.get("processor") or self.processor
        if self.processor and began != self.processor:
            raise ResultError(
                f"{self.path} began on {began}: continue it with --compute {began}, or start again "
                f"on {self.processor} with --force"
            )
        return state

    def remove(self) -> None:
        """Delete the checkpoint; nothing happens if there is none."""
        self.path.unlink(missing_ok=True)


def _header(payload: bytes) -> bytes:
    return MAGIC + hashlib.sha256(payload).digest()


def owner() -> str:
    """This process, as locks and half-written files name it."""
    return f"{os.getpid()}@{re.sub('[^A-Za-z0-9-]', '-', platform.node())}"


def _alive(maker: str, file: Path) -> bool:
    """Whether the process that made a file still runs, as far as can be told."""
    process, _, machine = maker.partition("@")
    here = machine == owner().partition("@")[2]
    if here and process.isdigit() and os.name == "posix":
        try:
            with contextlib.suppress(PermissionError):  # of another user
                os.kill(int(process), 0)  # no signal: asks only
        except ProcessLookupError:
            return False
        return True
    return time.time() - file.stat().st_mtime < _STALE_S


def _sweep(folder: Path) -> None:
    """Remove what killed processes left half-written."""
    for file in folder.glob(".*.tmp"):
        match = _TEMPORARY.fullmatch(file.name)
        with contextlib.suppress(OSError):  # another process may sweep too
            if match and not _alive(match["owner"], file):
                file.unlink()


def _drop(file: Path) -> None:
    with contextlib.suppress(OSError):  # where the disk has turned read-only
        file.unlink()


def _unwritable(path: Path | None, error: OSError) -> ResultError:
    return ResultError(
        f"cannot write {path}: {error.strerror or error}; nothing was changed. "
        "Free some space, or choose a folder you may write to (ASYT_HOME, ASYT_CACHE_DIR), and "
        "run again"
    )
