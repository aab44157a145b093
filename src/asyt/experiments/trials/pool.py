"""A scheduler and workers of this machine, each a process that can be killed."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from asyt.errors import ResultError
from asyt.experiments import cluster
from asyt.experiments.trials import drill
from asyt.experiments.trials.outcome import Bench, tables, unreadable
from asyt.experiments.trials.stopped import SLOWLY

WITHIN_S = 240.0


class Pool:
    """Starts with a scheduler and no worker.

    Args:
        folder: for the output of the processes.
        environment: theirs; by default this process's.
    """

    def __init__(self, folder: Path, environment: dict[str, str] | None = None):
        self.folder, self.environment = folder, environment
        self.started: list[subprocess.Popen] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler()

    def scheduler(self) -> subprocess.Popen:
        """Start a scheduler, at the address of the one before."""
        return self._start("scheduler", "--host", "127.0.0.1", "--port", self.port)

    def worker(self) -> subprocess.Popen:
        """Start a worker of one thread, without a process that would start it again."""
        options = ("--no-nanny", "--nthreads", "1", "--death-timeout", "60")
        return self._start("worker", self.address, *options)

    def _start(self, *words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        with (self.folder / f"dask{len(self.started)}.log").open("w") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, env=self.environment
            )
        self.started.append(process)
        return process

    def stop(self) -> None:
        """Kill them all."""
        for process in self.started:
            process.kill()
            process.wait()


def until(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait for something; a ResultError if it does not happen."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            raise ResultError(f"a trial waited {within_s:.0f} s for what did not happen")
        time.sleep(0.02)


def worker_killed(bench: Bench) -> None:
    """SIGKILL for the worker of a run in its middle; another one comes."""
    _befallen(bench, "a worker of a cluster is killed", lambda pool: pool.started[1].kill())


def scheduler_lost(bench: Bench) -> None:
    """SIGKILL for scheduler and worker; others are started in their place."""

    def lose(pool: Pool) -> None:
        pool.stop()
        pool.scheduler()

    _befallen(bench, "the scheduler of a cluster is lost", lose)


def _befallen(bench: Bench, fault: str, strike: Callable[[Pool], None]) -> None:
    """A sweep of one drill through a fault; it ends by itself."""
    row, cache = bench.row(fault, "SIGKILL, and another one is started"), bench.cache()
    cache.mkdir()
    before = dict(os.environ)
    os.environ.update({"ASYT_CACHE_DIR": str(cache), **SLOWLY})
    pool = Pool(cache.parent, dict(os.environ))
    try:
        pool.worker()
        jobs = [cluster.Job(drill.DRILL, drill.Config())]
        sweep = threading.Thread(
            target=cluster.sweep, args=(jobs, pool.address, print), daemon=True
        )
        sweep.start()
        until(lambda: list((cache / "checkpoints").glob("*.pt")))
        strike(pool)
        bench.look(row, cache)
        pool.worker()
        sweep.join(WITHIN_S)
        row.told += not sweep.is_alive()
        row.wrong += bench.differ(cache)
        row.half += unreadable(cache)
        row.same += [csv.read_bytes() for csv in tables(cache)] == [bench.whole]
    finally:
        pool.stop()
        os.environ.clear()
        os.environ.update(before)
