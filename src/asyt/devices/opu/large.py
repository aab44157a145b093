"""A projection too large to store, block row by block row, resumable after a kill.

python -m asyt.devices.opu.large --inputs 1000000 --first 0 --last 100000 --folder projection
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from asyt import streams
from asyt.checkpoints import write_atomically
from asyt.devices.opu import medium
from asyt.errors import AsytError, ResultError

#: File of the progress of a projection.
NOTE = "progress.json"


def dense_input(inputs: int, seed: int) -> np.ndarray:
    """A random input (1, inputs), float32, that leaves no column of the matrix out."""
    drawn = streams.normal((1, inputs), "subset", seed)
    return drawn.numpy().astype(np.float32)


def project(
    vector: np.ndarray,
    rows: range,
    seed: int,
    folder: Path,
    seconds: float = math.inf,
) -> dict[str, Any]:
    """Project one vector (real part of the field), saved after each block row; or go on with it.

    Args:
        vector: (1, inputs).
        rows: outputs wanted, contiguous.
        seed: of the medium.
        folder: where `values.f4` (the outputs, float32) and progress are kept.
        seconds: after which it stops, to be resumed.

    Returns:
        rows, inputs, seed, and of all calls: done (outputs), seconds, peak_rss_mib.

    Raises:
        AsytError: no outputs or no inputs.
        ResultError: the folder belongs to another projection.
    """
    if len(rows) < 1 or vector.size < 1:
        raise AsytError(f"{len(rows)} outputs of {vector.size} inputs: both must be at least 1.")
    folder.mkdir(parents=True, exist_ok=True)
    state = _progress(vector, rows, seed, folder)
    values = folder / "values.f4"
    start = time.perf_counter()
    before = state["seconds"]
    with values.open("r+b" if values.exists() else "w+b") as file:
        while state["done"] < len(rows) and state["seconds"] - before < seconds:
            done = state["done"]
            block_row = rows[done : done + medium.ROWS]
            projected = medium.product(vector, seed, block_row, 0)[0]
            file.seek(4 * done)
            file.write(projected.astype("<f4").tobytes())
            file.flush()
            state["done"] += len(block_row)
            state["seconds"] = before + time.perf_counter() - start
            state["peak_rss_mib"] = max(state["peak_rss_mib"], _peak_mib())
            write_atomically({folder / NOTE: json.dumps(state).encode()})
    return state


def _progress(
    vector: np.ndarray,
    rows: range,
    seed: int,
    folder: Path,
) -> dict[str, Any]:
    """What has been done in `folder` of this projection, and of no other."""
    asked = {
        "rows": [rows.start, rows.stop],
        "inputs": vector.shape[1],
        "seed": seed,
        "digest": float(np.abs(vector).sum()),
    }
    note = folder / NOTE
    if not note.exists():
        return {
            **asked,
            "done": 0,
            "seconds": 0.0,
            "peak_rss_mib": 0.0,
        }
    state = json.loads(note.read_text())
    begun = {key: state[key] for key in asked}
    if begun != asked:
        raise ResultError(f"{folder} holds another projection ({state}): give an empty folder.")
    return state


def _peak_mib() -> float:
    """Largest memory of this process so far."""
    try:
        import resource
    except ImportError as error:
        raise AsytError(
            "this system does not tell the memory used: run on Linux or macOS"
        ) from error
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=100_000, help="the output after the last one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    vector = dense_input(options.inputs, options.seed)
    rows = range(options.first, options.last)
    done = project(vector, rows, options.seed, options.folder)
    print(json.dumps(done))


if __name__ == "__main__":
    main(sys.argv[1:])
