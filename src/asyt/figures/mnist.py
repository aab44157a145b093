"""AsyT Fig. 5a: what the MNIST runs give, drawn and judged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch

from asyt.claims import Measurement
from asyt.figures import Drawing, family
from asyt.figures.family import NOISE_TITLES, PRIMARY, summary
from asyt.figures.mnist_runs import PROFILES, SEEDS, VARIANTS, Config, build, jobs, run
from asyt.training import Data

__all__ = [
    "CLAIMS",
    "NOISE_TITLES",
    "PRIMARY",
    "PROFILES",
    "SEEDS",
    "VARIANTS",
    "Config",
    "build",
    "jobs",
    "measurements",
    "run",
    "summary",
]

EXPERIMENT = "mnist"
PAGE = "mnist.html"
CLAIMS = (
    "asyt-5a-asyt",
    "asyt-5a-bp",
    "asyt-5a-insilico",
    "asyt-s-mixing",
    "asyt-s-noise",
    "asyt-s-training",
    "asyt-s-same-init",
)
FIGURES = {
    "asyt-fig5a": Drawing(
        "mnist",
        "draw",
        "MNIST, [784, 256, 256, 10]: test accuracy under three readings of the paper's noise. "
        "Lines are means with "
        "95 % bands over 5 chips x 3 seeds (in-silico BP: median and 5-95 % range of 100 chips x 3 "
        "seeds); diamonds "
        "are the values the paper reports. The lower row enlarges the top of the upper.",
        "Accuracy against epoch in three panels, without noise and with 10 dB in two readings; "
        "ideal BP highest, AsyT "
        "below it, in-silico BP far below.",
    ),
    "asyt-fig5a-distortion": Drawing(
        "mnist",
        "draw_distortion",
        "In-silico BP on MNIST against the size of the distortion: each dot is one of 100 chips x "
        "3 seeds given the "
        "final digital weights, with median and 5-95 % range. The dashed line is the value the "
        "paper reports.",
        "Dot clouds of accuracy falling with distortion from 0.2 to 1.2, for three noise readings, "
        "and the reported "
        "25.7 %.",
    ),
}


TASK = family.Task(EXPERIMENT, PAGE, family.accuracy_claims("5a"))
reported = partial(family.reported, TASK)
draw, draw_distortion, readings = (
    partial(f, task=TASK) for f in (family.draw, family.draw_distortion, family.readings)
)


def measurements(profile: str = "paper") -> list[Measurement]:
    """Our values for the rows of Fig. 5a, in the reading that decides, and for its settings."""
    return family.measurements(TASK, profile) + _settings(PROFILES[profile])


def _settings(config: Config) -> list[Measurement]:
    """Whether the configuration carries what the paper states about its simulation."""
    noise = f"{VARIANTS[1]['noise_db']:g} dB"
    blank = (
        torch.zeros(config.batch_size, config.layers[0]),
        torch.zeros(config.batch_size, config.layers[-1]),
    )
    trainer = build(replace(config, devices=1), data=Data(*blank, *blank))
    network = trainer.twin
    used = (network.activation, network.output, config.optimizer, config.batch_size)
    stated = used == ("relu", "softmax", "SGD", 600) and 3e-5 <= config.rate <= 1e-4
    trained = f"batch {config.batch_size}, gradient descent, rate {config.rate:g}, ReLU, softmax, reshuffled each epoch"
    same = all(
        bool((control == start).all())
        for branch in trainer.branches.values()
        for layer, initial in zip(branch.controls, trainer.digital, strict=True)
        for control, start in zip(layer, initial, strict=True)
    )
    return [
        Measurement(
            "asyt-s-mixing", reading="as configured", page=PAGE, carries=list(config.mixing)
        ),
        Measurement(
            "asyt-s-noise", reading="as configured, in two readings", page=PAGE, carries=noise
        ),
        Measurement("asyt-s-training", reading=trained, page=PAGE, holds=stated),
        Measurement(
            "asyt-s-same-init", reading="compared before the first step", page=PAGE, holds=same
        ),
    ]
