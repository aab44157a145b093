"""What can only be checked on a GPU, in one run of under ten minutes: `make gpu-check`.

Without a GPU it says so, measures nothing and exits with 2. With one: the tests that need CUDA,
the bench as CUDA graphs, ten epochs against the CPU's, and as many epochs of a thousand chips on
MNIST as fit into the time, extrapolated to the published length. Whatever fails is recorded, the
rest goes on, and the exit code is 1 in the end.
"""

import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from asyt import experiments, results
from asyt.experiments import mnist

ABSENT = 2
CHIPS = 1000
EPOCHS = 10  # that are compared with the CPU's
POINTS = 0.005  # of accuracy: what rounding on another processor may make of ten epochs
TRAINING_SECONDS = 45.0  # for the large population
PLACE = Path(results.__file__).parents[2] / "data" / "gpu-check.json"


def accuracies(compute: str) -> dict[tuple, float]:
    """Of ten epochs of the noiseless run of MNIST."""
    config = replace(experiments.jobs("mnist", "paper")[0], epochs=EPOCHS, noise_db=None)
    trainer = mnist.build(config, compute)
    rows = trainer.fit(lambda epoch: epoch == EPOCHS)
    return {(row["method"], row["fleet"], row["chip"]): row["accuracy"] for row in rows}


def agreement() -> dict[str, float]:
    """Largest difference of the last accuracies between GPU and CPU."""
    ours, theirs = accuracies("cuda"), accuracies("cpu")
    return {"epochs": EPOCHS, "largest difference": max(abs(ours[k] - theirs[k]) for k in theirs)}


def population() -> dict[str, float]:
    """Seconds an epoch of many chips, measured for a while; the published length extrapolated."""
    published = experiments.jobs("mnist", "paper")[0]
    trainer = mnist.build(replace(published, devices=CHIPS), "cuda")
    trainer.run_epoch()  # the first one also compiles
    torch.cuda.synchronize()
    start, epochs = time.monotonic(), 0
    while time.monotonic() - start < TRAINING_SECONDS:
        trainer.run_epoch()
        torch.cuda.synchronize()
        epochs += 1
    seconds = (time.monotonic() - start) / epochs
    hours = seconds * published.epochs / 3600
    return {"chips": CHIPS, "epochs": epochs, "s an epoch": seconds, "extrapolated hours": hours}


def bench() -> dict[str, float]:
    """The ratios of `asyt bench`, as CUDA graphs."""
    command = ["asyt", "bench", "--compute", "cuda", "--format", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def tests() -> dict[str, int]:
    """The tests that need CUDA, with whatever warnings its torch has."""
    command = [sys.executable, "-m", "pytest", "-q", "-W", "default", "tests/test_cuda.py"]
    subprocess.run(command, check=True)
    return {"exit code": 0}


STEPS = (tests, bench, agreement, population)


def found(step: Callable[[], dict[str, float]]) -> dict[str, Any]:
    """What a step measures, or how it failed."""
    try:
        return step()
    except Exception as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}


def fails(measured: dict[str, Any]) -> bool:
    """Whether a step failed, or the accuracies are too far from the CPU's."""
    failed = any("failed" in measured[step.__name__] for step in STEPS)
    return failed or measured["agreement"]["largest difference"] > POINTS


def main() -> int:
    """All of it; returns the exit code."""
    if not torch.cuda.is_available():
        print("gpu-check: this machine, or this build of torch, has no CUDA device: nothing done.")
        return ABSENT
    measured: dict[str, Any] = {"gpu": torch.cuda.get_device_name()}
    for step in STEPS:
        measured[step.__name__] = found(step)
    text = json.dumps(measured, indent=2) + "\n"
    PLACE.write_text(text)
    print(text, end="")
    return int(fails(measured))


if __name__ == "__main__":
    sys.exit(main())
