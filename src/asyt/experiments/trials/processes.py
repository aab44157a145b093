"""Commands of this library as real processes, forked from one that has imported everything."""

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asyt.experiments.trials import drill

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["asyt.cli", "rich.table", "asyt.experiments.trials._warm"])


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative for a signal), and what it printed."""

    code: int
    said: str


class Command:
    """`asyt WORDS` in a process of its own, with a cache folder of its own.

    Args:
        words: of the command line.
        cache: its $ASYT_CACHE_DIR.
        environment: further variables.
        largest: bytes that a file may have, as under a quota.
    """

    def __init__(
        self,
        words: Sequence[str],
        cache: Path,
        environment: Mapping[str, str] | None = None,
        largest: int | None = None,
    ):
        cache.mkdir(parents=True, exist_ok=True)
        self._log = cache.with_name(f"{cache.name}-{time.monotonic_ns()}.log")
        own = {"ASYT_CACHE_DIR": str(cache), **(environment or {})}
        arguments = (list(words), own, str(self._log), largest)
        self._process = _forks.Process(target=_asyt, args=arguments)
        self._process.start()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid or 0, number)

    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.is_alive()

    def end(self, within_s: float = 120.0) -> Ended:
        """Wait for its end; one that hangs is killed, which its code then says."""
        self._process.join(within_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        said = ""
        if self._log.exists():
            said = self._log.read_text(errors="replace")
        code = self._process.exitcode
        return Ended(-signal.SIGKILL if code is None else code, said)


def _asyt(
    words: list[str],
    environment: dict[str, str],
    log: str,
    largest: int | None,
) -> None:
    """In the new process: its output into a file, its limits, then the command."""
    output = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    sys.argv = ["asyt", *words]
    if largest is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python has it: an error, no end
    drill.command()


@contextlib.contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Give what is started here these variables, for a while."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
