"""The criteria, kind by kind."""

import numpy as np
import pytest

from asyt import claims
from asyt.claims import Claim, Measurement
from asyt.errors import ResultError


def claim(kind, reported=None, **more):
    return Claim("x", "a", "1", kind, "something", reported, **more)


def found(**more):
    return Measurement("x", **more)


def draw(low, high, n=100, measured=50.0, chance=10.0, ideal=90.0):
    return found(measured=measured, low=low, high=high, n=n, chance=chance, ideal=ideal)


@pytest.mark.parametrize(
    ("reported", "measured", "expected"),
    [
        (95.8, 95.8, "reproduced"),
        (95.8, 94.8, "reproduced"),  # exactly one point, whatever the rounding
        (95.8, 96.8, "reproduced"),
        (95.8, 94.79, "not-reproduced"),
        (95.8, np.float64(96.81), "not-reproduced"),
        ([97.0, 94.0], [97.5, 93.5], "reproduced"),
        ([97.0, 94.0], np.array([97.5, 92.5]), "not-reproduced"),
    ],
)
def test_point(reported, measured, expected):
    assert claims.verdict(claim("point", reported), found(measured=measured, n=15)) == expected


@pytest.mark.parametrize(
    ("reported", "measurement", "expected"),
    [
        (52, draw(40, 60), "reproduced"),
        (40, draw(40, 60), "reproduced"),
        (60, draw(40, 60), "reproduced"),
        (39.9, draw(40, 60), "not-reproduced"),
        (52, draw(30, 69.9), "reproduced"),
        (52, draw(30, 70), "uninformative"),  # not narrower than (90 - 10) / 2
        (99, draw(30, 70), "uninformative"),
        (52, draw(40, 60, n=99), "not-measured"),
        ([100, 52], draw([95, 40], [100, 60], measured=[99, 50]), "reproduced"),
        ([94, 52], draw([95, 40], [100, 60], measured=[99, 50]), "not-reproduced"),
        ([100, 52], draw([95, 20], [100, 90], measured=[99, 50]), "uninformative"),
        ([94, 52], draw([95, 20], [100, 90], measured=[99, 50]), "not-reproduced"),
    ],
)
def test_draw(reported, measurement, expected):
    assert claims.verdict(claim("draw", reported), measurement) == expected


def test_draw_needs_no_more_draws_than_its_row_says():
    assert claims.verdict(claim("draw", 52, min_n=10), draw(40, 60, n=10)) == "reproduced"


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


@pytest.mark.parametrize("measurement", [None, found(holds=True), found(reading="tried")])
def test_scope_is_never_testable(measurement):
    assert claims.verdict(claim("scope", why="no device"), measurement) == "not-testable"


@pytest.mark.parametrize("kind", [kind for kind in claims.KINDS if kind != "scope"])
def test_without_evidence_there_is_no_verdict(kind):
    assert claims.verdict(claim(kind, 50), None) == "not-measured"
    assert claims.verdict(claim(kind, 50), found(reading="no table")) == "not-measured"


def test_data_that_cannot_be_had_is_not_testable_until_it_is_measured():
    row = claim("point", 85.6, why="no images")
    assert claims.verdict(row, None) == "not-testable"
    assert claims.verdict(row, found(reading="substitute: 79.1")) == "not-testable"
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
        (claim("draw", 50), found(measured=50.0), "low = None"),
        (claim("draw", 50), draw(40, 60, ideal=None), "lacks `chance` or `ideal`"),
        (claim("bound", "> 90"), found(measured=91.0), "has no `holds`"),
        (claim("setting"), found(carries=3), "has no `holds`"),
    ],
)
def test_evidence_of_the_wrong_kind_is_an_error(row, measurement, named):
    with pytest.raises(ResultError, match=named):
        claims.verdict(row, measurement)
