"""The live check of a stored table: exact where it must be, else with a limit."""

from dataclasses import replace

import pandas as pd
import pytest

from asyt import experiments
from asyt.errors import ResultError
from asyt.experiments import check, store

ACCURACY = 0.5


@pytest.fixture
def stored(toy, config, monkeypatch):
    """Stores rows of accuracy 0.5 + `change` at epochs 1 to 5, and returns their config."""

    def save(change=0.0):
        rows = pd.DataFrame({"epoch": range(1, 6), "accuracy": ACCURACY + change})
        computes = replace(toy.experiment(), run=lambda *_: rows)
        monkeypatch.setitem(store.EXTRA, "toy", computes)
        experiments.compute("toy", config(), force=True)
        return config()

    return save


LIVE = pd.DataFrame({"epoch": [1, 2], "accuracy": ACCURACY})


def test_equal_rows_agree_exactly(stored):
    agreement = check.check("toy", stored(), LIVE, ["epoch"])
    assert (agreement.worst, agreement.allowed, len(agreement.rows)) == (0.0, 0.0, 2)


def test_a_difference_is_refused_where_both_round_alike(stored):
    with pytest.raises(ResultError, match=r"differs .* by 0\.01 points, 0 are allowed"):
        check.check("toy", stored(change=1e-4), LIVE, ["epoch"])


@pytest.mark.parametrize("noisy", [False, True])
def test_rounding_and_noise_are_asked_for_less(stored, monkeypatch, noisy):
    if not noisy:
        monkeypatch.setattr(check, "arithmetic", lambda: "another")
    agreement = check.check("toy", stored(change=1e-4), LIVE, ["epoch"], noisy=noisy)
    assert agreement.allowed == check.POINTS > agreement.worst > 0


def test_noise_has_a_limit_too(stored):
    with pytest.raises(ResultError, match=r"by 0\.60 points, 0\.5 are allowed"):
        check.check("toy", stored(change=0.006), LIVE, ["epoch"], noisy=True)


@pytest.mark.parametrize("live", [LIVE.iloc[:0], LIVE.iloc[:0, :0], LIVE.assign(epoch=[5, 6])])
def test_rows_that_are_not_stored_are_no_check(stored, live):
    with pytest.raises(ResultError, match="of them are in the stored table"):
        check.check("toy", stored(), live, ["epoch"])


def test_not_a_number_does_not_agree(stored):
    with pytest.raises(ResultError, match="differs"):
        check.check("toy", stored(), LIVE.assign(accuracy=float("nan")), ["epoch"], noisy=True)


@pytest.mark.usefixtures("toy")
def test_missing_run_is_told(config):
    with pytest.raises(ResultError, match="no result of 'toy'"):
        check.stored("toy", config(seed=1))


class Trainer:
    """A trainer whose rows are known."""

    def __init__(self):
        self.rows, self.epoch = [], 0

    def run_epoch(self):
        self.epoch += 1

    def evaluate(self):
        self.rows.append({"epoch": self.epoch, "accuracy": ACCURACY})


def test_first_epochs_are_evaluated_where_the_stored_run_was(stored):
    config = stored()
    rows = check.first_epochs("toy", config, lambda _: Trainer(), 7)
    assert rows.epoch.tolist() == [1, 2, 3, 4, 5]
    check.check("toy", config, rows, ["epoch"])
