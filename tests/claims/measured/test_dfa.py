"""Verdicts on training by light."""

import numpy as np
import pandas as pd
import pytest

from asyt import claims
from asyt.claims.measured import dfa

COUNTERS = pd.DataFrame([{"frames": 0.5, "inference_frames": 0, "unchanged": True}])
RATES = {"dfa-optical": 0.01}


def made_up(**final) -> pd.DataFrame:
    """Final accuracies of each method by seed."""
    rows = [
        {"method": method, "rate": RATES.get(method, 0.001), "seed": seed, "value": value}
        for method, values in final.items()
        for seed, value in enumerate(values)
    ]
    return pd.DataFrame(rows).assign(epoch=10, quantity="accuracy", split="test")


def rows(table, counters=COUNTERS, standardised=None) -> dict:
    """The judged rows; the standardised runs are by default like the others."""
    other = table if standardised is None else standardised
    judged = claims.rows(dfa.measure(table, counters, other))
    return {row["id"]: row for row in judged if row["id"] in dfa.CLAIMS}


@pytest.fixture
def table():
    return made_up(
        **{
            "dfa-optical": np.linspace(0.95, 0.965, 10),
            "dfa-ternary": [0.970, 0.972],
            "dfa": [0.979, 0.981],
            "bp": [0.98],
        }
    )


def test_accuracies_follow_the_table(table):
    found = rows(table)
    assert found["opu-optical"]["verdict"] == "reproduced" and found["opu-optical"]["n"] == 10
    assert found["opu-ternary"]["measured"] == 97.1
    assert found["opu-dfa"]["verdict"] == "reproduced"


def test_the_cost_of_ternary_errors_is_judged_by_the_register_s_bound(table):
    found = rows(table)["opu-ternary-cost"]
    assert found["measured"] == pytest.approx(0.9)
    assert found["verdict"] == "not-reproduced"


def test_one_pair_of_runs_has_no_bound():
    table = made_up(
        **{"dfa-optical": [0.95] * 10, "dfa-ternary": [0.97], "dfa": [0.98], "bp": [0.98]}
    )
    assert rows(table)["opu-ternary-cost"]["verdict"] == "not-measured"


def test_nine_optical_runs_are_too_few(table):
    assert rows(table[table.seed < 9])["opu-optical"]["verdict"] == "not-measured"


def test_what_the_light_is_for_follows_the_counters(table):
    found = rows(table)
    assert found["opu-s-network"]["verdict"] == "used"
    assert found["opu-concept"]["measured"] == 0.5
    assert found["opu-inference"]["verdict"] == found["opu-concept"]["verdict"] == "reproduced"


def test_a_network_that_needs_light_afterwards_is_not_reproduced(table):
    lit = rows(table, COUNTERS.assign(inference_frames=3))
    assert lit["opu-inference"]["verdict"] == lit["opu-concept"]["verdict"] == "not-reproduced"


def test_accuracies_are_judged_for_either_scale_of_the_pixels(table):
    lower = table.assign(value=table.value - 0.05)
    found = rows(table, standardised=lower)
    for claim in ("opu-optical", "opu-dfa"):
        verdicts = {one["reading"]: one["verdict"] for one in found[claim]["readings"]}
        assert verdicts == {"unit-pixels": "reproduced", "standardised": "not-reproduced"}
        assert found[claim]["verdict"] == "depends-on-the-reading"
    assert found["opu-optical"]["reading"] == "unit-pixels"


def test_every_accuracy_and_the_cost_have_both_readings(table):
    found = rows(table)
    for claim in ("opu-optical", *dfa.DIGITAL, "opu-ternary-cost"):
        assert [one["reading"] for one in found[claim]["readings"]] == list(dfa.SHOWN)
        assert [one["page"] for one in found[claim]["readings"]] == list(dfa.SHOWN.values())


def test_runs_of_one_scale_are_judged_alone(table):
    judged = claims.rows(dfa.measure(table, COUNTERS))
    assert [len(row["readings"]) for row in judged if row["id"] == "opu-optical"] == [1]
