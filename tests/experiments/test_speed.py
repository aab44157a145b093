"""AsyT Fig. 6c: the measured cost of a device."""

import pandas as pd
import pytest

from asyt.errors import AsytError
from asyt.experiments import Execution, speed

COSTS = [
    ("bp", 2, 4.0),
    ("bp", 2, 5.0),
    ("asyt", 2, 6.0),
    ("asyt", 2, 7.0),
    ("bp", 1, 4.0),
    ("asyt", 1, 8.0),
]


def test_cost_curve_is_relative_to_the_loop_timed_beside_it():
    table = pd.DataFrame(COSTS, columns=["name", "chips", "value"]).assign(quantity="cost")
    shown = speed.costs(table)
    assert shown.measured.tolist() == [2.0, 1.5]
    assert shown.counted.tolist() == [2.0, 1.5]


def test_the_benchmark_refuses_what_it_does_not_time():
    with pytest.raises(AsytError, match="compute 'cuda'"):
        speed.run(speed.PROFILES["smoke"], Execution("cuda"))


def test_profile_has_the_largest_operators_and_the_rest():
    seconds = {
        "aten::mul": 2e-3,
        "aten::add": 1e-3,
        "aten::neg": 1e-3,
        "outside of operators": 4e-3,
    }
    table = pd.DataFrame({"name": seconds.keys(), "value": seconds.values()})
    shown = speed.profile(table.assign(quantity="profile"), rows=1)
    assert shown.operator.tolist() == [
        "`aten::mul`",
        "2 other operators",
        "outside of operators (Python)",
    ]
    assert shown["share (%)"].tolist() == pytest.approx([25, 25, 50])


def test_times_take_the_smallest_a_number_of_threads():
    rows = [("bp", 1, 0.002), ("bp", 1, 0.001), ("bp", 2, 0.004)]
    table = pd.DataFrame(rows, columns=["name", "threads", "value"])
    (row,) = speed.times(table.assign(quantity="seconds a step and chip")).to_dict("records")
    assert list(row.values()) == ["bp", "1.00", "4.00"]
