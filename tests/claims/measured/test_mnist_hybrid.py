"""The rows of the hybrid network."""

import pandas as pd
import pytest

from asyt.claims.measured import mnist_hybrid as judge


def table(linear):
    """Three benches at 95 % under PAT; the linear layers alone as given."""
    rows = []
    for seed, alone in enumerate(linear):
        ends = {"pat": 0.95, "ideal-bp": 0.96, "linear": alone}
        for method, accuracy in ends.items():
            rows.append({"seed": seed, "epoch": 3, "method": method, "accuracy": accuracy})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("linear", "holds"), [((0.9, 0.91, 0.92), True), ((0.9, 0.91, 0.96), False)]
)
def test_every_bench_must_lead_its_own_linear_layers(linear, holds):
    accuracy, hybrid = judge.measure(table(linear))
    assert accuracy.measured == pytest.approx(95.0)
    assert hybrid.holds == holds
