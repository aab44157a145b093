"""The verdicts on the chips, from the stored tables."""

import pandas as pd
import pytest

from asyt import claims
from asyt.claims.measured import digits_chip, iris_chip, iris_optical, iris_pseudo

PAGES = {
    iris_optical: "optical-chip.html",
    iris_chip: "iris-chip.html",
    iris_pseudo: "pseudo-ip-bp.html",
    digits_chip: "digits-chip.html",
}
#: Every encoding of Figs. 3 and 4.
ENCODINGS = {"drawn", "bias-light", "signed"}
HEADROOM = "headroom 0.4"


def rows(judge):
    """Claim -> its row of the register."""
    return {row["id"]: row for row in claims.rows(claims.collect(*judge.CLAIMS))}


@pytest.mark.parametrize(
    ("claim", "readings"),
    [
        ("asyt-3a-train", {*ENCODINGS, *(f"{name} + {HEADROOM}" for name in ENCODINGS)}),
        ("asyt-4b-test", {*ENCODINGS, *(f"{name} + {HEADROOM}" for name in ENCODINGS)}),
        ("asyt-3a-pseudo", {f"{name} + frozen-twin" for name in ENCODINGS}),
        ("asyt-2e-test", {"drawn", f"bias-light + {HEADROOM}"}),
    ],
)
def test_rows_are_judged_in_every_encoding(claim, readings):
    (row,) = (row for row in claims.rows(claims.collect(claim)) if row["id"] == claim)
    assert readings <= {one["reading"] for one in row["readings"]}
    assert all(one["verdict"] in ("reproduced", "not-reproduced") for one in row["readings"])
    assert all(one["n"] >= 2000 for one in row["readings"])


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
