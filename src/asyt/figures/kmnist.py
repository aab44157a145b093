"""AsyT Fig. 5c: kmnist."""

from asyt.figures.mnist_runs import on, run

PROFILES, jobs = on("kmnist")
__all__ = ["PROFILES", "jobs", "run"]
