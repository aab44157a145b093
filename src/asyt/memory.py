"""Memory that a training step can have again in the next one.

The C library of Linux gives large tensors back to the system at once, and has every page cleared
when the next step asks for it: about a tenth of a step.
"""

from __future__ import annotations

import ctypes
import functools
import sys

#: Parameters of glibc's mallopt (malloc.h).
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
#: What torch says on a CPU, and on a GPU.
EXHAUSTED = ("can't allocate memory", "out of memory")
#: Bytes above which a tensor still is given back at once: the most that glibc allows.
LARGEST = 2**25


def exhausted(error: BaseException) -> bool:
    """Whether an error says that there is no more memory; torch has no type of its own for it."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in EXHAUSTED)


@functools.cache
def keep() -> bool:
    """Let this process keep what it has freed; returns whether the C library took it."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library, e.g. musl
        return False
    return bool(mallopt(_TRIM_THRESHOLD, -1)) and bool(mallopt(_MMAP_THRESHOLD, LARGEST))
