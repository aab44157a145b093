"""What runs found, in a few rows."""

import numpy as np
import pandas as pd
import pytest

from asyt import experiments
from asyt.experiments.findings import findings


@pytest.fixture
def runs(crossed):
    """Two methods on 3 chips x 2 seeds, two epochs; accuracy 0.5 before and 0.8 after."""
    table = crossed(
        method=["asyt", "insilico-bp"], seed=(0, 1), chip=range(3), epoch=(0, 9), split=["test"]
    )
    return table.assign(accuracy=np.where(table.epoch == 9, 0.8, 0.5))


def test_accuracy_after_the_last_epoch_a_method(runs):
    found = findings(runs)
    assert found.columns.tolist() == ["method", "accuracy (%)", "range (%)", "n", "what"]
    assert found.to_numpy().tolist() == [
        ["asyt", "80.00", "80.00 to 80.00", 6, "mean, 95 % interval"],
        ["insilico-bp", "80.00", "80.00 to 80.00", 6, "median, 5-95 %"],
    ]


def test_training_accuracies_do_not_count(runs):
    more = pd.concat([runs, runs.assign(split="train", accuracy=0.99)])
    assert findings(more).equals(findings(runs))


def test_draws_that_are_not_crossed_have_a_median(runs):
    found = findings(runs[(runs.seed == 0) | (runs.chip > 0)])
    assert found.what.tolist() == ["median, 5-95 %"] * 2


def test_settings_that_differ_make_groups(runs):
    both = pd.concat([runs.assign(noise="none"), runs.assign(noise="5 dB", accuracy=0.3)])
    found = findings(both).set_index(["method", "noise"])["accuracy (%)"]
    assert found["asyt", "none"] == "80.00"
    assert found["asyt", "5 dB"] == "30.00"


def test_equal_draws_that_share_a_row_are_counted():
    rows = {"method": "asyt", "quantity": "accuracy", "value": [0.2, 0.8], "count": [1, 3]}
    (found,) = findings(pd.DataFrame(rows)).itertuples()
    assert found.n == 4
    assert found[2] == "80.00"


def test_one_draw_has_no_interval(runs):
    found = findings(runs[(runs.seed == 0) & (runs.chip == 0)])
    assert found.what.tolist() == ["one draw"] * 2


@pytest.mark.parametrize("experiment", experiments.registry())
def test_every_experiment_has_findings(experiment):
    found = findings(experiments.table(experiment, "paper"))
    assert len(found) > 0
    shown = [name for name in ("accuracy (%)", "value") if name in found]
    assert not found[shown].isna().any(axis=None)
