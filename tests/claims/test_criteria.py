"""The criteria, kind by kind."""

import numpy as np
import pytest

from asyt import claims
from asyt.claims import Claim, Measurement, criteria
from asyt.errors import ResultError


def claim(kind, reported=None, **more):
    return Claim("x", "a", "1", kind, "something", reported, **more)


def found(**more):
    return Measurement("x", **more)


def draws(low, high, n=101):
    """A population spread evenly, so that its percentiles are easy to say."""
    return np.linspace(low, high, n)


def drawn(*populations, chance=10.0, ideal=90.0, **more):
    return Measurement.drawn("x", "", *populations, chance=chance, ideal=ideal, **more)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(97, 96.5, 97.5), (97.0, 96.95, 97.05), (95.85, 95.845, 95.855), (0, -0.5, 0.5)],
)
def test_a_printed_value_is_the_interval_of_what_rounds_to_it(value, low, high):
    assert criteria.printed(value) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("reported", "measured", "expected"),
    [
        (95.8, 95.8, "reproduced"),
        (95.8, 94.75, "reproduced"),  # 95.75 prints as 95.8
        (95.8, 96.85, "reproduced"),
        (95.8, 94.74, "not-reproduced"),
        (95.8, np.float64(96.86), "not-reproduced"),
        (97, 98.5, "reproduced"),
        (97.0, 98.5, "not-reproduced"),
        ([97.0, 94.0], [97.5, 93.5], "reproduced"),
        ([97.0, 94.0], np.array([97.5, 92.5]), "not-reproduced"),
    ],
)
def test_point(reported, measured, expected):
    assert claims.verdict(claim("point", reported), found(measured=measured, n=15)) == expected


@pytest.mark.parametrize(
    ("reported", "place", "percentile"),
    [
        (50, "typical", 50),
        (25, "typical", 25),
        (24.4, "possible", 24),
        (5, "possible", 5),
        (4, "possible", 4),  # a point below the 5th percentile
        (3.4, "outside", 3),
        (96, "possible", 96),
        (96.6, "outside", 97),
        (120, "outside", 100),
    ],
)
def test_draw_is_placed_among_ours(reported, place, percentile):
    found = claims.place(reported, draws(0, 100), limit=40)
    assert found.where == place
    assert found.percentile == pytest.approx(percentile, abs=1)
    assert found.wide
    expected = "not-reproduced" if place == "outside" else "reproduced"
    assert claims.verdict(claim("draw", reported), drawn(draws(0, 100))) == expected


def test_a_value_on_which_most_draws_lie_is_typical():
    ours = np.repeat([50.0, 100.0], [20, 80])
    found = claims.place(100, ours, limit=20)
    assert (found.where, found.percentile, found.wide) == ("typical", pytest.approx(60), True)


def test_a_whole_percent_reaches_a_range_that_ends_just_above_it():
    assert claims.place(97, draws(97.45, 97.85), limit=40).where == "possible"
    assert claims.place(97.0, draws(98.1, 99), limit=40).where == "outside"


def test_a_range_is_wide_above_half_of_what_can_be_learned():
    assert not claims.place(50, draws(40, 60), limit=20).wide
    assert claims.place(50, draws(20, 80), limit=20).wide


def test_every_value_of_a_list_must_have_its_place():
    row = claim("draw", [100, 52])
    assert claims.verdict(row, drawn(draws(95, 100), draws(40, 60))) == "reproduced"
    assert claims.verdict(row, drawn(draws(95, 98), draws(40, 60))) == "not-reproduced"


def test_draw_needs_as_many_draws_as_its_row_says():
    assert claims.verdict(claim("draw", 52), drawn(draws(40, 60, 99))) == "not-measured"
    assert claims.verdict(claim("draw", 52, min_n=10), drawn(draws(40, 60, 10))) == "reproduced"


def test_five_orders_are_enough_where_the_reading_fixes_the_chip():
    row = claim("draw", 52)
    assert claims.verdict(row, drawn(draws(51, 53, 5), fixed=True)) == "reproduced"
    assert claims.verdict(row, drawn(draws(51, 53, 4), fixed=True)) == "not-measured"


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["reproduced", "reproduced"], "reproduced"),
        (["used"], "used"),
        (["reproduced", "not-reproduced"], "depends-on-the-reading"),
        (["not-reproduced"], "not-reproduced"),
        (["not-measured", "reproduced"], "reproduced"),
        (["not-measured", "not-testable"], "not-testable"),
        (["not-measured"], "not-measured"),
    ],
)
def test_a_row_is_judged_by_all_its_readings(verdicts, expected):
    assert criteria.summarised(verdicts) == expected


@pytest.mark.parametrize("kind", ["bound", "identity", "shape"])
def test_tested_kinds_follow_their_test(kind):
    assert claims.verdict(claim(kind, "> 90"), found(measured=91.0, holds=True)) == "reproduced"
    assert (
        claims.verdict(claim(kind, "> 90"), found(measured=91.0, holds=np.bool_(False)))
        == "not-reproduced"
    )


@pytest.mark.parametrize(
    ("reported", "measurement", "expected"),
    [
        ([0.5, 0.5], found(carries=(0.5, 0.5)), "used"),
        ([0.5, 0.5], found(carries=[0.5, 0.4]), "not-reproduced"),
        ("10 dB", found(carries="10 dB"), "used"),
        ("10 dB", found(carries=None, holds=True), "not-reproduced"),
        (None, found(holds=True), "used"),
        (None, found(holds=False), "not-reproduced"),
    ],
)
def test_setting(reported, measurement, expected):
    assert claims.verdict(claim("setting", reported), measurement) == expected


@pytest.mark.parametrize("measurement", [None, found(holds=True), found(note="tried")])
def test_scope_is_never_testable(measurement):
    assert claims.verdict(claim("scope", why="no device"), measurement) == "not-testable"


@pytest.mark.parametrize("kind", [kind for kind in claims.KINDS if kind != "scope"])
def test_without_evidence_there_is_no_verdict(kind):
    assert claims.verdict(claim(kind, 50), None) == "not-measured"
    assert claims.verdict(claim(kind, 50), found(note="no table")) == "not-measured"


def test_data_that_cannot_be_had_is_not_testable_until_it_is_measured():
    row = claim("point", 85.6, why="no images")
    assert claims.verdict(row, None) == "not-testable"
    assert claims.verdict(row, found(measured=85.0, n=15, substitute=True)) == "not-testable"
    assert claims.verdict(row, found(measured=85.0, n=15)) == "reproduced"


@pytest.mark.parametrize(
    ("row", "measurement", "named"),
    [
        (claim("point", 50), found(holds=True), "measured = None"),
        (
            claim("point", [50, 60]),
            found(measured=50.0),
            r"measured = 50.0: .* reported = \[50, 60\]",
        ),
        (claim("point", 50), found(measured=float("nan")), "measured = nan"),
        (claim("draw", 50), found(measured=50.0, n=100), "has 0 populations"),
        (claim("draw", [50, 60]), drawn(draws(40, 60)), "has 1 populations"),
        (claim("draw", 50), drawn(draws(40, 60), ideal=None), "lacks `chance` or `ideal`"),
        (claim("bound", "> 90"), found(measured=91.0), "has no `holds`"),
        (claim("setting"), found(carries=3), "has no `holds`"),
    ],
)
def test_evidence_of_the_wrong_kind_is_an_error(row, measurement, named):
    with pytest.raises(ResultError, match=named):
        claims.verdict(row, measurement)
