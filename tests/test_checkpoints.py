"""Checkpoints: exact, replaced as a whole, refused when damaged."""

import errno
import os
import signal
import subprocess
import sys
import textwrap

import pytest
import torch

from asyt.checkpoints import Checkpoint
from asyt.errors import ResultError


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


STATE = {
    "weights": [torch.arange(6.0).reshape(2, 3)],
    "epoch": 3,
    "rng": torch.get_rng_state(),
    "name": "AsyT",
}


def test_checkpoint_comes_back_exactly(tmp_path):
    checkpoint = Checkpoint(tmp_path / "runs" / "a.pt")
    assert checkpoint.load() is None
    checkpoint.save(STATE)
    state = checkpoint.load()
    assert state.keys() == STATE.keys()
    assert (state["epoch"], state["name"]) == (3, "AsyT")
    assert torch.equal(state["weights"][0], STATE["weights"][0])
    assert torch.equal(state["rng"], STATE["rng"])
    checkpoint.remove()
    checkpoint.remove()
    assert checkpoint.load() is None
    assert files(tmp_path) == {}


def test_full_disk_leaves_the_older_checkpoint(tmp_path, monkeypatch):
    checkpoint = Checkpoint(tmp_path / "a.pt")
    checkpoint.save(STATE)
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(ResultError, match=r"cannot write .*a.pt"):
        checkpoint.save({"epoch": 4})
    assert checkpoint.load()["epoch"] == 3
    assert set(files(tmp_path)) == {"a.pt"}


def test_truncated_checkpoint_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "a.pt")
    checkpoint.save(STATE)
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:-100])
    with pytest.raises(ResultError, match=r"damaged checkpoint .*a.pt.*delete it"):
        checkpoint.load()


def test_state_that_cannot_be_read_back_is_refused_before_it_is_written(tmp_path):
    checkpoint = Checkpoint(tmp_path / "a.pt")
    with pytest.raises(ResultError, match=r"state for .*a.pt holds more than"):
        checkpoint.save({"path": tmp_path})
    assert files(tmp_path) == {}


def test_kill_while_saving_leaves_a_whole_checkpoint(tmp_path):
    script = textwrap.dedent(
        """
        import sys, torch
        from asyt.results import Checkpoint
        checkpoint = Checkpoint(sys.argv[1])
        epoch = 0
        while True:
            checkpoint.save({"epoch": epoch, "weights": torch.full((200_000,), float(epoch))})
            epoch += 1
            if epoch == 3:
                print("running", flush=True)
        """
    )
    path = tmp_path / "a.pt"
    with subprocess.Popen(
        [sys.executable, "-c", script, path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGKILL)
    state = Checkpoint(path).load()
    assert state["epoch"] >= 2
    assert torch.equal(state["weights"], torch.full((200_000,), float(state["epoch"])))
