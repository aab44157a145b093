"""A scheduler and workers of this machine, each a process that can be killed."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from asyt.errors import ResultError

WITHIN_S = 240.0


class Pool:
    """Starts with a scheduler and no worker.

    Args:
        folder: for the output of the processes.
        environment: theirs; by default this process's.
    """

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str] | None = None,
    ):
        self.folder, self.environment = folder, environment
        self.started: list[subprocess.Popen] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler()

    def scheduler(self) -> subprocess.Popen:
        """Start a scheduler, at the address of the one before."""
        return self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            self.port,
        )

    def worker(self, memory: int | None = None) -> subprocess.Popen:
        """Start a worker of one thread.

        Args:
            memory: bytes above which Dask ends the worker and starts it again; None for a worker
                that nothing watches.
        """
        watched = ["--no-nanny"]
        if memory is not None:
            watched = ["--nanny", "--memory-limit", str(memory)]
        options = [*watched, "--nthreads", "1", "--death-timeout", "60"]
        return self._start("worker", self.address, *options)

    def _start(self, *words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        with (self.folder / f"dask{len(self.started)}.log").open("w") as log:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=self.environment,
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
