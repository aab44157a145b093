"""Checkpoints: exact, replaced as a whole, refused when damaged."""

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from asyt import checkpoints
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


@pytest.mark.parametrize("place", [0, 30, -300])
def test_a_flipped_bit_is_noticed(tmp_path, place):
    checkpoint = Checkpoint(tmp_path / "a.pt")
    checkpoint.save(STATE)
    content = bytearray(checkpoint.path.read_bytes())
    content[place] ^= 1
    checkpoint.path.write_bytes(content)
    with pytest.raises(ResultError, match=r"damaged checkpoint .*sha256.*delete it"):
        checkpoint.load()


def dead_process():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_files_of_killed_writers_are_removed_and_those_of_others_kept(tmp_path):
    here = checkpoints.owner().partition("@")[2]
    owners = (f"{dead_process()}@{here}", f"{os.getpid()}@{here}", "1@elsewhere", "1@long-ago")
    left = [tmp_path / f".b.pt.{owner}.{'0' * 32}.tmp" for owner in owners]
    for file in left:
        file.write_bytes(b"half")
    os.utime(left[3], (1, 1))
    (tmp_path / ".mine.tmp").write_text("not ours")
    Checkpoint(tmp_path / "a.pt").save(STATE)
    assert [file.exists() for file in left] == [False, True, True, False]
    assert (tmp_path / ".mine.tmp").exists()


def test_lock_keeps_another_process_away_and_is_released(tmp_path):
    checkpoint = Checkpoint(tmp_path / "a.pt")
    with checkpoint.locked():
        with (
            pytest.raises(ResultError, match=f"process {os.getpid()} is computing this run"),
            Checkpoint(tmp_path / "a.pt").locked(),
        ):
            pass
        assert len(files(tmp_path)) == 1
    assert files(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "nonsense", "{dead}@{here}"])
def test_lock_of_a_dead_process_does_not_count(tmp_path, text):
    lock = tmp_path / "a.pt.lock"
    here = checkpoints.owner().partition("@")[2]
    lock.write_text(text.format(dead=dead_process(), here=here))
    os.utime(lock, (1, 1))
    with Checkpoint(tmp_path / "a.pt").locked():
        assert lock.read_text() == checkpoints.owner()
    assert files(tmp_path) == {}


def test_a_disk_that_turns_read_only_is_told(tmp_path, monkeypatch):
    def read_only(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "replace", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    with pytest.raises(ResultError, match=r"cannot write .*Read-only"):
        Checkpoint(tmp_path / "a.pt").save(STATE)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ResultError, match=r"cannot write .*file.*ASYT_CACHE_DIR"):
        checkpoints.check_writable(tmp_path / "file" / "iris")
    checkpoints.check_writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


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
        process.kill()
    state = Checkpoint(path).load()
    assert state["epoch"] >= 2
    assert torch.equal(state["weights"], torch.full((200_000,), float(state["epoch"])))
