"""What is timed in pairs does the same work on both sides."""

import numpy as np
import pytest
import torch

from asyt.bench import pairs
from asyt.bench.contenders import fleet
from asyt.devices.opu import medium


def test_every_pair_can_be_called_and_bf16_needs_a_processor(monkeypatch):
    names = {"threads_2_over_1", "evaluation_fraction", "opu_generator_fraction"}
    monkeypatch.setattr(pairs, "CHIPS", 2)
    monkeypatch.setattr(pairs, "BLOCKS", 2)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    found = pairs.pairs()
    assert set(found) == names
    for above, below, factor in found.values():
        above()
        below()
        assert factor > 0


def test_steps_in_bf16_and_float32_train_the_same_network():
    if not pairs.has_bf16():
        pytest.skip("this processor has no bfloat16 products")
    start = fleet("asyt", 2)()[0].clone()
    rounded, exact = (fleet("asyt", 2, precision=name) for name in ("bf16", "float32"))
    for _ in range(3):
        bf16, float32 = rounded()[0], exact()[0]
    assert 0 < (bf16 - float32).norm() < 0.1 * (float32 - start).norm()


def test_projection_uses_all_entries_that_are_generated(monkeypatch):
    made = []
    block = medium.block
    monkeypatch.setattr(pairs, "BLOCKS", 2)
    monkeypatch.setattr(medium, "block", lambda *where: made.append(where[:4]) or block(*where))
    pairs.generated()
    alone, made[:] = made[:], []
    assert np.isfinite(pairs.projected()()).all()
    assert made == alone


def test_threads_are_as_before_after_a_step():
    before, seen = torch.get_num_threads(), []
    pairs.with_threads(2, lambda: seen.append(torch.get_num_threads()))
    assert (seen, torch.get_num_threads()) == ([2], before)
