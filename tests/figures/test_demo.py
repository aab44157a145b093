"""The public demo's configuration on MNIST-shaped data."""

from dataclasses import replace

import pytest
import torch

from asyt.errors import AsytError
from asyt.figures import _style as style
from asyt.figures import demo
from asyt.training import Data

TINY = demo.Config(layers=(6, 5, 3), epochs=2, batch_size=10, rate=0.01)


@pytest.fixture
def tiny(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    x, y = (
        torch.rand(60, 6, generator=generator),
        torch.nn.functional.one_hot(torch.arange(60) % 3, 3).float(),
    )
    monkeypatch.setattr(
        demo, "tensors", lambda name, samples, device: Data(x[:40], y[:40], x[40:], y[40:])
    )
    return TINY


def test_three_trainings_on_the_tied_chip_and_one_independent(tiny):
    table = demo.run(tiny)
    shown = set(table[["variant", "method", "fleet"]].itertuples(index=False, name=None))
    assert shown == {
        ("shipped", "ideal-bp", "digital"),
        ("shipped", "asyt", "tied"),
        ("written", "ideal-bp", "digital"),
        ("written", "asyt", "tied"),
        ("insilico", "ideal-bp", "digital"),
        ("insilico", "insilico-bp", "tied"),
        ("insilico", "insilico-bp", "independent"),
    }
    assert set(demo.CURVES) <= shown


def test_tied_errors_are_six_times_the_initial_weights(tiny):
    start = demo.setup(tiny)
    assert torch.allclose(start.masks["tied"][0].weight[0], 6 * start.initial[0].weight)
    assert not torch.allclose(
        start.masks["independent"][0].weight[0], 6 * start.initial[0].weight, atol=0.1
    )
    assert torch.equal(start.masks["tied"][1].weight, start.masks["independent"][1].weight)


def test_final_and_figure(tiny):
    style.use()
    configs = [
        replace(tiny, seed=0),
        replace(tiny, seed=1),
        replace(tiny, seed=0, update_error=0.0, epochs=1),
    ]
    table = demo.pd.concat([demo.run(config).assign(**config.columns) for config in configs])
    found = demo.final(table).set_index(["variant", "method", "fleet"])
    whole = table[table.update_error == 0.6]
    last = whole[
        (whole.epoch == 2) & (whole.variant == "written") & (whole.method == "asyt")
    ].accuracy
    assert found.loc[("written", "asyt", "tied"), "mean"] == pytest.approx(100 * last.mean())
    assert (found.n == 2).all()
    figure, plotted = demo.draw(table)
    assert len(figure.axes) == 2 and set(plotted.update_error) == {0.6}
    compared = demo.without_update_error(table)
    assert set(compared.index) == {0.0, 0.6} and set(compared.epoch) == {1}
    shipped = whole[
        (whole.epoch == 1)
        & (whole.seed == 0)
        & (whole.variant == "shipped")
        & (whole.method == "asyt")
    ]
    assert compared.accuracy[0.6] == pytest.approx(100 * shipped.accuracy.item())


def test_without_update_error_one_run_is_shorter_and_evaluated_where_the_others_are():
    *whole, exact = demo.jobs("paper")
    assert {config.update_error for config in whole} == {0.6} and exact.update_error == 0
    assert demo.evaluated(exact.epochs) and exact.epochs == 100


def test_it_trains_one_chip():
    with pytest.raises(AsytError, match="one chip"):
        demo.jobs("paper", devices=5)
