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
    return pd.DataFrame(rows + updates, columns=columns).assign(seed=0)


def test_probabilities_hold_to_the_printed_digits(table):
    tenth, quarter, _ = judge.measure(table)
    assert (tenth.claim, quarter.claim) == ("asyt-m-10percent", "asyt-m-25percent")
    assert tenth.holds
    assert quarter.holds
    assert tenth.low == pytest.approx((1 - 0.196) * tenth.measured)
    assert tenth.high == pytest.approx((1 + 0.196) * tenth.measured)


def test_the_largest_similar_angle_decides(table):
    *_, angle = judge.measure(table)
    assert (angle.measured, angle.n, angle.holds) == (30, 2, True)
    wide = table.assign(value=table.value.replace(30.0, 91.0))
    assert judge.measure(wide)[-1].holds is False
