"""AsyT Fig. 5b: Fashion-MNIST, on the same populations and with the same settings as MNIST."""

from __future__ import annotations

from functools import partial

from asyt.claims import Measurement
from asyt.figures import Drawing, family
from asyt.figures.mnist_runs import MEAN_SQUARE, build, on, run

__all__ = ["CLAIMS", "FIGURES", "PROFILES", "build", "draw", "jobs", "measurements", "run"]

EXPERIMENT = "fashion"
PAGE = "mnist-family.html"
TASK = family.Task(EXPERIMENT, PAGE, family.accuracy_claims("5b"))
CLAIMS = tuple(TASK.claims.values())
FIGURES = {
    "asyt-fig5b": Drawing(
        EXPERIMENT,
        "draw",
        "Fashion-MNIST, [784, 256, 256, 10]: test accuracy under 10 dB of noise in the reading "
        "that decides. Lines "
        "are means with 95 % bands over 5 chips x 3 seeds; in-silico BP: median and 5-95 % range "
        "of 100 chips x 3 "
        "seeds. Diamonds are the values the paper reports. The lower row enlarges the top of the "
        "upper.",
        "Accuracy against epoch: AsyT rises to two thirds and then falls to a fifth, ideal BP "
        "keeps rising, "
        "in-silico BP stays near 40 %.",
    ),
}
#: The noise that decides alone: a run is half an hour of a processor.
PROFILES, jobs = on("fashion-mnist", (MEAN_SQUARE,))
draw = partial(family.draw, task=TASK)


def measurements(profile: str = "paper") -> list[Measurement]:
    """Our values for the rows of Fig. 5b, in the reading that decides."""
    return family.measurements(TASK, profile)
