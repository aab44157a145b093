"""Updates compared along a training, and what the table of the alignment says."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt.errors import ResultError
from asyt.experiments import alignment, mnist

TINY = mnist.Config(layers=(6, 5, 3), epochs=3, batch_size=10, rate=0.01, devices=2)


def test_without_distortion_pseudo_and_digital_update_are_one(small_task):
    trainer = mnist.build(replace(TINY, distortion=0.0), data=small_task)
    table = pd.DataFrame(alignment.updates(trainer, TINY.mixing, every=1))
    assert len(table) == 3 * 4 * 2 * 2  # epochs, steps, layers, chips
    assert table.value.max() < 0.1
    assert np.allclose(table.extra, 1, atol=1e-4)


def test_early_steps_are_all_measured_and_later_ones_now_and_then(small_task):
    trainer = mnist.build(TINY, data=small_task)  # 3 epochs of 4 steps
    steps = {row["step"] for row in alignment.updates(trainer, TINY.mixing, every=5)}
    assert sorted(steps) == [0, 1, 2, 3, 4, 5, 10]


def test_angle_and_ratio_are_those_of_the_updates_by_autograd(small_task):
    trainer = mnist.build(TINY, data=small_task)
    (branch,) = trainer.branches.values()
    x, y = small_task.train_x[:10], small_task.train_y[:10]
    rows = alignment.compare(trainer, TINY.mixing, x, y)
    (row,) = (row for row in rows if (row["size"], row["chip"]) == (1, 1))
    first, second = (layer.map(lambda t: t.double().requires_grad_()) for layer in trainer.digital)
    hidden = torch.relu(x.double() @ first.weight.T + first.bias)
    z = hidden @ second.weight.T + second.bias

    def update(readout):
        error = (readout.softmax(-1) - y).double().detach()
        weight, bias = torch.autograd.grad(z, first.tensors(), error, retain_graph=True)
        return torch.cat([weight.flatten(), bias])

    d, p = update(z), update(branch.device(branch.controls, x)[1])
    cosine = float((d + p) @ d / ((d + p).norm() * d.norm()))
    assert row["extra"] == pytest.approx(float(p.norm() / d.norm()), rel=1e-4)
    assert row["value"] == pytest.approx(np.rad2deg(np.arccos(cosine)), abs=0.05)


def test_a_run_has_connections_layers_and_updates_in_two_readings(small_task, monkeypatch):
    def build(config, compute):
        small = replace(config, layers=(6, 5, 3), batch_size=10)
        return build_mnist(small, compute, small_task)

    build_mnist = mnist.build
    monkeypatch.setattr(mnist, "build", build)
    table = alignment.run(alignment.Config(draws=100, epochs=1, every=2, devices=2))
    counts = table.groupby(["quantity", "noise"]).size().to_dict()
    assert counts == {
        ("connection", "none"): len(alignment.RANGE),
        ("layer", "none"): 15,
        ("update", "none"): 3 * 2 * 2,  # steps, layers, chips
        ("update", "10 dB mean-square"): 3 * 2 * 2,
    }


def test_number_of_chips_can_be_chosen():
    assert {config.devices for config in alignment.EXPERIMENT.jobs("paper", devices=7)} == {7}


@pytest.fixture
def table():
    """Two seeds of one connection, one layer, and three updates."""
    rows = [
        ("connection", 0.25, 1, 6e-5, 3e-6),
        ("connection", 0.25, 1, 7e-5, 4e-6),
        ("layer", 0.25, 16, 0.2, 0.1),
        ("layer", 0.25, 16, 0.4, 0.3),
        ("update", 0.6, 1, 12.0, 0.5),
        ("update", 0.6, 1, 30.0, 2.0),
        ("update", 0.6, 1, 80.0, 2.1),
    ]
    return pd.DataFrame(rows, columns=["quantity", "distortion", "size", "value", "extra"])


def test_probabilities_are_means_over_seeds_with_the_error_of_the_mean(table):
    (one,), (many,) = (
        summary(table).to_dict("records") for summary in (alignment.connections, alignment.layers)
    )
    assert (one["value"], one["extra"]) == pytest.approx((6.5e-5, 2.5e-6))
    assert (many["value"], many["extra"]) == pytest.approx((0.3, 0.2))


def test_similar_updates_are_within_a_factor_of_two(table):
    assert alignment.similar(table).value.tolist() == [12, 30]


def test_the_live_check_compares_the_largest_angle_and_the_probabilities(table):
    near = table.assign(value=table.value.replace(30.0, 32.0))
    assert alignment.check(table, table) == 0
    assert alignment.check(near, table) == 2
    turned = table.assign(value=table.value.replace(30.0, 34.0))
    rarer = table.assign(value=table.value.replace(7e-5, 6e-5))
    for other in (turned, rarer):
        with pytest.raises(ResultError, match="asyt run alignment"):
            alignment.check(other, table)


def test_ratios_are_medians_of_a_reading_over_all_steps_and_the_last_sixth():
    steps = range(1, 13)
    rows = pd.DataFrame({"step": steps, "extra": [1.0] * 10 + [3.0, 3.0], "value": 10.0})
    table = rows.assign(quantity="update", reading="independent")
    found = alignment.ratios(table)
    assert found["all"]["independent"] == 1
    assert found.late["independent"] == 3


def test_the_beginning_of_a_stored_run_is_held_against_its_first_steps(table, monkeypatch):
    steps = table.assign(step=[0, 0, 0, 0, 0, 5, 30])  # the angle of 80 degrees is no similar one
    later = steps.assign(value=steps.value.replace(80.0, 70.0), extra=steps.extra.replace(2.1, 1.9))
    lived = []

    def run(config):
        lived.append(config.epochs)
        return steps[steps.step < 10]

    monkeypatch.setattr(alignment, "run", run)
    kept = SimpleNamespace(table=later)
    monkeypatch.setattr(alignment, "stored_result", lambda *_: kept)
    assert alignment.beginning(alignment.Config(), epochs=1) == (6, 0)
    assert lived == [1]
    kept.table = later.assign(value=later.value.replace(30.0, 34.0))
    with pytest.raises(ResultError, match="asyt run alignment"):
        alignment.beginning(alignment.Config(), epochs=1)
