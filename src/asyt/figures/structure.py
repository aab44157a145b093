"""AsyT Figs. 5e and 5f: the gap between ideal BP and AsyT on MNIST, against width and against depth."""

from __future__ import annotations

from dataclasses import replace

from asyt.figures import sweep_runs
from asyt.figures.sweep_runs import NOISES, SEEDS, Config, run

__all__ = ["PROFILES", "SEEDS", "Config", "jobs", "run"]

WIDTHS = (32, 64, 128, 256, 512)  # of two hidden layers
DEPTHS = tuple(range(1, 9))  # hidden layers of 128 neurons
STRUCTURES = tuple(dict.fromkeys([(784, w, w, 10) for w in WIDTHS] + [(784, *[128] * d, 10) for d in DEPTHS]))
#: The chip at one sigma_phy in every reading of the noise; 20 epochs, chosen for their cost before any of these runs.
PROFILES = {
    "smoke": Config(samples=3000, epochs=2),
    "quick": Config(epochs=10),
    "paper": Config(epochs=20),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """One run a structure and draw; two hidden layers of 128 serve both figures."""
    base = replace(PROFILES[profile], trained=tuple((noise, (1.0,)) for noise in NOISES))
    return sweep_runs.jobs([replace(base, layers=layers) for layers in STRUCTURES], seeds, devices)
