"""Optimizers of AsyT, and the epochs of gradient-free methods."""

import pandas as pd
import pytest

from asyt.claims.measured import methods as judge
from asyt.experiments import methods

SLOW, FAST = (0.1, 0.2, 0.5), (0.1, 0.6, 0.9)


def table(gradient_free=SLOW, adam=0.0):
    """Three draws; Adam ends `adam` points away from gradient descent."""
    rows = []
    for seed in range(3):
        about = {"split": "test", "condition": "distortion", "rate": 0.1, "seed": seed}
        for epoch in range(3):
            row = {**about, "epoch": epoch, "optimizer": "SGD", "share": float("nan")}
            for name in methods.GRADIENT_FREE:
                rows.append({**row, "method": name, "accuracy": gradient_free[epoch]})
            for name in methods.BP_BASED:
                rows.append({**row, "method": name, "accuracy": FAST[epoch]})
            other = FAST[epoch] + adam / 100
            rows.append({**row, "method": "asyt", "optimizer": "Adam", "accuracy": other})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("adam", "holds"), [(0.5, True), (-0.5, True), (-1.5, False)])
def test_adam_may_end_a_point_below_gradient_descent(adam, holds):
    measured = judge.optimizers(table(adam=adam))
    assert measured.measured == pytest.approx(adam)
    assert measured.holds == holds


@pytest.mark.parametrize(("curve", "holds"), [(SLOW, True), (FAST, False)])
def test_gradient_free_methods_must_be_behind_every_other(curve, holds):
    assert judge.convergence(table(curve)).holds == holds


def test_a_method_that_never_gets_there_is_no_evidence():
    rows = table()
    rows.loc[rows.method == "dat", "accuracy"] = 0.1
    assert not judge.convergence(rows).holds
