"""The contenders do the same work."""

import contextlib
import gc
import weakref
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from asyt.bench import contenders
from asyt.bench.contenders import CONTENDERS, EAGER, Task, by_hand, fleet, general, plain
from asyt.twins import Perceptron

#: With and without products large enough for the fast way.
TASKS = [Task((12, 9, 8, 4), 20), Task((120, 110, 100, 10), 130)]
#: The linear layer of our products.
(OURS,) = CONTENDERS["bp, our products"].build.args[1:]
WAYS = [
    partial(plain, linear=OURS),
    by_hand,
    lambda task: fleet("asyt", 2, task=task),
    lambda task: general(2, task),
]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("way", WAYS, ids=["our products", "by hand", "asyt", "general"])
def test_all_ways_of_back_propagation_take_the_same_steps(task, way, monkeypatch):
    monkeypatch.setattr(contenders, "RATE", 1e-2)
    usual, other = plain(task), way(task)
    start = Perceptron(task.layers).initial(0, 0.1, 0.5)[0].weight
    for _ in range(3):
        wanted, found = usual(), other()
    torch.testing.assert_close(found, [t.detach() for t in wanted], rtol=1e-4, atol=1e-5)
    assert (found[0] - start).abs().max() > 1e-3


@pytest.mark.parametrize("name", [name for name in CONTENDERS if name not in EAGER])
def test_no_step_looks_at_a_number_or_leaves_its_device(name):
    """Tensors without numbers pass through it whole, so it can be captured as a CUDA graph."""
    step = CONTENDERS[name].build(compute="meta")
    step()
    assert {t.device.type for t in step()} == {"meta"}


def test_flops_of_a_step_by_hand():
    flops = Task((5, 3, 2), 7).flops()
    assert flops["forward"] == 2 * 7 * (15 + 6)
    assert flops["backward"] == 2 * 7 * (15 + 6 + 6)
    assert flops["all"] == 2 * 7 * (15 + 6) * 3 - 210


@pytest.mark.parametrize(("name", "share"), [("bp, our products", 1.0), ("asyt, C = 16", 17 / 16)])
def test_operations_are_those_of_the_products(name, share):
    contender = contenders.CONTENDERS[name]
    counted = contenders.operations(contender.build()) / contender.chips
    assert counted == pytest.approx(share * contenders.MNIST.flops()["all"])


class Graph:
    """Stands for torch.cuda.CUDAGraph: counts replays."""

    replays = 0

    def replay(self):
        self.replays += 1


@pytest.fixture
def no_gpu_needed(monkeypatch):
    """What a capture asks of torch.cuda, doing nothing."""
    stream = SimpleNamespace(wait_stream=lambda _: None)
    stubs = {
        "Stream": lambda: stream,
        "current_stream": lambda: stream,
        "stream": lambda _: contextlib.nullcontext(),
        "graph": lambda _: contextlib.nullcontext(),
        "CUDAGraph": Graph,
    }
    for name, stub in stubs.items():
        monkeypatch.setattr(torch.cuda, name, stub)


@pytest.mark.parametrize("way", [plain, *WAYS], ids=["plain", "our", "by hand", "asyt", "general"])
@pytest.mark.usefixtures("no_gpu_needed")
def test_what_a_graph_reads_lives_as_long_as_it(way, monkeypatch):
    read, drawn = [], Task.tensors

    def tensors(task, compute="cpu"):
        found = drawn(task, compute)
        read.extend(map(weakref.ref, found))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Task, "tensors", tensors)
        step = way(TASKS[0])
    gc.collect()
    before = [ref() is not None for ref in read]
    replay = contenders.captured(step)
    del step
    gc.collect()
    assert any(before)
    assert [ref() is not None for ref in read] == before
    assert replay() is replay.weights
    assert replay.graph.replays == 1
