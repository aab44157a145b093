"""AsyT Fig. 5c: kmnist-substitute."""

from asyt.figures.mnist_runs import on, run

PROFILES, jobs = on("kmnist-substitute")
__all__ = ["PROFILES", "jobs", "run"]
