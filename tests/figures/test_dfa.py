"""Training by light, its judgement, and its comparison with AsyT."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt import claims, experiments
from asyt.devices import DistortedDevice, OpticalProcessingUnit
from asyt.figures import _style as style
from asyt.figures import dfa, dfa_runs, dfa_sweeps, opu_compare
from asyt.methods import feedback
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Perceptron

TINY = dfa_runs.Config(layers=(6, 8, 8, 3), epochs=2, batch_size=10)


@pytest.fixture
def tiny(monkeypatch):
    random = np.random.default_rng(0)
    labels = np.arange(90) % 3
    x = (np.eye(3)[labels].repeat(2, 1) + 0.1 * random.random((90, 6))).astype(np.float32)
    data = SimpleNamespace(
        train_x=x[:60], train_y=labels[:60], test_x=x[60:], test_y=labels[60:], classes=range(3)
    )
    monkeypatch.setattr("asyt.datasets.load", lambda name: data)
    return TINY


@pytest.mark.parametrize("method", dfa_runs.METHODS)
def test_every_method_learns_an_easy_task(tiny, method):
    table = dfa_runs.run(replace(tiny, method=method, rate=0.01, epochs=20, threshold=0.05))
    assert table[(table.quantity == "accuracy") & (table.split == "test")].value.iloc[-1] > 0.9
    assert set(table[table.quantity == "exposures"].value > 0) == (
        {True} if method == "dfa-optical" else set()
    )


def test_a_run_repeats_and_depends_on_its_seed(tiny):
    first, again, other = (dfa_runs.run(replace(tiny, seed=seed)) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_readout_only_leaves_hidden_layers_alone():
    twin = Perceptron(TINY.layers, activation="tanh")
    weights = dfa_runs.initial(twin, 0)
    states = twin.forward(weights, torch.rand(4, 6))
    gradient, unit = dfa_runs.gradient_function(replace(TINY, method="readout-only"), twin)
    error = torch.rand(4, 3)
    found = gradient(states, weights, error)
    assert unit is None and found[0] == found[1] == Layer(None, None)
    torch.testing.assert_close(found[2].weight, error.T @ states[2])


def made_up(accuracy: dict) -> pd.DataFrame:
    """A table of final accuracies, (method, rate) -> one value a seed."""
    rows = [
        {
            "method": m,
            "rate": r,
            "seed": s,
            "epoch": e,
            "quantity": "accuracy",
            "split": split,
            "value": v * (e == 10),
        }
        for (m, r), values in accuracy.items()
        for s, v in enumerate(values)
        for e in (0, 10)
        for split in ("train", "test")
    ]
    rows += [
        {
            "method": "dfa-optical",
            "rate": 0.01,
            "seed": 0,
            "epoch": 10,
            "quantity": "exposures",
            "split": "train",
            "value": 300_000.0,
        }
    ]
    return pd.DataFrame(rows)


def test_verdicts_follow_the_tables(monkeypatch):
    table = made_up(
        {
            ("dfa-optical", 0.01): np.linspace(0.95, 0.965, 10),
            ("dfa-ternary", 0.001): [0.970, 0.972],
            ("dfa", 0.001): [0.979, 0.981],
            ("bp", 0.001): [0.98],
        }
    )
    monkeypatch.setattr(experiments, "table", lambda *a, **k: table)
    rows = {row["id"]: row for row in claims.rows(dfa.measurements())}
    assert rows["opu-optical"]["verdict"] == "reproduced" and rows["opu-optical"]["n"] == 10
    assert rows["opu-ternary"]["measured"] == 97.1 and rows["opu-dfa"]["verdict"] == "reproduced"
    assert rows["opu-ternary-cost"]["measured"] == pytest.approx(0.9)
    assert rows["opu-ternary-cost"]["verdict"] == "not-reproduced"
    assert rows["opu-s-network"]["verdict"] == "used"
    assert rows["opu-inference"]["verdict"] == rows["opu-concept"]["verdict"] == "reproduced"
    assert rows["opu-concept"]["measured"] == 0.5  # 300,000 frames for ten epochs of 60,000 samples


def test_nine_optical_runs_are_too_few(monkeypatch):
    table = made_up(
        {
            ("dfa-optical", 0.01): [0.95] * 9,
            ("dfa-ternary", 0.001): [0.97],
            ("dfa", 0.001): [0.98],
            ("bp", 0.001): [0.98],
        }
    )
    monkeypatch.setattr(experiments, "table", lambda *a, **k: table)
    rows = {row["id"]: row["verdict"] for row in claims.rows(dfa.measurements())}
    assert rows["opu-optical"] == "not-measured"


def test_figures_and_summary_show_every_method(tiny):
    style.use()
    configs = [
        replace(tiny, method=m, rate=r, seed=s) for m, r, _ in dfa_runs.VARIANTS for s in (0, 1)
    ]
    table = pd.concat([dfa_runs.run(c).assign(**c.columns) for c in configs])
    assert len(dfa.summary(table)) == len(dfa_runs.VARIANTS)
    figure, plotted = dfa.draw(table)
    assert set(plotted.quantity) == {"accuracy", "angle-1", "angle-2"} and len(figure.axes) == 3


def test_the_run_that_sweeps_share_stands_in_each():
    configs = dfa_sweeps.jobs("paper")
    assert len(set(configs)) == len(configs)
    table = pd.DataFrame(
        [
            {**c.columns, "epoch": 5, "quantity": "accuracy", "split": "test", "value": i / 100}
            for i, c in enumerate(configs)
        ]
    )
    found = dfa_sweeps.finals(table)
    shared = found[(found.sweep == "threshold") & (found.x == 0.1)].accuracy.item()
    for sweep, x in (("bits", 8), ("width", 1024), ("dark", 0)):
        assert found[(found.sweep == sweep) & (found.x == x)].accuracy.item() == shared
    style.use()
    assert len(dfa_sweeps.draw(table)[0].axes) == 4


@pytest.mark.parametrize("opened", [False, True])
def test_optical_feedback_of_a_device_is_eq_3_for_each_chip(opened):
    twin = Perceptron((4, 6, 5, 3), activation="tanh")
    device = DistortedDevice(twin, 2, 0, distortion=0.5, encapsulated=not opened)
    weights = twin.initial(0, 1.0, 1.0)
    controls = [Layer(torch.stack([w, 2 * w]), torch.stack([b, b])) for w, b in weights]
    x, y = torch.rand(5, 4), torch.eye(3)[[0, 1, 2, 0, 1]]
    method = opu_compare.OpticalFeedback(OpticalProcessingUnit(3, 11, 0, "ideal"), 0.1, opened)
    step = DigitalStep(weights, twin.forward(weights, x), torch.zeros(5, 3))
    found = method.gradient(twin, step, device, controls, x, y, 0.2)
    matrix, seen = method.unit.matrix(), device.propagate(controls, x)
    for chip in range(2):
        mine = [Layer(w[chip], b[chip]) for w, b in controls]
        digital = twin.forward(mine, x)
        error = seen[-1][chip].softmax(-1) - y
        states = [x, *(s[chip] for s in seen[1:])] if opened else digital
        sent = feedback.ternarise(error) @ matrix.T
        delta = sent[:, 6:] * (1 - states[2] ** 2)
        torch.testing.assert_close(found[1].weight[chip], 0.2 * delta.T @ states[1])
        torch.testing.assert_close(found[2].bias[chip], 0.2 * error.sum(0))
    assert device.accesses.reads == (14 if opened else 3) * 5


def test_the_energies_cross_where_the_page_says():
    for name, size in opu_compare.crossing().items():
        found = opu_compare.energy(np.array([size]))
        gpu = found["GPU, arithmetic" if name == "arithmetic" else "GPU, matrix from memory"]
        assert gpu == pytest.approx(found["optical, two frames"])
    assert opu_compare.energy(np.array([1e4]))["optical, one frame"] == pytest.approx(0.02)
