"""Verdicts on Figs. 5e and 5f."""

import pandas as pd
import pytest

from asyt.claims.measured import mnist_structure as judge
from asyt.experiments import _sweep

#: Width and depth -> points that AsyT is behind.
GAPS = {(64, 2): 1.5, (128, 2): 1.0, (128, 8): 3.0}


@pytest.fixture
def table(crossed):
    draws = crossed(shape=list(GAPS), seed=range(5), epoch=[20]).assign(chip=0, fleet="one")
    draws["width"], draws["depth"] = draws["shape"].str[0], draws["shape"].str[1]
    ideal = draws.assign(method="ideal-bp", noise="none", accuracy=0.92 + 0.01 * draws.seed)
    below = ideal.accuracy - draws["shape"].map(GAPS) / 100
    asyt = [ideal.assign(method="asyt", noise=noise, accuracy=below) for noise in _sweep.NOISES]
    return pd.concat([ideal, *asyt], ignore_index=True).drop(columns="shape")


def test_the_largest_gap_decides(table):
    width, depth = judge.measure(table)
    assert (width.measured, width.n, width.holds) == (pytest.approx(1.5), 5, True)
    assert (depth.measured, depth.n, depth.holds) == (pytest.approx(3.0), 5, False)
    assert width.low == pytest.approx(width.high)  # seeds differ, the gap does not


def test_the_reading_names_where_the_gap_is_largest(table):
    width, depth = judge.measure(table)
    assert "largest gap, at width 64, 10 dB mean-square noise, 20 epochs" in width.reading
    assert depth.reading.endswith("none 3.0 at 8; 10 dB power 3.0 at 8")
