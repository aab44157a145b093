"""A published number and ours as a small picture."""

import re
from dataclasses import replace
from xml.dom import minidom

import pytest

from asyt.claims import interval
from asyt.claims.published import Claim

POINT = Claim("x", "a", "1", "point", "q", reported=95.8)
BOUND = Claim("y", "a", "1", "bound", "q", reported="< 2", number=2)


def row(claim, measured, low=None, high=None):
    stated = {"kind": claim.kind, "reported": claim.reported}
    return {**stated, "measured": measured, "low": low, "high": high}


def places(svg, name):
    """Where the marks of a class begin, from left to right of the axis, 0 to 1."""
    starts = re.findall(rf'class="{name}"[^>]*?(?:cx="|x="|d="M)([\d.]+)', svg)
    return [(float(x) - interval.LEFT) / (interval.RIGHT - interval.LEFT) for x in starts]


def test_a_point_shows_theirs_ours_the_interval_and_what_counts_as_reproduced():
    svg = interval.plot(row(POINT, 50.0, 40.0, 60.0), POINT)
    assert places(svg, "theirs") == pytest.approx([0.958], abs=1e-3)
    assert places(svg, "ours") == pytest.approx([0.4, 0.5], abs=1e-3)
    assert places(svg, "allowed") == pytest.approx([0.9475], abs=1e-3)
    assert 'aria-label="reported 95.8, ours 50, 40 to 60"' in svg
    assert minidom.parseString(svg).documentElement.tagName == "svg"


def test_a_list_has_a_line_for_each_value():
    claim = replace(POINT, kind="draw", reported=[100, 90])
    svg = interval.plot(row(claim, [98.0, 91.0], [97.0, 80.0], [99.0, 95.0]), claim)
    assert len(places(svg, "theirs")) == 2
    assert places(svg, "allowed") == []


@pytest.mark.parametrize(("measured", "low", "high"), [(1.0, 0.5, 1.5), (6.0, -2.0, 23.0)])
def test_a_bound_shades_the_side_that_holds(measured, low, high):
    (pair,) = interval.pairs(row(BOUND, measured, low, high), BOUND)
    assert pair.theirs == 2
    assert pair.allowed == (min(low, 2), 2)
    above = replace(BOUND, reported=None, number=None)
    (pair,) = interval.pairs(row(above, measured, low, high), above)
    assert pair.theirs is None
    assert pair.allowed == (0, high)


@pytest.mark.parametrize("kind", ["setting", "scope", "identity", "shape"])
def test_what_cannot_be_compared_has_no_picture(kind):
    claim = replace(POINT, kind=kind)
    assert interval.plot(row(claim, 1.0), claim) == ""
    assert interval.plot(row(POINT, None), POINT) == ""


def test_a_value_without_an_interval_and_one_off_the_axis_are_drawn():
    assert places(interval.plot(row(POINT, 50.0), POINT), "ours") == pytest.approx([0.5, 0.5])
    assert max(places(interval.plot(row(POINT, 130.0), POINT), "ours")) == 1
    same = replace(BOUND, number=3.0)
    assert "<svg" in interval.plot(row(same, 3.0, 3.0, 3.0), same)
