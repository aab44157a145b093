"""Locks: one holder at a time, and none that is dead."""

import subprocess
import sys

import pytest

from asyt import locks

HOLD = "import sys; from asyt import locks; from pathlib import Path; \
held = locks.take(Path(sys.argv[1]), 'them'); print('held', flush=True); sys.stdin.read()"


def other(lock):
    """Another process that holds the lock until it ends."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", HOLD, lock], text=True, **pipes)
    assert process.stdout.readline() == "held\n"
    return process


def test_what_another_process_holds_cannot_be_taken_until_it_is_killed(tmp_path):
    lock = tmp_path / "lock"
    process = other(lock)
    with pytest.raises(BlockingIOError):
        locks.take(lock, "us")
    assert locks.holder(lock) == "them"
    process.kill()
    process.communicate()
    assert locks.holder(lock) == "them"  # the file is still there
    locks.take(lock, "us").close()
    assert locks.holder(lock) == "us"


def test_a_file_that_was_removed_locks_nobody_out(tmp_path):
    lock = tmp_path / "lock"
    first = locks.take(lock, "first")
    lock.unlink()
    second = locks.take(lock, "second")
    with pytest.raises(BlockingIOError):
        locks.take(lock, "third")
    first.close()
    second.close()


def test_a_lock_that_is_removed_while_it_is_taken_is_taken_again(tmp_path, monkeypatch):
    lock, taken = tmp_path / "lock", []

    def removed_first(file):
        taken.append(file)
        if len(taken) == 1:
            lock.unlink()

    monkeypatch.setattr(locks, "_lock", removed_first)
    file = locks.take(lock, "us")
    assert len(taken) == 2 and taken[0].closed
    assert locks.holder(lock) == "us"
    file.close()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_an_unknown_holder_is_another(tmp_path, content):
    lock = tmp_path / "lock"
    if content is not None:
        lock.write_bytes(content)
    assert locks.holder(lock) == "another"
