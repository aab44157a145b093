"""AsyT Fig. 5b: fashion-mnist."""

from asyt.figures.mnist_runs import on, run

PROFILES, jobs = on("fashion-mnist")
__all__ = ["PROFILES", "jobs", "run"]
