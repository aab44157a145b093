"""AsyT Fig. 5d: MNIST accuracy against the distortion of the device."""

from __future__ import annotations

from dataclasses import replace

from asyt.figures import sweep_runs
from asyt.figures.sweep_runs import NOISES, PAPER_RANGE, SEEDS, Config, run

__all__ = ["PROFILES", "SEEDS", "Config", "jobs", "run"]

#: The paper's range, then on to where it breaks.
SEVERITIES = (*PAPER_RANGE, 2.5, 3.0, 4.0)
PROFILES = {
    "smoke": Config(samples=3000, epochs=2, population=4),
    "quick": Config(epochs=20),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """Two runs a draw: the digital weights on populations in every reading of the noise; AsyT without noise."""
    base = PROFILES[profile]
    insilico = replace(base, tested=tuple((noise, SEVERITIES) for noise in NOISES))
    return sweep_runs.jobs([insilico, replace(base, trained=(("none", SEVERITIES),))], seeds, devices)
