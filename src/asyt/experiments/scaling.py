"""How a sweep gets shorter with workers: measured with a few, simulated for up to a thousand.

The measured runs mostly wait, as drills do when told to: on a machine of one processor two workers
then are what two machines are to runs that compute.
"""

import heapq
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.experiments.store import kept


@dataclass(frozen=True)
class Config(base.Config):
    """The seed numbers the measurement; nothing depends on it.

    Attributes:
        runs: drills of a measured sweep.
        pause_ms: what a drill waits in every epoch.
        measured: numbers of workers that are started.
        simulated: numbers of workers that the sweep of all published tables is simulated with.
    """

    runs: int = 8
    pause_ms: int = 200
    measured: tuple[int, ...] = (1, 2)
    simulated: tuple[int, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    seed: int = 0


PROFILES = {
    "smoke": Config(
        runs=2,
        pause_ms=10,
        measured=(1,),
    ),
    "quick": Config(runs=6),
    "paper": Config(),
}


def makespan(seconds: Sequence[float], workers: int) -> float:
    """Seconds until all runs have ended, each given to the first free worker in this order."""
    free = [0.0] * workers
    for duration in seconds:
        heapq.heapreplace(free, free[0] + duration)
    return max(free)


def run(config: Config, _: Execution = HERE) -> pd.DataFrame:
    """Measure, then simulate.

    Returns:
        Tidy rows: sweep (drills, all), runs, workers, kind (measured, simulated), seconds.
    """
    from asyt.experiments import cluster

    rows = []
    for workers in config.measured:
        took, durations = _measured(config, workers)
        simulated = makespan(durations, workers)
        rows.append(("drills", config.runs, workers, "measured", took))
        rows.append(("drills", config.runs, workers, "simulated", simulated))
    known = [cluster.seconds(job) for job in cluster.everything("paper")]
    for workers in config.simulated:
        simulated = makespan(known, workers)
        rows.append(("all", len(known), workers, "simulated", simulated))
    return pd.DataFrame(rows, columns=["sweep", "runs", "workers", "kind", "seconds"])


def _measured(config: Config, workers: int) -> tuple[float, list[float]]:
    """How long a sweep of drills takes, and each of its runs as its record says."""
    from asyt.experiments import cluster
    from asyt.experiments.trials import drill
    from asyt.experiments.trials.processes import environment

    jobs = _drills(range(config.runs))
    warm = _drills(range(1000, 1000 + 2 * workers))
    drills = [job.config for job in jobs.values()]
    with tempfile.TemporaryDirectory(prefix="asyt-scaling-") as folder:
        own = {
            "ASYT_CACHE_DIR": str(Path(folder)),
            drill.PAUSE: str(config.pause_ms),
        }
        with environment(own), cluster.connected(f"local:{workers}") as client:
            client.wait_for_workers(workers)
            cluster.hand_out(warm, client)  # their first imports
            start = time.monotonic()
            cluster.hand_out(jobs, client)
            took = time.monotonic() - start
            results = [kept(drill.DRILL, run) for run in drills]
    durations = [result.provenance["wall_time_s"] for result in results if result]
    return took, durations


def _drills(seeds: range) -> dict[str, Any]:
    """A drill a seed, as `cluster.hand_out` takes them."""
    from asyt.experiments import cluster
    from asyt.experiments.trials import drill

    configs = [drill.Config(seed=seed) for seed in seeds]
    jobs = [cluster.Job(drill.DRILL, config) for config in configs]
    return {job.key: job for job in jobs}


EXPERIMENT = Experiment("scaling", PROFILES, base.one_a_seed(PROFILES), run, gpu=False)
