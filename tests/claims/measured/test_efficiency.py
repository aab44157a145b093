"""Verdicts on AsyT Figs. 1 and 6 are those of the tables they get."""

import pandas as pd
import pytest

from asyt import claims, experiments
from asyt.claims.measured import access, concept, reuse
from asyt.experiments import access as access_runs
from asyt.experiments import concept as concept_runs


def verdicts(measurements):
    ids = {measurement.claim for measurement in measurements}
    rows = claims.rows(measurements)
    return {row["id"]: row["verdict"] for row in rows if row["id"] in ids}


@pytest.fixture
def counted():
    return concept_runs.run(concept_runs.PROFILES["smoke"])


def test_the_counters_of_a_run_are_the_papers(counted):
    assert verdicts(concept.measure(counted)) == {"asyt-1-concept": "reproduced"}


@pytest.mark.parametrize("column", ["accesses", "time_steps"])
def test_a_wrong_counter_is_not_reproduced(counted, column):
    counted.loc[counted.structure == "truncated", column] += 1
    assert verdicts(concept.measure(counted)) == {"asyt-1-concept": "not-reproduced"}


@pytest.fixture(scope="module")
def crossings():
    return experiments.table(access_runs.EXPERIMENT, "paper")


@pytest.mark.parametrize(
    ("column", "claim"),
    [
        ("accesses", "asyt-6a-access"),
        ("time_steps", "asyt-6b-timesteps"),
        ("photonic energy (J)", "asyt-6-energy"),
    ],
)
def test_one_wrong_number_refutes_its_identity_alone(crossings, column, claim):
    assert set(verdicts(access.measure(crossings)).values()) == {"reproduced"}
    wrong = crossings.astype({column: float})
    wrong.loc[0, column] *= 2
    judged = verdicts(access.measure(wrong))
    assert [name for name, found in judged.items() if found != "reproduced"] == [claim]


@pytest.mark.parametrize(
    ("replayed", "fused", "judged"),
    [(0.0, 1e-16, "reproduced"), (1e-9, 1e-16, "not-reproduced"), (0.0, 1e-9, "not-reproduced")],
)
def test_a_replay_must_be_exact_and_the_fused_pass_within_rounding(replayed, fused, judged):
    rows = [("float32", "replayed", 0.0), ("float64", "replayed", replayed)]
    rows += [("float32", "fused", 1e-7), ("float64", "fused", fused)]
    table = pd.DataFrame(rows, columns=["precision", "quantity", "value"])
    assert verdicts(reuse.measure(table)) == {"asyt-6c-reuse": judged}
