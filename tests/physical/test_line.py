"""The line to a device: who is asked again, for how long, and who waits for whom."""

import functools
import json
import pickle
import struct
import subprocess
import threading
from datetime import UTC, datetime

import pytest
import torch

from asyt.errors import (
    AsytError,
    DeviceFailedError,
    DeviceOutputError,
    EncapsulationError,
)
from asyt.physical.line import Line, Patience, interruption

ANSWER = torch.ones(2)


class VisaIOError(Exception):
    """As those of pyvisa, nidaqmx and grpc: of no class but its own."""


class SpeechlessError(Exception):
    def __str__(self):
        raise RuntimeError("no message")


class Failing:
    """Raises the error at the first calls."""

    def __init__(self, error, times=2):
        self.error, self.times, self.calls = error, times, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return ANSWER


def read(ask, line=None, **options):
    return (line or Line(ask)).read(ask, Patience(**options), "lab")


AGAIN = [
    VisaIOError("VI_ERROR_TMO"),
    RuntimeError("the instrument is not ready"),
    OSError("no route"),
    TimeoutError(),
    EOFError(),
    struct.error("unpack requires 4 bytes"),
    json.JSONDecodeError("half a line", "{", 1),
    UnicodeDecodeError("ascii", b"\xff", 0, 1, "not in range"),
    subprocess.CalledProcessError(1, "read"),
    ExceptionGroup("two channels", [OSError(), OSError()]),
    StopIteration(),
    SpeechlessError(),
    DeviceOutputError("one row for seven"),
]


@pytest.mark.parametrize("deadline_s", [None, 60.0])
@pytest.mark.parametrize("error", AGAIN, ids=lambda error: type(error).__name__)
def test_any_failure_of_an_instrument_is_tried_again(error, deadline_s):
    device = Failing(error)
    line = Line(device)
    assert read(device, line, attempts=3, deadline_s=deadline_s) is ANSWER
    assert device.calls == 3
    assert [failure.attempt for failure in line.failures] == [1, 2]
    with pytest.raises(DeviceFailedError, match="lab failed 2 of 2 attempts") as failed:
        read(Failing(error), attempts=2, deadline_s=deadline_s)
    assert failed.value.__cause__ is error


BUGS = [
    TypeError("a bug"),
    AttributeError("a bug"),
    NameError("a bug"),
    KeyError("a bug"),
    ValueError("a bug"),
    AssertionError("a bug"),
    NotImplementedError("a bug"),
    EncapsulationError("closed"),
]


@pytest.mark.parametrize("error", BUGS, ids=lambda error: type(error).__name__)
def test_an_obvious_bug_is_not_tried_again(error):
    device = Failing(error)
    with pytest.raises(type(error)) as raised:
        read(device, attempts=9)
    assert raised.value is error
    assert device.calls == 1


def test_an_argument_says_which_errors_are_tried_again():
    assert read(Failing(ValueError("+1.0E")), attempts=3, retry=ValueError) is ANSWER
    assert read(Failing(KeyError()), attempts=3, retry=(OSError, LookupError)) is ANSWER
    with pytest.raises(OSError, match="no route"):
        read(Failing(OSError("no route")), attempts=3, retry=(VisaIOError,))
    unusable = Failing(DeviceOutputError("one row for seven"))
    assert read(unusable, attempts=3, retry=VisaIOError) is ANSWER


def test_the_log_says_when_and_what():
    device, before = Failing(VisaIOError("VI_ERROR_TMO")), datetime.now(UTC)
    line = Line(device)
    read(device, line, attempts=3)
    first, second = line.failures
    assert before <= first.time <= second.time <= datetime.now(UTC)
    assert first.exception == "VisaIOError: VI_ERROR_TMO"
    assert list(pickle.loads(pickle.dumps(Line(print))).failures) == []


def wrapping(stop, how):
    def ask():
        try:
            raise stop
        except BaseException as error:
            if how == "cause":
                raise VisaIOError("aborted") from error
            if how == "context":
                raise VisaIOError("aborted")  # noqa: B904
            if how == "hidden":
                raise VisaIOError("aborted") from None
            try:
                raise OSError from error
            except OSError as lower:
                raise VisaIOError("aborted") from lower

    return ask


@pytest.mark.parametrize("deadline_s", [None, 60.0])
@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(3)], ids=["Ctrl-C", "exit"])
def test_an_interruption_always_gets_through(stop, deadline_s):
    device = Failing(stop)
    with pytest.raises(type(stop)):
        read(device, attempts=9, deadline_s=deadline_s)
    assert device.calls == 1
    for how in ("cause", "context", "hidden", "deep"):
        with pytest.raises(type(stop)) as raised:
            read(wrapping(stop, how), attempts=9, deadline_s=deadline_s)
        assert raised.value.args == stop.args
        assert isinstance(raised.value.__cause__, VisaIOError)


def test_an_interruption_that_is_dealt_with_already_is_no_reason_to_stop():
    """After Ctrl-C a program may still park its instrument."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert read(Failing(OSError()), attempts=3) is ANSWER


def test_a_circle_of_causes_ends():
    one, other = OSError("one"), OSError("other")
    one.__cause__, other.__cause__ = other, one
    assert interruption(one) is None


class Hanging:
    """The first call waits until it is let go."""

    def __init__(self):
        self.go, self.calls, self.inside, self.most = threading.Event(), 0, 0, 0

    def __call__(self):
        self.calls += 1
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.calls == 1:
            self.go.wait(60)
        self.inside -= 1
        return ANSWER


def test_a_device_that_hangs_ends_in_a_clear_error_and_is_not_called_meanwhile():
    device = Hanging()
    line = Line(device)
    said = r"2 of 2 attempts, last with DeviceTimeoutError: no answer within deadline_s=0\.05"
    with pytest.raises(DeviceFailedError, match=said):
        read(device, line, attempts=2, deadline_s=0.05)
    assert (device.calls, len(line.failures)) == (1, 2)
    device.go.set()
    assert read(device, line, attempts=2, deadline_s=60.0) is ANSWER
    assert (device.calls, device.most) == (2, 1)


class Lab:
    """An instrument that two must not use at once."""

    def __init__(self):
        self.inside, self.most, self.calls = 0, 0, 0
        self.meeting = threading.Event()

    def measure(self):
        self.inside += 1
        self.most, self.calls = max(self.most, self.inside), self.calls + 1
        self.meeting.wait(0.002)  # time for the others to come in
        self.inside -= 1
        return ANSWER

    def again(self):
        return self.measure()

    __call__ = measure


@pytest.mark.parametrize("deadline_s", [None, 60.0])
def test_lines_to_one_instrument_take_turns(deadline_s):
    lab = Lab()
    devices = [lab, lab.measure, lab.measure, lab.again, functools.partial(lab.again)]
    lines = [Line(device) for device in devices]

    def work(line, device):
        for _ in range(5):
            read(device, line, deadline_s=deadline_s)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(lines, devices, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (lab.calls, lab.most) == (25, 1)


def test_a_device_may_ask_itself():
    lab = Lab()
    line = Line(lab)
    assert read(lambda: read(lab, line), line) is ANSWER


NUMBERS = [0, -1, 2.5, float("nan"), True, "3", None, 1j]


@pytest.mark.parametrize("value", NUMBERS)
def test_attempts_that_cannot_be_are_refused(value):
    with pytest.raises(AsytError, match="tried at least once"):
        Patience(attempts=value)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), True, "1", None, 1j])
def test_pauses_that_cannot_be_are_refused(value):
    with pytest.raises(AsytError, match="pause_s"):
        Patience(pause_s=value)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "1", 1j])
def test_deadlines_that_cannot_be_are_refused(value):
    with pytest.raises(AsytError, match="deadline_s"):
        Patience(deadline_s=value)


@pytest.mark.parametrize(
    "value", [KeyboardInterrupt, (OSError, BaseException), "OSError", OSError(), [OSError], None]
)
def test_classes_that_cannot_be_tried_again_are_refused(value):
    with pytest.raises(AsytError, match="retry"):
        Patience(retry=value)
