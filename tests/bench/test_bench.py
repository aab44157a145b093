"""The contenders do the same work, and the ratios are those of their times."""

import itertools
import json

import pandas as pd
import pytest
import torch
import typer.testing

from asyt import bench, cli, results
from asyt.bench import contenders, timing
from asyt.bench.contenders import Task, _Linear, by_hand, fleet, plain
from asyt.bench.ratios import flat, interval
from asyt.figures import speed
from asyt.twins import products

#: With and without products large enough for the fast way.
TASKS = [Task((12, 9, 8, 4), 20), Task((120, 110, 100, 10), 130)]


@pytest.mark.parametrize("task", TASKS)
def test_all_ways_of_back_propagation_take_the_same_steps(task, monkeypatch):
    monkeypatch.setattr(contenders, "RATE", 1e-2)
    ways = [plain(task), plain(task, _Linear.apply), by_hand(task), fleet("asyt", 2, task=task)]
    start = [t.clone() for t in contenders.Perceptron(task.layers).initial(0, 0.1, 0.5)[0]]
    for _ in range(3):
        found = [step() for step in ways]
    for other in found[1:]:
        torch.testing.assert_close(other, [t.detach() for t in found[0]], rtol=1e-4, atol=1e-5)
    assert (found[0][0] - start[0]).abs().max() > 1e-3


@pytest.mark.parametrize(
    "name", [name for name in contenders.CONTENDERS if name not in contenders.EAGER]
)
def test_no_step_looks_at_a_number_or_leaves_its_device(name):
    """Tensors without numbers pass through it whole, so it can be captured as a CUDA graph."""
    step = contenders.CONTENDERS[name][0]("meta")
    step()
    assert {t.device.type for t in step()} == {"meta"}


def test_a_gpu_that_is_not_there_is_not_timed():
    shown = typer.testing.CliRunner().invoke(cli.app, ["bench", "--device", "cuda"])
    if torch.cuda.is_available():
        assert torch.cuda.get_device_name() in shown.output
    else:
        assert shown.exit_code == 2 and "no CUDA device" in shown.output


def test_flops_of_a_step_by_hand():
    flops = Task((5, 3, 2), 7).flops()
    assert flops == {
        "forward": 2 * 7 * (15 + 6),
        "backward": 2 * 7 * (15 + 6 + 6),
        "all": 2 * 7 * (15 + 6) * 3 - 210,
    }


def test_timed_is_the_mean_of_the_steps(monkeypatch):
    clock = itertools.count().__next__
    monkeypatch.setattr(timing.time, "process_time", clock)
    assert timing.timed(clock, 10) == pytest.approx(11 / 10)


def times(**seconds):
    names = dict.fromkeys(contenders.CONTENDERS, 1.0) | {"sgemm alone": 0.8} | seconds
    rows = [
        timing._row("seconds a step and chip", name, value * slow, repetition=i)
        for i, slow in enumerate((2.0, 1.0, 3.0))
        for name, value in names.items()
    ]
    rows += [
        timing._row("profile", "aten::mul", 0.98),
        timing._row("profile", "outside of operators", 0.02),
        timing._row("bytes", "peak", 6.0),
        timing._row("bytes", "counted", 5.0),
        timing._row("seconds to start", "import torch", 2.0),
        timing._row("seconds to start", "import asyt", 2.5),
        timing._row("seconds to start", "asyt --help", 0.3),
    ]
    return pd.DataFrame(rows)


def test_ratios_take_the_smallest_time_and_the_faster_plain_loop():
    table = times(
        **{
            "bp, our products": 2.0,
            "bp, torch's products": 4.0,
            "asyt, C = 16": 2.2,
            "wide dfa": 0.5,
        }
    )
    found = bench.ratios(table)
    assert found["asyt_over_bp"] == {"1": 0.5, "16": 1.1, "64": 0.5}
    assert found["asyt_over_handwritten_bp"]["16"] == pytest.approx(2.2)
    assert found["gemm_fraction"] == pytest.approx(0.8 * 17 / 16 / 2.2)
    assert (found["dfa_over_bp"], found["overhead_fraction"], found["peak_memory_ratio"]) == (
        0.5,
        0.02,
        1.2,
    )
    assert interval(table, "asyt, C = 16") == pytest.approx((1.1, 1.1))
    numbers = flat(found)
    assert [name for name in bench.TARGETS if not bench.met(name, numbers)] == ["gemm_fraction"]


def test_the_counted_memory_is_that_of_the_tensors(monkeypatch):
    class Done:
        stdout = "0"

    monkeypatch.setattr(timing.subprocess, "run", lambda *_, **__: Done())
    counted = timing.memory(3).set_index("name").value["counted"]
    twin = contenders.Perceptron(contenders.MNIST.layers)
    chips = contenders.DistortedDevice(twin, 3, 0, distortion=0.6, encapsulated=False)
    weights = twin.initial(0, 0.1, 0.5)
    x = torch.rand(600, 784)
    states, digital = chips.layer_by_layer(weights, x), twin.forward(weights, x)
    held = [t for layer in weights for t in layer] * (1 + 3) + [
        t for layer in chips.gain for t in layer
    ]
    assert counted == 4 * sum(t.numel() for t in [*held, x, *states[1:], *digital[1:]])


def test_sgemm_leaves_out_the_backward_product_of_the_first_layer(monkeypatch):
    seen = []
    monkeypatch.setattr(products, "forward", lambda a, b: seen.append((*a.shape, len(b))))
    timing.sgemm(1)
    assert set(seen) >= {(256, 784, 600), (256, 600, 784), (600, 10, 256)}
    assert (600, 256, 784) not in seen


def test_the_command_prints_the_stored_measurement(tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    shown = typer.testing.CliRunner().invoke(cli.app, ["bench", "--last"])
    assert shown.exit_code == 2
    assert "asyt run speed" in shown.output
    results.save(
        "speed", speed.PROFILES["paper"], times(), seeds=0, wall_time_s=1.0, device_name="a test"
    )
    shown = typer.testing.CliRunner().invoke(cli.app, ["bench", "--last", "--format", "json"])
    found = json.loads(shown.output)
    wanted = "asyt_over_bp asyt_noisy_over_bp asyt_over_handwritten_bp pseudo_over_bp pat_over_bp dfa_over_bp"
    assert set(found) >= {
        *wanted.split(),
        "gemm_fraction",
        "overhead_fraction",
        "threads",
        "machine",
    }
    assert (found["machine"], found["threads"], set(found["asyt_over_bp"])) == (
        "a test",
        1,
        {"1", "16", "64"},
    )
    assert (
        "asyt_over_bp 64" in typer.testing.CliRunner().invoke(cli.app, ["bench", "--last"]).output
    )
