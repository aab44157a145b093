"""Summaries of tables: centre, low, high, n, and what a single draw has."""

import numpy as np
import pandas as pd
import pytest

from asyt.experiments import summaries


@pytest.fixture
def table():
    """Two epochs, methods and seeds, three chips; the accuracy is 0.1 a chip and 0.5 a method."""
    rows = pd.MultiIndex.from_product(
        [(1, 2), ("asyt", "insilico-bp"), (0, 1), (0, 1, 2)],
        names=["epoch", "method", "seed", "chip"],
    ).to_frame(index=False)
    return rows.assign(accuracy=0.1 * rows.chip + 0.5 * (rows.method == "asyt"))


def test_final_is_the_last_epoch(table):
    assert set(summaries.final(table).epoch) == {2}


def test_grid_crosses_seeds_and_chips(table):
    group = summaries.final(table).query("method == 'asyt'")
    np.testing.assert_allclose(summaries.grid(group), [[50, 60, 70]] * 2)
    one = group[group.chip == 1]
    np.testing.assert_allclose(summaries.grid(one, columns=None), [[60], [60]])


def test_mean_lies_inside_its_interval():
    found = summaries.mean(np.array([[50.0, 60.0, 70.0]] * 2))
    assert found["centre"] == 60
    assert found["low"] < 60 < found["high"]
    assert found["n"] == 6


@pytest.mark.parametrize("summary", [summaries.mean, summaries.spread])
def test_a_single_draw_is_its_own_interval(summary):
    found = summary(np.array([[42.0]]) if summary is summaries.mean else np.array([42.0]))
    assert found == {"centre": 42.0, "low": 42.0, "high": 42.0, "n": 1}


def test_groups_keep_their_order_and_columns(table):
    found = summaries.interval(table, ["method", "epoch"], replicates=100)
    assert list(found.columns) == ["method", "epoch", *summaries.SPREAD]
    assert found.method.tolist() == ["asyt", "insilico-bp", "asyt", "insilico-bp"]


def test_population_is_median_and_range(table):
    found = summaries.population(table, ["method"]).set_index("method")
    assert found.loc["insilico-bp", "centre"] == pytest.approx(10)
    assert found.loc["insilico-bp", "n"] == 12


def test_what_is_only_tested_is_a_population(table):
    found = summaries.by_method(table, ["method", "epoch"], replicates=100).set_index("method")
    tested = summaries.population(table, ["method", "epoch"]).set_index("method")
    pd.testing.assert_frame_equal(found.loc[["insilico-bp"]], tested.loc[["insilico-bp"]])
    trained = summaries.interval(table, ["method", "epoch"], replicates=100).set_index("method")
    pd.testing.assert_frame_equal(found.loc[["asyt"]], trained.loc[["asyt"]])
