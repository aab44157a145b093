"""SIGTERM is an exception while it is heard, and what it was before afterwards."""

import signal
import threading

import pytest

from asyt import stopping


def test_a_request_to_end_is_raised_and_told():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(stopping.Terminated) as caught, stopping.heard():
        signal.raise_signal(signal.SIGTERM)
    assert (stopping.code(caught.value), stopping.said(caught.value)) == (143, "terminated")
    assert signal.getsignal(signal.SIGTERM) is before


def test_ctrl_c_is_told_apart():
    stop = KeyboardInterrupt()
    assert (stopping.code(stop), stopping.said(stop)) == (130, "interrupted")


def test_another_thread_leaves_signals_alone():
    found = []

    def work():
        with stopping.heard():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    before = signal.getsignal(signal.SIGTERM)
    thread.start()
    thread.join()
    assert found == [before]
