"""A request to end (SIGTERM: `kill`, a batch system at its time limit) as an exception."""

import contextlib
import signal
import threading
from collections.abc import Iterator

#: What a shell reports of a process that a signal ended.
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """This process was asked to end."""


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Raise `Terminated` in the main thread where the process is asked to end meanwhile."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def code(stop: KeyboardInterrupt) -> int:
    """The exit code of what was stopped."""
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


def said(stop: KeyboardInterrupt) -> str:
    """In a word."""
    return "terminated" if isinstance(stop, Terminated) else "interrupted"


def _raise(*_: object) -> None:
    raise Terminated
