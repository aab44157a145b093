"""AsyT must lead PAT at every severity."""

import pandas as pd
import pytest

from asyt.claims import rows
from asyt.claims.measured import robustness as judge
from asyt.experiments import robustness, robustness_schedule


def table(leads):
    """Five draws, in each of which AsyT leads PAT by one point; by `leads` points where named."""
    rows = []
    for condition in robustness.SEVERITIES:
        for seed in range(5):
            about = {"split": "test", "epoch": 1, "seed": seed, "condition": condition.name}
            lead = leads.get(condition.name, 1.0) + 0.01 * seed
            rows.append({**about, "method": "asyt", "accuracy": 0.5 + lead / 100})
            rows.append({**about, "method": "pat", "accuracy": 0.5})
    return pd.DataFrame(rows)


def holds(leads):
    return {(found.claim, found.reading): found.holds for found in judge.measure(table(leads))}


def test_both_claims_hold_in_every_reading_where_asyt_leads_everywhere():
    found = holds({})
    assert all(found.values())
    assert {claim for claim, _ in found} == set(judge.CLAIMS)


def test_one_severity_decides_the_readings_that_have_it():
    found = holds({"0 dB": -1.0})
    failed = {reading for (_, reading), held in found.items() if not held}
    assert failed == {"power", "mean-square"}


def test_every_severity_belongs_to_a_reading():
    conditions = set()
    for readings in judge.SEVERITIES.values():
        conditions |= set().union(*readings.values())
    assert conditions == {condition.name for condition in robustness.SEVERITIES}


def test_the_smallest_lead_is_the_measured_one():
    perturbed = judge.measure(table({"perturbation 2.4": 0.5}))[0]
    assert round(perturbed.measured, 2) == 0.52
    assert perturbed.note.count(";") == 2


@pytest.fixture
def schedule(crossed):
    """Five draws, AsyT two points ahead; one behind on the authors' chip at 0 dB."""
    draws = {"method": ["asyt", "pat"], "seed": range(5), "epoch": [0, 300], "chip": [0]}
    blows = crossed(
        reading=["authors", "independent"], condition=robustness_schedule.BLOWS, **draws
    )
    noise = crossed(
        reading=["authors", "mean-square"], condition=robustness_schedule.RATIOS, **draws
    )
    found = pd.concat([blows, noise], ignore_index=True)
    behind = (found.reading == "authors") & (found.condition == "0 dB")
    lead = behind.map({True: -0.01, False: 0.02}) * (found.method == "asyt")
    return found.assign(accuracy=0.5 + 0.01 * found.seed + lead)


def test_the_papers_schedule_stands_before_the_bench(schedule):
    found = judge.measure(table({}), schedule)
    order = {row["id"]: row["readings"] for row in rows(found) if row["id"] in judge.CLAIMS}
    blows, noise = order.values()
    assert [one["reading"] for one in blows] == ["authors", "independent", "independent + bench"]
    assert [one["reading"] for one in noise] == [
        "authors",
        "common-gain",
        "power",
        "mean-square",
        "mean-square + bench",
    ]
    assert [one["verdict"] for one in noise] == ["not-reproduced", *["reproduced"] * 4]
    assert (noise[0]["measured"], noise[0]["n"]) == (-1.0, 5)
    assert noise[0]["note"].startswith("AsyT - PAT in points on the schedule of Fig. 5a")
    assert blows[0]["note"].count(";") == 2
    assert blows[-1]["note"].startswith("AsyT - PAT in points on the bench of 30 epochs")
