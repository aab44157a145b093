"""AsyT Figs. 5g and 5h: AsyT against PAT after a sudden hard perturbation, and on a very noisy device.

The paper gives neither the size of the perturbation nor that of the noise, so each is taken at several severities,
fixed before any run: one, two and four times the distortion of the chip; 10, 5 and 0 dB in both readings of a ratio in
decibels (the power reading at 5 and 0 dB is the mean-square reading at 10 and 0 dB), and 10 and 0 dB as one common
gain a layer. Both methods get the same grid of learning rates in every condition, judged on validation data.
"""

from __future__ import annotations

from asyt.figures.bench_runs import Cell, Condition, Config, search

PERTURBED = tuple(Condition(f"perturbation {size:g}", perturbation=size) for size in (0.6, 1.2, 2.4))
NOISY = (
    Condition("power 10 dB", noise_db=10.0, noise_reading="power"),
    Condition("mean-square 10 dB = power 5 dB", noise_db=10.0),
    Condition("mean-square 5 dB", noise_db=5.0),
    Condition("0 dB", noise_db=0.0),
    Condition("common 10 dB", noise_db=10.0, noise_common=True),
    Condition("common 0 dB", noise_db=0.0, noise_common=True),
)
CONDITIONS = PERTURBED + NOISY
METHODS = ("asyt", "pat")
CELLS = tuple(Cell(name, condition) for condition in CONDITIONS for name in METHODS)

PROFILES = {"smoke": {}, "quick": {}, "paper": {}}


def rate_jobs() -> list[Config]:
    """The runs that choose the rates."""
    return search(CELLS)
