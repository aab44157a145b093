"""Verdicts on the alignment."""

import pandas as pd
import pytest

from asyt import breaking
from asyt.claims.measured import alignment as judge


@pytest.fixture
def table():
    rows = [("connection", s, 1, breaking.broken(s), 0.1 * breaking.broken(s)) for s in (0.1, 0.25)]
    updates = [
        ("update", 0.6, 1, 12.0, 0.5),
        ("update", 0.6, 1, 30.0, 2.0),
        ("update", 0.6, 1, 95.0, 2.1),
    ]
    columns = ["quantity", "distortion", "size", "value", "extra"]
    first = pd.DataFrame(rows + updates, columns=columns).assign(seed=0, reading="independent")
    second = first[first.quantity == "update"].replace({"value": {30.0: 40.0}}).assign(seed=1)
    return pd.concat([first, second], ignore_index=True)


def test_probabilities_hold_to_the_printed_digits(table):
    tenth, quarter, _ = judge.measure(table)
    assert (tenth.claim, quarter.claim) == ("asyt-m-10percent", "asyt-m-25percent")
    assert tenth.holds
    assert quarter.holds
    assert tenth.low == pytest.approx((1 - 0.196) * tenth.measured)
    assert tenth.high == pytest.approx((1 + 0.196) * tenth.measured)


def test_the_mean_of_the_largest_similar_angles_is_judged_in_every_reading(table):
    noisy = table[table.quantity == "update"].assign(reading="mean-square")
    angles = judge.measure(pd.concat([table, noisy]))[2:]
    assert [one.reading for one in angles] == ["independent", "mean-square"]
    angle = angles[0]
    assert (angle.measured, angle.n, angle.holds) == (35, 2, True)
    assert angle.low <= 30 and angle.high >= 40


def test_one_angle_beyond_the_bound_breaks_it(table):
    wide = table.assign(value=table.value.replace(30.0, 91.0))
    assert judge.measure(wide)[-1].holds is False
