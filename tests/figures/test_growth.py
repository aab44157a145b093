"""The size of controls under noise."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.experiments import mnist as mnist_runs
from asyt.figures import _style as style
from asyt.figures import growth
from asyt.training import Data

TINY = growth.Config(layers=(6, 5, 3), epochs=3, batch_size=10, rate=0.01, devices=2)


@pytest.fixture
def tiny(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    x, y = (
        torch.rand(60, 6, generator=generator),
        torch.nn.functional.one_hot(torch.arange(60) % 3, 3).float(),
    )
    monkeypatch.setattr(
        mnist_runs, "tensors", lambda name, samples, device: Data(x[:40], y[:40], x[40:], y[40:])
    )
    return TINY


def test_size_is_the_root_mean_square_of_all_parameters(tiny):
    trainer = mnist_runs.build(tiny)
    trainer.run_epoch()
    found = {(row["method"], row["chip"]): row["value"] for row in growth.sizes(trainer)}
    (branch,) = trainer.branches.values()
    second = torch.cat([t[1].flatten() for layer in branch.controls for t in layer])
    digital = torch.cat([t.flatten() for layer in trainer.digital for t in layer])
    assert found[("asyt", 1)] == pytest.approx(float(second.square().mean().sqrt()))
    assert found[("ideal-bp", 0)] == pytest.approx(float(digital.square().mean().sqrt()))


def test_limited_controls_stay_in_their_range(tiny):
    trainer = mnist_runs.build(replace(tiny, rate=1.0))
    (branch,) = trainer.branches.values()
    branch.limits = (-0.3, 0.3)
    trainer.run_epoch()
    assert max(float(t.abs().max()) for layer in branch.controls for t in layer) <= 0.3 + 1e-7
    assert max(float(t.abs().max()) for layer in trainer.digital for t in layer) > 0.3


def test_variants_differ_in_noise_and_range_only():
    configs = growth.jobs("paper")
    assert len({config.reading for config in configs}) == 5
    assert [config.limit for config in configs] == [None, None, None, None, 1.0]
    assert {config.seed for config in configs} == {0}


def test_final_and_figure_show_every_variant(tiny):
    style.use()
    variants = [replace(tiny, **variant) for variant in growth.VARIANTS]
    table = pd.concat([growth.run(config).assign(**config.columns) for config in variants])
    found = growth.final(table).set_index("noise")
    asyt = table[
        (table.noise == "none") & (table.quantity == "accuracy") & (table.method == "asyt")
    ]
    assert found.loc["none", "end (%)"] == pytest.approx(100 * asyt[asyt.epoch == 3].value.mean())
    assert (found["peak (%)"] >= found["end (%)"]).all()
    figure, _ = growth.draw(table)
    assert len(figure.axes) == 2 * len(growth.VARIANTS)
