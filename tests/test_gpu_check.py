"""`make gpu-check`: without a GPU it does not pretend; what fails is recorded, the rest goes on."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from asyt import paths

SCRIPT = Path(__file__).with_name("gpu.py")
NAMES = ["tests", "bench", "agreement", "population"]
AGREED = {"epochs": 10, "largest difference": 1e-4}


def test_without_a_gpu_nothing_is_measured(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert ended.value.code == 2
    assert "has no CUDA device: nothing done" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def check(monkeypatch, tmp_path):
    """Runs the check with steps of ours in place of those that need a GPU; its code and record."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a stub")

    def run(steps):
        script = runpy.run_path(str(SCRIPT))
        assert [step.__name__ for step in script["STEPS"]] == NAMES
        for name, step in steps.items():
            step.__name__ = name
        record = tmp_path / "gpu-check.json"
        script["main"].__globals__.update(STEPS=tuple(steps.values()), PLACE=record)
        return script["main"](), json.loads(record.read_text())

    return run


@pytest.mark.parametrize(
    "error", [subprocess.CalledProcessError(1, "pytest"), RuntimeError("device-side assert")]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_step_that_fails_takes_no_other_with_it(check, name, error):
    def failing():
        raise error

    steps = {other: lambda: AGREED for other in NAMES}
    code, record = check({**steps, name: failing})
    assert code == 1
    assert str(error) in record.pop(name)["failed"]
    assert record == {"gpu": "a stub", **dict.fromkeys(record.keys() - {"gpu"}, AGREED)}
    assert len(record) == 4


@pytest.mark.parametrize(("apart", "code"), [(0.0049, 0), (0.0051, 1)])
def test_accuracies_decide_where_nothing_failed(check, apart, code):
    found = {"epochs": 10, "largest difference": apart}
    assert check({name: lambda: found for name in NAMES})[0] == code


def test_the_page_on_speed_names_the_gpu_of_the_stored_check():
    home = paths.home()
    checked = json.loads((home / "data" / "gpu-check.json").read_text())
    assert f"an {checked['gpu']}, ten epochs" in (home / "book" / "speed.md").read_text()
    assert checked["agreement"]["epochs"] == 10
