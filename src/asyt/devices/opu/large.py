"""A projection too large to store: 1e5 outputs of 1e6 inputs, block row by block row, resumable after a kill.

python -m asyt.devices.opu.large --inputs 1000000 --first 0 --last 100000 --folder projection
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from asyt import streams
from asyt.checkpoints import write_atomically
from asyt.devices.opu import medium
from asyt.errors import AsytError, ResultError


def dense_input(inputs: int, seed: int) -> np.ndarray:
    """A dense random input (1, inputs), float32, standard normal: no column of the matrix may be left out."""
    return streams.normal((1, inputs), "subset", seed).numpy().astype(np.float32)


def project(
    vector: np.ndarray, rows: range, seed: int, folder: Path, seconds: float = float("inf")
) -> dict:
    """Project one vector (real part of the field), saving after each block row; continues what `folder` holds.

    Args:
        vector: (1, inputs).
        rows: outputs wanted, contiguous.
        seed: of the medium.
        folder: where `values.f4` (the outputs, float32) and progress are kept.
        seconds: stop (to be resumed) once this much time has passed.

    Returns:
        rows, inputs, seed, done (outputs finished), seconds (over all calls), peak_rss_mib (largest
        of all calls).

    Raises:
        AsytError: no outputs or no inputs.
        ResultError: the folder belongs to another projection.
    """
    if len(rows) < 1 or vector.size < 1:
        raise AsytError(f"{len(rows)} outputs of {vector.size} inputs: both must be at least 1.")
    folder.mkdir(parents=True, exist_ok=True)
    asked = {"rows": [rows.start, rows.stop], "inputs": vector.shape[1], "seed": seed}
    asked["digest"] = float(np.abs(vector).sum())
    note, values = folder / "progress.json", folder / "values.f4"
    state = (
        json.loads(note.read_text())
        if note.exists()
        else {**asked, "done": 0, "seconds": 0.0, "peak_rss_mib": 0.0}
    )
    if {key: state[key] for key in asked} != asked:
        raise ResultError(f"{folder} holds another projection ({state}): give an empty folder.")
    start, before = time.perf_counter(), state["seconds"]
    with values.open("r+b" if values.exists() else "w+b") as file:
        while state["done"] < len(rows) and state["seconds"] - before < seconds:
            part = rows[state["done"] : state["done"] + medium.ROWS]
            file.seek(4 * state["done"])
            file.write(medium.product(vector, seed, part, 0)[0].astype("<f4").tobytes())
            file.flush()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            state |= {
                "done": state["done"] + len(part),
                "seconds": before + time.perf_counter() - start,
                "peak_rss_mib": max(state["peak_rss_mib"], peak),
            }
            write_atomically({note: json.dumps(state).encode()})
    return state


def main(arguments: list[str]) -> None:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=100_000, help="the output after the last one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args(arguments)
    vector = dense_input(given.inputs, given.seed)
    print(json.dumps(project(vector, range(given.first, given.last), given.seed, given.folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
