"""How steps, products, memory and processes are timed."""

import itertools

import pytest
import torch

from asyt.bench import system, timing
from asyt.bench.contenders import MNIST
from asyt.devices import DistortedDevice
from asyt.errors import AsytError
from asyt.twins import Perceptron, products


def test_timed_is_the_mean_of_the_steps(monkeypatch):
    clock = itertools.count().__next__
    monkeypatch.setattr(timing.time, "process_time", clock)
    assert timing.timed(clock, 10) == pytest.approx(11 / 10)


@pytest.mark.parametrize("rounds", [0, -1])
@pytest.mark.parametrize("measure", [timing.measure, timing.everything])
def test_a_number_of_rounds_that_times_nothing_is_refused(measure, rounds):
    with pytest.raises(AsytError, match=f"--rounds {rounds}: "):
        measure(rounds)


def test_a_measurement_has_a_row_a_contender_and_repetition():
    table = timing.measure(2, ("bp by hand",))
    assert table.groupby("name").size().to_dict() == {"bp by hand": 2, "sgemm alone": 2}
    assert (table.value > 0).all()


def test_the_counted_memory_is_that_of_the_tensors(monkeypatch):
    class Done:
        stdout = "0"

    monkeypatch.setattr(timing.subprocess, "run", lambda *_, **__: Done())
    counted = timing.memory(3).set_index("name").value["counted"]
    twin = Perceptron(MNIST.layers)
    chips = DistortedDevice(twin, 3, 0, distortion=0.6, encapsulated=False)
    weights, x = twin.initial(0, 0.1, 0.5), torch.rand(600, 784)
    states, digital = chips.layer_by_layer(weights, x), twin.forward(weights, x)
    model = sum(tensor.numel() for layer in weights for tensor in layer)
    activations = sum(tensor.numel() for tensor in [x, *states[1:], *digital[1:]])
    errors = sum(tensor.numel() for layer in chips.gain for tensor in layer)
    assert counted == 4 * (model + 3 * model + errors + activations)


def test_sgemm_leaves_out_the_backward_product_of_the_first_layer(monkeypatch):
    seen = []
    monkeypatch.setattr(products, "forward", lambda a, b: seen.append((*a.shape, len(b))))
    timing.sgemm(1)
    assert set(seen) >= {(256, 784, 600), (256, 600, 784), (600, 10, 256)}
    assert (600, 256, 784) not in seen


def test_memory_that_is_taken_is_seen():
    assert system.grown(lambda: bytearray(300_000_000)) > 200_000_000


@pytest.mark.parametrize("measure", [timing.memory, timing.starts, timing.everything])
def test_what_the_system_does_not_report_is_not_measured(measure, monkeypatch):
    monkeypatch.setattr(system, "resource", None)
    with pytest.raises(AsytError, match="asyt bench --last"):
        measure()


def test_threads_are_counted_where_none_can_be_chosen(monkeypatch):
    monkeypatch.delattr(system.os, "sched_getaffinity", raising=False)
    assert system.all_threads() >= 1


def test_pairs_are_timed_side_by_side(monkeypatch):
    monkeypatch.setattr(timing, "pairs", lambda: {"x": (lambda: None, lambda: None, 2.0)})
    monkeypatch.setattr(timing, "timed", lambda *_: 1.5)
    table = timing.paired(3)
    smallest = table.groupby(["quantity", "name"]).value.min()
    assert smallest.to_dict() == {("x", "above"): 3.0, ("x", "below"): 1.5}
    assert len(table) == 6
