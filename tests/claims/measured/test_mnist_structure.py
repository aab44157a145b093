"""Verdicts on Figs. 5e and 5f."""

import pandas as pd
import pytest

from asyt.claims.measured import mnist_structure as judge
from asyt.experiments import mnist

#: Width and depth -> points that AsyT is behind.
GAPS = {(64, 2): 1.5, (128, 2): 1.0, (128, 8): 3.0}


@pytest.fixture
def table(crossed):
    draws = crossed(shape=list(GAPS), seed=range(5), epoch=[20]).assign(chip=0, fleet="one")
    draws["width"], draws["depth"] = draws["shape"].str[0], draws["shape"].str[1]
    ideal = draws.assign(
        method="ideal-bp", reading="independent", accuracy=0.92 + 0.01 * draws.seed
    )
    below = ideal.accuracy - draws["shape"].map(GAPS) / 100
    asyt = [ideal.assign(method="asyt", reading=name, accuracy=below) for name in mnist.READINGS]
    return pd.concat([ideal, *asyt], ignore_index=True).drop(columns="shape")


def test_the_largest_gap_is_judged_in_every_reading(table):
    found = judge.measure(table)
    widths = [one for one in found if one.claim == "asyt-5e-width"]
    depths = [one for one in found if one.claim == "asyt-5f-depth"]
    assert [one.reading for one in widths] == list(mnist.READINGS)
    width, depth = widths[0], depths[0]
    assert (width.measured, width.n, width.holds) == (pytest.approx(1.5), 5, True)
    assert (depth.measured, depth.n, depth.holds) == (pytest.approx(3.0), 5, False)
    assert width.low == pytest.approx(width.high)  # seeds differ, the gap does not


def test_the_note_says_where_the_gap_is_largest_and_how_long_was_trained(table):
    width = judge.measure(table)[0]
    assert width.note == (
        "largest gap, at width 64, of width 64, 128; 20 epochs, where the paper trains 300"
    )
