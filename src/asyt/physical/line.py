"""The line to a device: one call at a time, each in a given time, tried again where it fails."""

from __future__ import annotations

import functools
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from torch import Tensor

from asyt.errors import AsytError, DeviceFailedError, DeviceOutputError, DeviceTimeoutError

#: Failures that a line remembers.
REMEMBERED = 1000
#: What is tried again by default, but for `BUGS`: instruments have errors of any class.
FAILURES: tuple[type[Exception], ...] = (Exception,)
#: What by default is an error in the program, so that trying again is of no use.
BUGS = (
    TypeError,
    AttributeError,
    NameError,
    LookupError,
    ValueError,
    AssertionError,
    ImportError,
    SyntaxError,
    NotImplementedError,
    AsytError,
)
#: Subclasses of those that mean a garbled answer.
GARBLED = (UnicodeError, json.JSONDecodeError)
#: What the library itself finds wrong with a pass; always tried again.
UNUSABLE = (DeviceOutputError, DeviceTimeoutError, DeviceFailedError)


@dataclass(frozen=True)
class Patience:
    """How a pass is tried; arguments of `PhysicalModule`, and refused as there."""

    attempts: int = 1
    pause_s: float = 0.0
    deadline_s: float | None = None
    retry: type[Exception] | tuple[type[Exception], ...] = FAILURES

    def __post_init__(self):
        if not is_number(self.attempts, Integral) or self.attempts < 1:
            raise AsytError(f"attempts {self.attempts!r}: a pass must be tried at least once.")
        if not is_number(self.pause_s) or not 0 <= self.pause_s <= threading.TIMEOUT_MAX:
            raise AsytError(f"pause_s {self.pause_s!r}: give seconds, zero or more.")
        longest = threading.TIMEOUT_MAX
        deadline = self.deadline_s
        if deadline is not None and not (is_number(deadline) and 0 < deadline <= longest):
            raise AsytError(f"deadline_s {deadline!r}: give seconds, more than zero, or None.")
        kinds = self.retry if isinstance(self.retry, tuple) else (self.retry,)
        for kind in kinds:
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                raise AsytError(
                    f"retry {self.retry!r}: give a class of exceptions, or a tuple of them; "
                    "KeyboardInterrupt and SystemExit always get through."
                )

    def again(self, error: Exception) -> bool:
        """Whether a pass that ended so is worth trying again."""
        if isinstance(error, UNUSABLE):
            return True
        if self.retry == FAILURES and isinstance(error, BUGS):
            return isinstance(error, GARBLED)
        return isinstance(error, self.retry)


def is_number(value: object, kind: type = Real) -> bool:
    """Whether it is a number of this kind; True and False are none."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _said(error: Exception) -> str:
    """Its class and message; a driver's own class may have none that can be printed."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


class Failure(NamedTuple):
    """A pass that failed: when (UTC), at which attempt, and the exception with its message."""

    time: datetime
    attempt: int
    exception: str


class _Owner:
    """Who answers at the other end, and the lock of whoever is calling."""

    def __init__(self, owner: object):
        self.owner = owner
        self.lock = threading.RLock()


#: By the identity of the owner, as long as a line to it exists.
_OWNERS: WeakValueDictionary[int, _Owner] = WeakValueDictionary()
_REGISTERING = threading.Lock()


def owner(device: Callable) -> object:
    """The object whose method a device is, or itself: what may only be called once at a time."""
    while isinstance(device, functools.partial):
        device = device.func
    return getattr(device, "__self__", device)


class Line:
    """All lines to one device, or to methods of one object, take turns.

    Attributes:
        device: at the other end.
        failures: the last passes that failed, oldest first.
    """

    def __init__(self, device: Callable):
        self.failures: deque[Failure] = deque(maxlen=REMEMBERED)
        self.connect(device)

    def connect(self, device: Callable) -> None:
        """Be the line to this device."""
        self.device = device
        owned_by = owner(device)
        with _REGISTERING:
            self._owner = _OWNERS.setdefault(id(owned_by), _Owner(owned_by))

    def __getstate__(self) -> dict[str, Any]:
        return {"failures": self.failures, "device": self.device}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.failures = state["failures"]
        self.connect(state["device"])

    def read(
        self,
        ask: Callable[[], Tensor],
        patience: Patience,
        name: str,
    ) -> Tensor:
        """`ask()`, which calls the device once and takes what it gives, until it succeeds.

        Raises:
            DeviceFailedError: it failed at every attempt.
            KeyboardInterrupt, SystemExit: at once, even if the driver wraps them in its own errors.
            Exception: what is not worth trying again, as it is.
        """
        handled = sys.exception()  # by whoever calls, and none of the driver's
        for attempt in range(1, patience.attempts + 1):
            try:
                return self._in_time(ask, patience.deadline_s)
            except Exception as error:
                stop = interruption(error, handled)
                if stop is not None:
                    raise stop from error
                said = _said(error)
                self.failures.append(Failure(datetime.now(UTC), attempt, said))
                if not patience.again(error):
                    raise
                if attempt == patience.attempts:
                    advice = "Check its connection, or allow more attempts=."
                    if isinstance(error, DeviceOutputError):
                        advice = ""  # the gate has said what to return
                    raise DeviceFailedError(
                        f"{name} failed {attempt} of {attempt} attempts, last with {said} {advice}"
                    ) from error
            time.sleep(patience.pause_s)
        raise AssertionError("unreachable")

    def _in_time(self, ask: Callable[[], Tensor], deadline_s: float | None) -> Tensor:
        """The answer, at most so many seconds from now, waiting for others included."""
        if deadline_s is None:
            with self._owner.lock:
                return ask()
        call = _Call(ask, self._owner.lock)
        call.start()
        try:
            call.join(deadline_s)
        finally:
            call.given_up = True
        if call.error is not None:
            raise call.error
        if call.answer is None:
            raise DeviceTimeoutError(
                f"no answer within deadline_s={deadline_s:g}: the device hangs, or is busy with a "
                "call that does."
            )
        return call.answer


class _Call(threading.Thread):
    """A call in a thread of its own. One that hangs cannot be ended; its answer is dropped."""

    def __init__(self, ask: Callable[[], Tensor], lock: threading.RLock):
        super().__init__(daemon=True)
        self._ask = ask
        self._lock = lock
        self.given_up = False
        self.answer: Tensor | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Wait for the others, then ask, unless nobody waits any more."""
        with self._lock:
            if self.given_up:
                return
            try:
                self.answer = self._ask()
            except BaseException as error:  # raised again where the answer is waited for
                self.error = error


def interruption(
    error: BaseException, handled: BaseException | None = None
) -> KeyboardInterrupt | SystemExit | None:
    """A copy of the KeyboardInterrupt or SystemExit that an error wraps, or None.

    Not of one that is `handled` already, while the error came.
    """
    seen = {id(handled)}
    waiting = [error]
    while waiting:
        one = waiting.pop()
        for kind in (KeyboardInterrupt, SystemExit):
            if isinstance(one, kind):
                return kind(*one.args)
        seen.add(id(one))
        inside = [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
        for other in inside:
            if isinstance(other, BaseException) and id(other) not in seen:
                waiting.append(other)
    return None
