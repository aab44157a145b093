"""The verdicts on the chips, from the stored tables."""

import pandas as pd
import pytest

from asyt import claims, experiments
from asyt.claims.measured import digits_chip, iris_chip, iris_optical

PAGES = {
    iris_optical: "optical-chip.html",
    iris_chip: "iris-chip.html",
    digits_chip: "digits-chip.html",
}


def rows(judge):
    """Claim -> its row of the register."""
    tables = [experiments.table(experiment, "paper") for experiment in judge.EXPERIMENTS]
    return {row["id"]: row for row in claims.rows(judge.measure(*tables))}


@pytest.mark.parametrize("judge", PAGES)
def test_every_row_has_a_verdict(judge):
    found = rows(judge)
    for claim in judge.CLAIMS:
        assert found[claim]["verdict"] not in ("not-measured", "not-testable"), claim


@pytest.mark.parametrize("judge", PAGES)
def test_every_row_of_a_figure_has_a_value_an_interval_and_enough_draws(judge):
    found = rows(judge)
    for claim in set(judge.CLAIMS) - {"asyt-s-control"}:
        row = found[claim]
        assert None not in (row["measured"], row["low"], row["high"]), claim
        assert row["n"] >= 100, claim
        assert row["page"].startswith(PAGES[judge]), claim


@pytest.mark.parametrize(
    ("degrees", "holds"),
    [([60, 30, 31], True), ([60, 31, 31], False), ([60, 20, 23], False)],
)
def test_the_angle_must_fall_to_half_early_and_stay(degrees, holds):
    series = pd.DataFrame({"epoch": [0, 6, 60], "centre": degrees})
    assert iris_chip.falls_early_and_stays(series) is holds
