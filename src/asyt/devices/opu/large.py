"""A projection too large to store: 1e5 outputs of 1e6 inputs, block row by block row, resumable after a kill.

python -m asyt.devices.opu.large --outputs 100000 --inputs 1000000 --folder /tmp/projection
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
from asyt.devices.opu import medium
from asyt.errors import AsytError, ResultError


def dense_input(inputs: int, seed: int) -> np.ndarray:
    """A dense random input (1, inputs), float32, standard normal: no column of the matrix may be left out."""
    return streams.normal((1, inputs), "subset", seed).numpy().astype(np.float32)


def project(vector: np.ndarray, outputs: int, seed: int, folder: Path, seconds: float = float("inf")) -> dict:
    """Project one vector (the real part), saving after each block row; continues what `folder` already holds.

    Args:
        vector: (1, inputs).
        outputs: rows of the matrix.
        seed: of the medium.
        folder: where result and progress are kept.
        seconds: stop (to be resumed) once this much time has passed.

    Returns:
        outputs, inputs, seed, done (outputs finished), entries (made in this call), seconds, peak_rss_mib.

    Raises:
        AsytError: no outputs or no inputs.
        ResultError: the folder belongs to another projection.
    """
    if outputs < 1 or vector.size < 1:
        raise AsytError(f"{outputs} outputs of {vector.size} inputs: both must be at least 1.")
    folder.mkdir(parents=True, exist_ok=True)
    asked = {"outputs": outputs, "inputs": vector.shape[1], "seed": seed, "digest": float(np.abs(vector).sum())}
    note, values = folder / "progress.json", folder / "values.f4"
    state = json.loads(note.read_text()) if note.exists() else {**asked, "done": 0}
    if {key: state[key] for key in asked} != asked:
        raise ResultError(f"{folder} holds another projection ({state}): give an empty folder.")
    start, first = time.perf_counter(), state["done"]
    with values.open("r+b" if values.exists() else "w+b") as file:
        while state["done"] < outputs and time.perf_counter() - start < seconds:
            rows = range(state["done"], min(outputs, state["done"] + medium.ROWS))
            file.seek(4 * rows.start)
            file.write(medium.product(vector, seed, rows, 0)[0].astype("<f4").tobytes())
            file.flush()
            state["done"] = rows.stop
            scratch = folder / "progress.json.new"
            scratch.write_text(json.dumps(state))
            scratch.replace(note)
    taken = time.perf_counter() - start
    return {**state, "entries": (state["done"] - first) * vector.shape[1], "seconds": taken,
            "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def main(arguments: list[str]) -> None:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outputs", type=int, default=100_000)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    given = parser.parse_args(arguments)
    vector = dense_input(given.inputs, given.seed)
    print(json.dumps(project(vector, given.outputs, given.seed, given.folder, given.seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
