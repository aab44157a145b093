"""What a device leaves alone in the process it runs in: random numbers, types, gradients."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from unittest import mock

import numpy as np
import torch

#: Clocks that a device might read; a drift by the hour is slower than a check.
CLOCKS = ("time", "monotonic", "perf_counter")
DAY = 86_400.0


class Setting(NamedTuple):
    """Something that all code in the process shares; `comparable` makes a value of its state."""

    get: Callable
    set: Callable
    comparable: Callable = lambda state: state


SETTINGS = {
    "torch's default type": Setting(torch.get_default_dtype, torch.set_default_dtype),
    "torch's gradient mode": Setting(torch.is_grad_enabled, torch.set_grad_enabled),
    "torch's threads": Setting(torch.get_num_threads, torch.set_num_threads),
    "NumPy's handling of errors": Setting(np.geterr, lambda held: np.seterr(**held)),
}
#: A device that draws from these, or seeds them, changes every other random number.
GENERATORS = {
    "torch's global random numbers": Setting(
        torch.get_rng_state, torch.set_rng_state, lambda state: state.numpy().tobytes()
    ),
    "NumPy's global random numbers": Setting(
        np.random.get_state,
        np.random.set_state,
        lambda state: (state[1].tobytes(), state[2:]),
    ),
    "Python's global random numbers": Setting(random.getstate, random.setstate),
}
SHARED = SETTINGS | GENERATORS


def state() -> dict:
    """The state of everything in `SHARED`."""
    return {name: setting.get() for name, setting in SHARED.items()}


def changed(before: dict) -> list[str]:
    """Names of what is no longer as it was; settings, not generators, are put back."""
    found = []
    for name, setting in SHARED.items():
        earlier = setting.comparable(before[name])
        now = setting.comparable(setting.get())
        if earlier != now:
            found.append(name)
            if name in SETTINGS:
                setting.set(before[name])
    return found


@contextmanager
def kept() -> Iterator[None]:
    """Everything in `SHARED` is afterwards as it was before."""
    before = state()
    try:
        yield
    finally:
        for name, setting in SHARED.items():
            setting.set(before[name])


def stir() -> None:
    """Move every global generator on, as other code in a process does."""
    torch.rand(1)
    np.random.rand()  # noqa: NPY002
    random.random()


@contextmanager
def tomorrow() -> Iterator[None]:
    """Clocks a day ahead."""
    with ExitStack() as stack:
        for name in CLOCKS:
            clock = _ahead(getattr(time, name))
            stack.enter_context(mock.patch.object(time, name, clock))
        yield


def _ahead(clock: Callable[[], float]) -> Callable[[], float]:
    return lambda: clock() + DAY
