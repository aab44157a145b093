"""`make gpu-check` where there is no GPU: it says so and does not pretend."""

import runpy
import sys
from pathlib import Path

import pytest
import torch


def test_without_a_gpu_nothing_is_measured(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.chdir(tmp_path)
    script = Path(__file__).with_name("gpu.py")
    monkeypatch.setattr(sys, "argv", [str(script)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(script), run_name="__main__")
    assert ended.value.code == 2
    assert "has no CUDA device: nothing done" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
