"""Training by light: the loop, its checkpoint, and what its tables say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt.checkpoints import Checkpoint
from asyt.errors import DivergenceError, UnknownNameError
from asyt.experiments import _dfa, dfa, store
from asyt.experiments.base import Execution
from asyt.training import Data

TINY = dfa.Config(layers=(6, 8, 8, 3), epochs=2, batch_size=10)


@pytest.fixture(autouse=True)
def easy(monkeypatch):
    """Three classes that a small network can tell apart."""
    labels = torch.arange(90) % 3
    y = torch.eye(3)[labels]
    x = y.repeat(1, 2) + 0.1 * torch.rand(90, 6, generator=torch.Generator().manual_seed(0))
    data = Data(x[:60], y[:60], x[60:], y[60:])
    monkeypatch.setattr("asyt.experiments.tasks.load", lambda *_, **__: data)


class Interrupted(Checkpoint):
    """A checkpoint at which the run is killed."""

    def save(self, state):
        super().save(state)
        if state["epoch"] == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("method", _dfa.RULES)
def test_every_method_learns_an_easy_task(method):
    table = dfa.run(replace(TINY, method=method, epochs=20, threshold=0.05))
    tested = table[(table.quantity == "accuracy") & (table.split == "test")]
    assert tested.value.iloc[-1] > 0.9
    assert set(tested.epoch) == set(range(21))
    assert ("exposures" in set(table.quantity)) == (method == "dfa-optical")


def test_a_run_repeats_and_depends_on_its_seed():
    first, again, other = (dfa.run(replace(TINY, seed=seed)) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


@pytest.mark.parametrize("method", ["dfa-optical", "fa", "readout-only"])
def test_a_resumed_run_equals_an_uninterrupted_one(method, tmp_path):
    config = replace(TINY, method=method, epochs=4, threshold=0.01)
    with pytest.raises(KeyboardInterrupt):
        dfa.run(config, Execution(checkpoint=Interrupted(tmp_path / "run.pt")))
    resumed = dfa.run(config, Execution(checkpoint=Checkpoint(tmp_path / "run.pt")))
    pd.testing.assert_frame_equal(resumed, dfa.run(config), check_exact=True)


def test_a_run_killed_after_its_last_epoch_only_counts(tmp_path):
    kept = Interrupted(tmp_path / "run.pt")
    with pytest.raises(KeyboardInterrupt):
        dfa.run(TINY, Execution(checkpoint=kept))
    resumed = dfa.run(TINY, Execution(checkpoint=Checkpoint(kept.path)))
    pd.testing.assert_frame_equal(resumed, dfa.run(TINY), check_exact=True)


def test_a_method_that_does_not_exist_is_refused():
    with pytest.raises(UnknownNameError, match="dfa-ternary"):
        dfa.run(replace(TINY, method="dfa-ternery"))


def test_a_run_that_diverges_says_so():
    with pytest.raises(DivergenceError, match="lower the rate"):
        dfa.run(replace(TINY, method="bp", rate=1e38))


def test_small_profiles_have_one_seed_a_method():
    assert len(dfa.EXPERIMENT.jobs("quick")) == len(dfa.VARIANTS)
    assert len(dfa.EXPERIMENT.jobs("paper")) == 36
    assert {config.seed for config in dfa.EXPERIMENT.jobs("paper", seeds=(7,))} == {7}


def made_up(**final: list[float]) -> pd.DataFrame:
    """Two epochs' accuracies, a method's final ones by seed, all at one rate."""
    rows = [
        {
            "method": method,
            "seed": seed,
            "epoch": epoch,
            "split": split,
            "value": value * epoch / 10,
        }
        for method, values in final.items()
        for seed, value in enumerate(values)
        for epoch in (0, 10)
        for split in ("test", "train")
    ]
    return pd.DataFrame(rows).assign(rate=0.001, quantity="accuracy")


def test_finals_are_those_of_the_last_epoch_by_seed():
    table = made_up(bp=[0.9, 0.8], dfa=[0.7])
    np.testing.assert_allclose(dfa.finals(table, "bp", 0.001), [90, 80])
    assert dfa.finals(table, "bp", 0.01).size == 0
    assert dfa.summary(table)["test (%)"].tolist() == ["70.00", "85.00"]


def test_a_curve_has_an_interval_an_epoch():
    curve = dfa.accuracies(made_up(bp=[0.9, 0.8], dfa=[0.7]))
    assert curve.columns.tolist()[-4:] == ["centre", "low", "high", "n"]
    last = curve[curve.epoch == 10].set_index("method")
    assert last.loc["bp", "low"] < last.loc["bp", "centre"] == pytest.approx(85)
    assert last.loc["dfa", "low"] == last.loc["dfa", "high"] == pytest.approx(70)


def test_the_cost_of_ternary_errors_is_paired_by_seed():
    table = made_up(**{"dfa": [0.98, 0.96], "dfa-ternary": [0.97, 0.95]})
    assert dfa.ternary_cost(table).mean == pytest.approx(1)


def test_the_first_epoch_of_a_stored_run_is_repeated(monkeypatch, tmp_path):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(dfa.PROFILES, "smoke", TINY)
    (config,) = (c for c in dfa.plan("smoke") if c.method == "dfa-ternary" and c.rate == 0.001)
    store.compute(dfa.EXPERIMENT, config)
    agreement = dfa.first_epoch("smoke")
    assert agreement.worst == 0 and len(agreement.rows) == 1
