"""The hybrid network on two hundred images of ten classes, each with its own bright row."""

import numpy as np
import pytest
import torch

from asyt.experiments import mnist_hybrid, tasks
from asyt.experiments.base import Execution
from asyt.results import Checkpoint
from asyt.training import Data

CONFIG = mnist_hybrid.Config(epochs=3, batch_size=20)


@pytest.fixture
def bright_rows(monkeypatch):
    labels = np.arange(200) % 10
    images = np.random.default_rng(0).random((200, 28, 28), dtype=np.float32) * 0.3
    images[np.arange(200), labels] = 1
    x, y = torch.from_numpy(images).flatten(1), tasks.one_hot(labels, 10)
    monkeypatch.setattr(tasks, "load", lambda _name, **_options: Data(x, y, x, y))


@pytest.mark.usefixtures("bright_rows")
def test_it_learns_with_its_bench():
    table = mnist_hybrid.run(CONFIG)
    assert set(table.method) == {*mnist_hybrid.TRAINED, "ideal-bp"}
    assert mnist_hybrid.ends(table.assign(seed=0)).pat.item() > 90


@pytest.mark.usefixtures("bright_rows")
def test_a_network_that_is_done_is_not_trained_again(tmp_path, monkeypatch):
    checkpoint = Checkpoint(tmp_path / "run.pt")
    whole = mnist_hybrid.run(CONFIG, Execution(checkpoint=checkpoint))
    monkeypatch.setattr(mnist_hybrid, "SHGNetwork", None)
    assert mnist_hybrid.run(CONFIG, Execution(checkpoint=checkpoint)).equals(whole)
