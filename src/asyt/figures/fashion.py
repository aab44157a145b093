"""AsyT Fig. 5b: Fashion-MNIST, on the same populations and with the same settings as MNIST."""

from __future__ import annotations

from functools import partial

from asyt.claims import Measurement
from asyt.figures import Drawing, family
from asyt.figures.mnist_runs import on, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "draw", "jobs", "measurements", "readings", "run"]

EXPERIMENT = "fashion"
PAGE = "mnist-family.html"
TASK = family.Task(EXPERIMENT, PAGE, family.accuracy_claims("5b"))
CLAIMS = tuple(TASK.claims.values())
FIGURES = {
    "asyt-fig5b": Drawing(
        EXPERIMENT, "draw",
        "Fashion-MNIST, [784, 256, 256, 10]: test accuracy under readings of the paper's noise. Lines are means "
        "with 95 % bands over 5 chips x 3 seeds (in-silico BP: median and 5-95 % range of 100 chips x 3 seeds); "
        "diamonds are the values the paper reports. The lower row "
        "enlarges the top of the upper.",
        "Accuracy against epoch, a panel a reading of the noise; ideal BP highest, AsyT below it, in-silico BP far "
        "below.",
    ),
}  # fmt: skip
PROFILES, jobs = on("fashion-mnist")
draw, readings = (partial(f, task=TASK) for f in (family.draw, family.readings))


def measurements(profile: str = "paper") -> list[Measurement]:
    """Our values for the rows of Fig. 5b, in the reading that decides."""
    return family.measurements(TASK, profile)
