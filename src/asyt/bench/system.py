"""What the operating system says about processes; on Windows it does not say it this way."""

import os
from collections.abc import Callable
from pathlib import Path

from asyt.errors import AsytError

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def all_threads() -> int:
    """As many as this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def children_seconds() -> float:
    """CPU seconds of all child processes that have ended; raises as `check_measurable`."""
    check_measurable()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def grown(work: Callable[[], object]) -> int:
    """Bytes by which this process's largest resident size grows; raises as `check_measurable`."""
    check_measurable()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    before = pages * resource.getpagesize()
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before


def check_measurable() -> None:
    """Raise an AsytError on other systems than Linux."""
    if resource is None or not Path("/proc/self/statm").exists():
        raise AsytError(
            "this system does not report the memory and CPU time of processes: measure on Linux, "
            "or read the stored measurement with `asyt bench --last`."
        )
