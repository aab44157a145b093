"""AsyT Fig. 5c: KMNIST, and a substitute for it, on the same populations and with the same settings as MNIST."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from asyt import experiments, results
from asyt.claims import Measurement
from asyt.figures import Drawing, family
from asyt.figures.mnist_runs import MEAN_SQUARE, NOISELESS, build, on, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "build", "draw", "jobs", "measurements", "run"]

EXPERIMENT = "kmnist"
PAGE = "mnist-family.html"
TASK = family.Task(EXPERIMENT, PAGE, family.accuracy_claims("5c"))
CLAIMS = tuple(TASK.claims.values())
FIGURES = {
    "asyt-fig5c": Drawing(
        EXPERIMENT,
        "draw",
        "A substitute for KMNIST (8,000 training and 2,000 test images out of its test set), [784, "
        "256, 256, 10]: "
        "test accuracy without noise and under 10 dB in the reading that decides for the other "
        "data sets. Lines are "
        "means with 95 % bands over chips and seeds, as many as each title says; in-silico BP: "
        "median and 5-95 % "
        "range of 100 chips a seed. Diamonds are the values the paper reports for the standard "
        "set, which this is "
        "not. The lower row enlarges the top of the upper.",
        "Accuracy against epoch in two panels, without noise and with it; ideal BP highest, AsyT "
        "below it, in-silico "
        "BP far below.",
    ),
}
PROFILES, jobs = on("kmnist-substitute", (MEAN_SQUARE,), once=(NOISELESS,))
#: The standard 60,000 images where their files exist: `asyt run kmnist --profile standard`.
PROFILES["standard"] = replace(PROFILES["paper"], dataset="kmnist")
draw = partial(family.draw, task=TASK)


def measurements(profile: str = "standard") -> list[Measurement]:
    """Our values for the rows of Fig. 5c, once all runs on the standard set are stored; a substitute earns none."""
    runs = jobs(profile)
    stored = [results.stored(EXPERIMENT, experiments.store(EXPERIMENT, config)) for config in runs]
    if not all(
        results.config_hash(config) in held for config, held in zip(runs, stored, strict=True)
    ):
        return []
    return family.measurements(TASK, profile)
