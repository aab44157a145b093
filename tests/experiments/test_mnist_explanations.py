"""Verdicts on explanations, computed from tables whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from asyt.experiments import mnist_explanations as explanations
from asyt.experiments.mnist_explanations import AGREES, CONTRADICTS, OPEN, Prediction

EPOCHS = (0, 5, 10, 15, 20)


def curve(variant, quantity, values, part="main", seed=0, replica=0):
    about = {"part": part, "seed": seed, "variant": variant, "quantity": quantity}
    return pd.DataFrame({"epoch": EPOCHS, "value": values, **about, "replica": replica})


def run(seed=0):
    """A reference that grows with exponent 1.5, at half the signal's growth and falls by 30."""
    epochs = np.array(EPOCHS)
    parts = [
        curve("mean-square", "accuracy", [0.1, 0.6, 0.8, 0.7, 0.5], seed=seed),
        curve("mean-square", "excess", epochs**1.5, seed=seed),
        curve("mean-square", "signal", 3.0 + 0 * epochs, seed=seed),
        curve("independent", "accuracy", [0.1, 0.6, 0.7, 0.8, 0.9], seed=seed),
        curve("independent", "excess", 0.0 * epochs, seed=seed),
        curve("independent", "signal", 2.0 + 0 * epochs, seed=seed),
        curve("mean-square", "accuracy", [0.1, 0.6, 0.8, 0.8, 0.8], "batches", seed),
        curve("mean-square", "excess", 0.5 * epochs**1.5, "batches", seed),
        curve("mean-square", "signal", 4.0 + 0 * epochs, "batches", seed),
    ]
    return pd.concat(parts, ignore_index=True)


def test_what_is_derived_from_curves():
    draws = explanations.found(pd.concat([run(0), run(1)]))
    values = draws[draws.seed == 1].set_index(["variant", "quantity"]).value
    assert values["mean-square", "fall"] == pytest.approx(30)
    assert values["independent", "fall"] == pytest.approx(0)
    assert values["mean-square", "growth exponent"] == pytest.approx(1.5)
    assert values["larger batches", "excess ratio"] == pytest.approx(0.5)
    assert values["mean-square", "excess ratio"] == pytest.approx(1)
    assert values["mean-square", "signal ratio"] == pytest.approx(1.5)
    assert draws.value.notna().all()


@pytest.mark.parametrize(
    ("values", "verdict"),
    [([0.1, 0.2], AGREES), ([0.1, 0.9], OPEN), ([0.8, 0.9], CONTRADICTS)],
)
def test_a_verdict_needs_all_draws_on_one_side(values, verdict):
    prediction = Prediction("walk", "mean-square", "as its replica", -explanations.INF, 0.3)
    assert explanations.judged(prediction, np.array(values)) == verdict


def test_every_explanation_can_be_contradicted_by_another():
    assert {p.explanation for p in explanations.PREDICTIONS} == set(explanations.EXPLANATIONS)
    by_experiment = {}
    for prediction in explanations.PREDICTIONS:
        key = prediction.variant, prediction.quantity
        by_experiment.setdefault(key, []).append((prediction.low, prediction.high))
    assert sum(len(set(ranges)) > 1 for ranges in by_experiment.values()) >= 4


def test_verdicts_and_score_count_the_same(monkeypatch):
    monkeypatch.setattr(
        explanations,
        "PREDICTIONS",
        (
            Prediction("walk", "mean-square", "growth exponent", 0.3, 0.7),
            Prediction("feedback", "mean-square", "growth exponent", 1.0, explanations.INF),
            Prediction("feedback", "mean-square", "signal ratio", 2.0, explanations.INF),
        ),
    )
    table = pd.concat([run(0), run(1)])
    verdicts = explanations.verdicts(table)
    assert list(verdicts.verdict) == [CONTRADICTS, AGREES, CONTRADICTS]
    assert list(verdicts.n) == [2, 2, 2]
    assert list(verdicts.predicted) == ["0.3 to 0.7", "at least 1", "at least 2"]
    score = explanations.score(table).set_index("explanation")
    assert score.loc["feedback", [AGREES, CONTRADICTS, OPEN]].tolist() == [1, 1, 0]
    assert score.loc["blind", [AGREES, CONTRADICTS, OPEN]].tolist() == [0, 0, 0]


def test_overview_is_in_percent():
    table = explanations.overview(
        pd.concat(
            [
                run(),
                curve("mean-square", "size", [1, 1, 1, 1, 1]),
                curve("mean-square", "accuracy without noise", [0.5, 0.5, 0.5, 0.5, 0.6]),
            ]
        )
    ).set_index("variant")
    assert table.loc["mean-square", "accuracy"] == pytest.approx(50)
    assert table.loc["mean-square", "accuracy without noise"] == pytest.approx(60)
    assert table.loc["larger batches", "fall"] == pytest.approx(0)
