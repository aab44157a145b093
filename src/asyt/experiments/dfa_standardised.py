"""Light-in-the-loop on standardised pixels: the runs of `dfa` that claims are judged by, once more.

Silent in the paper; a mean of 0 and a deviation of 1 is usual in the libraries that it cites.
"""

from dataclasses import dataclass
from typing import Any

from asyt.experiments import _dfa, dfa, tasks
from asyt.experiments.base import Experiment, Seeds
from asyt.training import Data

READING = "standardised"
#: The variants of `dfa` with a claim, and back-propagation, their ceiling.
JUDGED = ("dfa-optical", "dfa-ternary", "dfa", "bp")


@dataclass(frozen=True)
class Config(_dfa.Config):
    """A run of `dfa` that differs in the scale of its inputs alone."""

    @property
    def columns(self) -> dict[str, Any]:
        """As of `dfa`, with the reading."""
        return {"reading": READING, **super().columns}

    def data(self) -> Data:
        """The task, pixels of mean 0 and deviation 1 over the training set."""
        return tasks.load(
            self.dataset,
            samples=self.samples,
            scale=tasks.SCALES[READING],
        )


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """Every judged method with the seeds that it has in `dfa`, at the rate of its claim."""
    rates = {method: rate for method, rate, _ in reversed(dfa.VARIANTS)}
    runs = []
    for run in dfa.plan(profile, seeds):
        if run.method in JUDGED and run.rate == rates[run.method]:
            runs.append(Config(**vars(run)))
    return runs


PROFILES = {name: Config(**vars(config)) for name, config in dfa.PROFILES.items()}
EXPERIMENT = Experiment(
    "dfa-standardised",
    PROFILES,
    plan,
    _dfa.run,
    gpu=False,
)
