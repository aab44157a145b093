"""Files that are replaced as a whole or not at all, and the checkpoints of runs written that way."""

from __future__ import annotations

import io
import os
import pickle
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from asyt.errors import ResultError


def write_atomically(files: Mapping[Path, bytes]) -> None:
    """Write all files or none: each is written and synced beside its place, then all are renamed in order.

    Raises:
        ResultError: a file cannot be written (no space, no permission); what was there before is
            still there.
    """
    staged: dict[Path, Path] = {}
    path = None
    try:
        for path, payload in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path] = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
            with open(staged[path], "xb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in staged.items():
            os.replace(temporary, path)
    except OSError as error:
        raise ResultError(
            f"cannot write {path}: {error.strerror or error}; nothing was changed. "
            "Free some space, or choose a folder you may write to (ASYT_HOME, ASYT_CACHE_DIR), and "
            "run again"
        ) from error
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


class Checkpoint:
    """The state of a run that can be resumed: one file, replaced as a whole.

    Args:
        path: the file; its folder is made on the first save.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._since, self._earlier = time.time(), 0.0

    @property
    def elapsed_s(self) -> float:
        """Seconds since this object was made, and those that the state it loaded has behind it."""
        return self._earlier + time.time() - self._since

    def save(self, state: dict) -> None:
        """Replace the checkpoint by `state` (nested dicts and lists of tensors, numbers, strings).

        Raises:
            ResultError: the state cannot be read back safely, or the file cannot be written; the
                previous checkpoint is then still there.
        """
        import torch

        buffer = io.BytesIO()
        torch.save({"state": state, "elapsed_s": self.elapsed_s}, buffer)
        buffer.seek(0)
        try:
            torch.load(buffer, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError as error:
            reason = str(error).splitlines()[0]
            raise ResultError(
                f"state for {self.path} holds more than tensors, numbers, strings, dicts and "
                f"lists: {reason}"
            ) from error
        write_atomically({self.path: buffer.getvalue()})

    def load(self) -> dict | None:
        """Return the state, tensors on the CPU, or None if there is no checkpoint.

        Raises:
            ResultError: the file is damaged.
        """
        import torch

        if not self.path.is_file():
            return None
        try:
            kept = torch.load(self.path, map_location="cpu", weights_only=True)
            state, self._earlier = kept["state"], kept["elapsed_s"]
        except Exception as error:  # torch raises a dozen kinds on a damaged file
            raise ResultError(
                f"damaged checkpoint {self.path} ({type(error).__name__}): delete it to start the "
                "run again"
            ) from error
        return state

    def remove(self) -> None:
        """Delete the checkpoint; nothing happens if there is none."""
        self.path.unlink(missing_ok=True)
