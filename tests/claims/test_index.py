"""The page of claims: what a reader, a filter and a reader of screens find in it."""

import re
from html.parser import HTMLParser

import pytest

from asyt import claims
from asyt.claims import Measurement, index

MEASURED = [
    Measurement("asyt-5a-asyt", 22.0, 20.0, 24.0, 15, reading="mean-square", note="a < b"),
    Measurement("asyt-5a-asyt", 95.7, 95.0, 96.0, 15, "noise", "mnist.html#fig", reading="floor"),
    Measurement("asyt-m-10percent", 1.523970604832e-21, holds=True, n=1),
    Measurement("asyt-s-mixing", carries=(0.5, 0.5)),
]
FIGURES = ("asyt-fig2", "asyt-fig2-headroom", "asyt-fig5a", "asyt-fig5a-distortion", "asyt-fig6ab")


@pytest.fixture(scope="module")
def table():
    return claims.rows(MEASURED)


@pytest.fixture(scope="module")
def html(table):
    return index.page(table, figures=FIGURES)


VOID = {"br", "input", "img"}


class Nesting(HTMLParser):
    """Fails on tags that are not closed in the order in which they were opened."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, _):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def line(html, name):
    return re.search(rf'<tr id="claim-{name}".*?</tr>', html)[0]


def test_every_claim_has_a_row_with_what_the_filters_ask_for(table, html):
    found = re.findall(r'<tr id="claim-([^"]+)" data-source="(\w+)" data-figure="([^"]+)"', html)
    assert found == [(row["id"], row["source"], row["figure"]) for row in table]
    offered = set(re.findall(r'<option value="([^"]*)">', html))
    assert {row["figure"] for row in table} | {"asyt", "opu", "pnn"} <= offered
    assert set(claims.VERDICTS) <= offered


def test_page_is_whole_and_can_be_read_without_a_script(html):
    parser = Nesting()
    parser.feed(html)
    assert parser.open == []
    assert "<script" not in html
    assert re.search(r'<form [^>]*class="register-filter" hidden>', html)


def test_a_row_says_what_was_reported_what_we_found_and_in_how_many_readings(html):
    row = line(html, "asyt-5a-asyt")
    for told in ("95.8 %", "95.7 %", "95 to 96", "n = 15", "holds in 1 of 2 readings", "★"):
        assert told in row, told
    assert '<span class="verdict depends-on-the-reading">◐ depends on the reading</span>' in row
    assert '<a href="mnist.html#fig">page</a>' in row
    assert '<a href="figures.html#asyt-fig5a">figure</a>' in row
    assert "✗ mean-square: 22" in row


def test_numbers_and_names_are_written_as_in_print(html):
    assert "1.524 × 10<sup>-21</sup> %" in line(html, "asyt-m-10percent")
    assert "σ<sub>phy</sub>" in line(html, "asyt-5d-asyt")
    assert "sigma_phy" not in re.sub("<code>.*?</code>", "", html)
    assert index.symbols("a < b & <= 3") == "a &lt; b &amp; ≤ 3"


@pytest.mark.parametrize(
    ("figure", "found"),
    [
        ("5a", "asyt-fig5a"),
        ("2e", "asyt-fig2"),
        ("6b", "asyt-fig6ab"),
        ("6c", None),
        ("text", None),
    ],
)
def test_a_row_leads_to_the_figure_after_its_own(figure, found):
    row = {"source": "asyt", "figure": figure, "page": "p.html"}
    assert index.shown_in(row, FIGURES) == (f"figures.html#{found}" if found else "p.html")


def test_four_counts_add_up_to_all_claims(table):
    html = index.totals(table, "claims.html")
    counts = [int(count) for count in re.findall(r"<strong>(\d+)</strong>", html)]
    assert len(counts) == 4
    assert sum(counts) == len(table)
    assert 'href="claims.html?verdict=not-reproduced"' in html
