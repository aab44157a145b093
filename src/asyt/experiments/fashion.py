"""Fashion-MNIST (AsyT Fig. 5b): the populations and settings of MNIST."""

from __future__ import annotations

from dataclasses import replace

from asyt.experiments import mnist
from asyt.experiments.base import Experiment, Seeds

PROFILES = {
    name: replace(config, dataset="fashion-mnist") for name, config in mnist.PROFILES.items()
}


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[mnist.Config]:
    """The noise that decides alone: a run is half an hour of a processor."""
    return mnist.runs(PROFILES[profile], [mnist.MEAN_SQUARE], seeds or mnist.SEEDS, devices)


EXPERIMENT = Experiment("fashion", PROFILES, plan, mnist.run, population=True)
