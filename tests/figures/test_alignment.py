"""The rare event by three ways, layers, and the angle between updates."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import integrate, stats

from asyt.errors import ResultError
from asyt.experiments import mnist as mnist_runs
from asyt.figures import _style as style
from asyt.figures import alignment
from asyt.training import Data

TINY = mnist_runs.Config(layers=(6, 5, 3), epochs=3, batch_size=10, rate=0.01, devices=2)


@pytest.fixture
def data():
    generator = torch.Generator().manual_seed(0)
    x, y = (
        torch.rand(60, 6, generator=generator),
        torch.nn.functional.one_hot(torch.arange(60) % 3, 3).float(),
    )
    return Data(x[:40], y[:40], x[40:], y[40:])


@pytest.mark.parametrize("s", [0.1, 0.25, 0.6])
def test_formula_and_importance_sampling_agree_with_the_integral_of_the_density(s):
    tail = 2 * integrate.quad(stats.norm(0, s).pdf, 1, 1 + 20 * s**2 + s, epsabs=0)[0]
    mean, error = alignment.sampled(s, 50_000, seed=3)
    assert alignment.broken(s) == pytest.approx(tail, rel=1e-3)
    assert abs(mean - tail) < 4 * error
    assert error < 0.05 * tail


def test_a_layer_of_one_connection_breaks_half_as_often_as_the_two_sided_formula():
    share, exact = alignment.layers(0.6, 1, 50_000, seed=0)
    assert exact == pytest.approx(alignment.broken(0.6) / 2)
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact / 50_000))


def test_exact_probability_of_a_layer_is_what_counting_finds():
    share, exact = alignment.layers(1.2, 16, 50_000, seed=0)
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact / 50_000))


def test_without_distortion_pseudo_and_digital_update_are_one(data):
    trainer = mnist_runs.build(replace(TINY, distortion=0.0), data=data)
    found = pd.DataFrame(alignment.updates(trainer, every=1))
    assert len(found) == 3 * 4 * 2 * 2  # epochs, steps, layers, chips
    assert found.value.max() < 0.1
    assert np.allclose(found.extra, 1, atol=1e-4)


def test_early_steps_are_all_measured_and_later_ones_now_and_then(data):
    trainer = mnist_runs.build(TINY, data=data)  # 3 epochs of 4 steps
    assert sorted({row["step"] for row in alignment.updates(trainer, every=5)}) == [
        0,
        1,
        2,
        3,
        4,
        5,
        10,
    ]


def test_angle_and_ratio_are_those_of_the_updates_by_autograd(data):
    trainer = mnist_runs.build(TINY, data=data)
    (branch,) = trainer.branches.values()
    x, y = data.train_x[:10], data.train_y[:10]
    rows = {(r["size"], r["chip"]): r for r in alignment._compare(trainer, branch, x, y, 0)}
    (w1, b1), (w2, b2) = ((t.double().requires_grad_() for t in layer) for layer in trainer.digital)
    z = torch.relu(x.double() @ w1.T + b1) @ w2.T + b2
    pseudo_error = (branch.device(branch.controls, x)[1].softmax(-1) - y).double()  # of chip 1
    dig, pseudo = (
        torch.autograd.grad(z, [w1, b1], error, retain_graph=True)
        for error in ((z.softmax(-1) - y).detach(), pseudo_error)
    )
    d, p = (torch.cat([w.flatten(), b]) for w, b in (dig, pseudo))
    assert rows[1, 1]["extra"] == pytest.approx(float(p.norm() / d.norm()), rel=1e-4)
    cosine = float((d + p) @ d / ((d + p).norm() * d.norm()))
    assert rows[1, 1]["value"] == pytest.approx(np.rad2deg(np.arccos(cosine)), abs=0.05)


def test_no_pseudo_update_turns_asyt_further_than_the_bound():
    generator = np.random.default_rng(0)
    d, p = generator.standard_normal((2, 5000, 3))
    ratio = np.linalg.norm(p, axis=1) / np.linalg.norm(d, axis=1)
    mixed = d + p
    cosine = (mixed * d).sum(1) / (np.linalg.norm(mixed, axis=1) * np.linalg.norm(d, axis=1))
    angle = np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))
    assert (angle <= alignment.largest(ratio) + 1e-6).all()
    assert (angle > 0.95 * alignment.largest(ratio)).any()


@pytest.fixture
def table(monkeypatch, data):
    monkeypatch.setattr(mnist_runs, "tensors", lambda *_: replace_width(data))
    config = replace(alignment.PROFILES["smoke"], epochs=1, samples=40)
    return pd.concat(
        [alignment.run(replace(config, seed=s)).assign(seed=s) for s in (0, 1)], ignore_index=True
    )


def replace_width(data):
    """The small task, repeated to the 784 inputs, 10 classes and 600 samples of the experiment."""

    def wide(x, width):
        return torch.nn.functional.pad(x, (0, width - x.shape[1])).repeat(30, 1)

    return Data(*(wide(t, 784 if name.endswith("x") else 10) for name, t in vars(data).items()))


def test_measurements_judge_the_printed_digits_and_the_largest_similar_angle(table, monkeypatch):
    monkeypatch.setattr(alignment.experiments, "table", lambda *_: table)
    found = {m.claim: m for m in alignment.measurements()}
    assert found["asyt-m-10percent"].holds
    assert found["asyt-m-25percent"].holds
    assert (
        found["asyt-m-10percent"].low
        < found["asyt-m-10percent"].measured
        < found["asyt-m-10percent"].high
    )
    near = table[(table.quantity == "update") & (table.extra >= 0.5) & (table.extra <= 2)]
    assert found["asyt-m-90degrees"].measured == near.value.max()
    assert found["asyt-m-90degrees"].n == len(near)
    assert alignment.check(table, "paper") == 0
    turned = table.assign(value=table.value.where(table.quantity != "update", 0.0))
    with pytest.raises(ResultError, match="asyt run alignment"):
        alignment.check(turned, "paper")


def test_figures_show_every_update_and_both_printed_values(table):
    style.use()
    assert len(alignment.draw_angle(table)[1]) == (table.quantity == "update").sum()
    figure, plotted = alignment.draw_probability(table)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert "reported: 1.5e-21 %" in said and "reported: 6.3e-3 %" in said
    assert set(plotted.quantity) == {"connection", "layer"}
