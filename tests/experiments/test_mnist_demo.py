"""The public demo's configuration on small data."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.errors import AsytError
from asyt.experiments import mnist_demo as demo

TINY = demo.Config(layers=(6, 5, 3), epochs=2, batch_size=10, rate=0.01)


@pytest.fixture
def table(small_task):  # noqa: ARG001
    """Two seeds, and a shorter run of the first without update error."""
    exact = replace(TINY, update_error=0.0, epochs=1)
    configs = [TINY, replace(TINY, seed=1), exact]
    return pd.concat([demo.run(config).assign(**config.columns) for config in configs])


@pytest.mark.usefixtures("small_task")
def test_three_trainings_on_the_tied_chip_and_one_independent():
    fleets = demo.run(TINY).groupby("variant").fleet.unique().map(set).to_dict()
    assert fleets == {
        "shipped": {"digital", "tied"},
        "written": {"digital", "tied"},
        "insilico": {"digital", "tied", "independent"},
    }


@pytest.mark.usefixtures("small_task")
def test_tied_errors_are_six_times_the_initial_weights():
    start = demo.setup(TINY)
    tied, independent = start.masks["tied"], start.masks["independent"]
    assert torch.allclose(tied[0].weight[0], 6 * start.initial[0].weight)
    assert not torch.allclose(independent[0].weight[0], 6 * start.initial[0].weight, atol=0.1)
    assert torch.equal(tied[1].weight, independent[1].weight)


def test_outcome_is_the_mean_over_seeds_with_the_demos_own_update_error(table):
    outcome = demo.outcome(table).set_index(["variant", "method", "fleet"])
    written = table[(table.variant == "written") & (table.method == "asyt")]
    last = 100 * written[written.epoch == 2].accuracy
    row = outcome.loc["written", "asyt", "tied"]
    assert list(row) == pytest.approx([last.mean(), last.min(), last.max(), 2])


def test_update_errors_are_compared_at_the_same_epoch_and_seed(table):
    compared = demo.without_update_error(table)
    assert set(compared.index) == {0.0, 0.6}
    assert set(compared.epoch) == {1}
    shipped = table[(table.variant == "shipped") & (table.method == "asyt")]
    first = shipped[(shipped.epoch == 1) & (shipped.seed == 0) & (shipped.update_error == 0.6)]
    assert compared.accuracy[0.6] == pytest.approx(100 * first.accuracy.item())


def test_without_update_error_one_run_is_shorter_and_evaluated_where_the_others_are():
    *whole, exact = demo.EXPERIMENT.jobs("paper")
    assert {config.update_error for config in whole} == {0.6}
    assert (exact.update_error, exact.epochs) == (0, 100)
    assert demo.evaluated(exact.epochs)


def test_it_trains_one_chip():
    with pytest.raises(AsytError, match="'mnist-demo' has no number of chips"):
        demo.EXPERIMENT.jobs("paper", devices=5)
