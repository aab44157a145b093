"""The rows made of the register and the measurements, and how they print."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import rich.console

from asyt import claims
from asyt.claims import Measurement, report
from asyt.claims.measured import kmnist_substitute
from asyt.errors import AsytError, MissingResultError, ResultError
from asyt.experiments import Experiment

ONE = ["reading", "measured", "low", "high", "n", "verdict", "place", "percentile", "wide"]
STATED = ["id", "source", "figure", "kind", "reported"]
FEW = np.linspace(20, 60, 12)
MEASURED = [
    Measurement("asyt-5a-asyt", 95.6789, 95.5, 95.8123, 15, "mean | seeds", "mnist.html#fig"),
    Measurement("asyt-m-10percent", 1.523970604832e-21, holds=True, n=1),
    Measurement("asyt-5d-asyt", 91.0, low=90.4, holds=True, n=15),
    Measurement.drawn("asyt-3a-insilico", "few | chips", FEW, chance=33.3, ideal=96.0),
    Measurement.drawn(
        "asyt-2e-bp", "", np.linspace(98, 100, 101), np.full(101, 99.0), chance=50, ideal=100
    ),
    Measurement("asyt-s-mixing", carries=(0.5, 0.5)),
]


def row_of(table, name):
    return next(row for row in table if row["id"] == name)


def test_rows_are_those_of_the_register_in_order():
    table = claims.rows(MEASURED)
    assert [row["id"] for row in table] == list(claims.register().claims)
    rest = [*ONE, "note", "page", "readings"]
    assert all(list(row) == [*STATED, *rest] for row in table)
    assert all(list(one) == rest[:-1] for row in table for one in row["readings"])
    assert json.loads(claims.as_json(table)) == table
    assert {row["verdict"] for row in table} <= set(claims.VERDICTS)


def test_row_carries_the_measurement_rounded_for_its_kind():
    table = claims.rows(MEASURED)
    row = row_of(table, "asyt-5a-asyt")
    (one,) = row.pop("readings")
    assert row == {
        "id": "asyt-5a-asyt",
        "source": "asyt",
        "figure": "5a",
        "kind": "point",
        "reported": 95.8,
        "reading": "stated",
        "measured": 95.68,
        "low": 95.5,
        "high": 95.81,
        "n": 15,
        "verdict": "reproduced",
        "place": None,
        "percentile": None,
        "wide": None,
        "note": "mean | seeds",
        "page": "mnist.html#fig",
    }
    assert row_of(table, "asyt-m-10percent")["measured"] == 1.523970604832e-21
    assert one == {key: value for key, value in row.items() if key not in STATED}
    both = row_of(table, "asyt-2e-bp")
    assert both["measured"] == [99.0, 99.0]
    assert (both["place"], both["percentile"]) == ("possible", [87.1, 100.0])
    assert row_of(table, "asyt-5d-asyt")["high"] is None
    assert row_of(table, "asyt-s-mixing")["verdict"] == "used"


def test_rows_say_what_is_missing():
    table = claims.rows(MEASURED)
    assert row_of(table, "asyt-3a-insilico")["verdict"] == "not-measured"
    assert row_of(table, "asyt-3a-insilico")["note"] == "few | chips (12 of the 100 draws needed)"
    assert row_of(table, "asyt-5c-asyt")["verdict"] == "not-testable"
    assert "training images" in row_of(table, "asyt-5c-asyt")["note"]
    assert row_of(table, "asyt-5b-asyt")["verdict"] == "not-measured"


def test_a_row_shows_the_measured_reading_that_is_nearest_and_judges_all():
    found = [
        Measurement("asyt-5a-asyt", 22.0, 20.0, 24.0, 15, reading="mean-square"),
        Measurement("asyt-5a-asyt", 95.7, 95.0, 96.0, 15, reading="floor"),
        Measurement("asyt-5a-asyt", note="not run", reading="authors"),
    ]
    row = row_of(claims.rows(found), "asyt-5a-asyt")
    assert [one["reading"] for one in row["readings"]] == ["authors", "floor", "mean-square"]
    assert (row["reading"], row["measured"]) == ("floor", 95.7)
    assert row["verdict"] == "depends-on-the-reading"
    assert [one["verdict"] for one in row["readings"]] == [
        "not-measured",
        "reproduced",
        "not-reproduced",
    ]
    text = claims.markdown_table([row])
    assert "**depends on the reading**<br>holds in: floor<br>fails in: mean-square" in text


@pytest.mark.parametrize(
    ("values", "told"),
    [([95.7, 95.8], "in all 2 readings"), ([22.0, 30.0], "in none of 2 readings")],
)
def test_readings_that_agree_are_counted_instead_of_named(values, told):
    pairs = zip(("floor", "mean-square"), values, strict=True)
    found = [Measurement("asyt-5a-asyt", value, n=15, reading=name) for name, value in pairs]
    row = row_of(claims.rows(found), "asyt-5a-asyt")
    assert f"**<br>{told} |" in claims.markdown_table([row])


def test_readings_of_several_groups_are_joined():
    found = [
        Measurement("asyt-5a-asyt", 95.7, n=15, reading="signed + headroom 0.4"),
        Measurement("asyt-5a-asyt", 95.7, n=15, reading="drawn + headroom 0.8"),
    ]
    row = row_of(claims.rows(found), "asyt-5a-asyt")
    assert row["reading"] == "drawn + headroom 0.8"
    with pytest.raises(AsytError, match="unknown reading 'sined': did you mean 'signed'"):
        claims.rows([Measurement("asyt-5a-asyt", 95.7, reading="sined")])


def test_rounding_does_not_touch_the_verdict():
    measured = [Measurement("asyt-5a-asyt", 94.7499, n=15)]
    row = row_of(claims.rows(measured), "asyt-5a-asyt")
    assert (row["measured"], row["verdict"]) == (94.75, "not-reproduced")


def test_unknown_and_doubled_measurements_are_named():
    with pytest.raises(
        AsytError, match="unknown claim 'asyt-5a-asty': did you mean 'asyt-5a-asyt'"
    ):
        claims.rows([Measurement("asyt-5a-asty")])
    with pytest.raises(ResultError, match="two measurements of 'asyt-5a-asyt' in reading 'stated'"):
        claims.rows([MEASURED[0], MEASURED[0]])


def test_summary_counts_every_row_once():
    counts = claims.summary(claims.rows(MEASURED))
    assert list(counts) == list(claims.VERDICTS)
    assert (counts["reproduced"], counts["not-reproduced"], counts["used"]) == (4, 0, 1)
    assert sum(counts.values()) == len(claims.register().claims)


def test_markdown_has_a_line_a_claim_and_links_its_verdict():
    text = claims.as_markdown(claims.rows(MEASURED))
    lines = [
        line for line in text.splitlines() if line.startswith("| ") and "| Claim |" not in line
    ]
    assert len(lines) == len(claims.register().claims)
    assert all(line.replace(r"\|", "").count("|") == 5 for line in lines)
    assert (
        r"| Fig. 5a: MNIST AsyT test accuracy (`asyt-5a-asyt`, point)<br>*mean \| seeds* | 95.8 "
        r"| 95.68<br>(95.5 to 95.81)<br>n = 15 | [**reproduced**](mnist.html#fig) |"
    ) in lines
    assert r"few \| chips" in text
    assert r"| \> 90 | 91<br>(90.4 to ...)<br>n = 15 | **reproduced** |" in text
    assert text.startswith(f"{len(lines)} claims: 4 reproduced, 1 used, ")


def test_terminal_table_shows_every_row():
    console = rich.console.Console(width=200, record=True, file=io.StringIO())
    console.print(claims.as_table(claims.rows(MEASURED)))
    text = console.export_text()
    assert all(name in text for name in claims.register().claims)
    assert "4 reproduced, 1 used" in text


@dataclass(frozen=True)
class Judge:
    """What a file of `asyt.claims.measured` has."""

    EXPERIMENTS: tuple
    CLAIMS: tuple
    measure: Callable
    PROFILE: str = "paper"


class Store:
    """Tables of which that of Iris is missing; counts what is read."""

    def __init__(self):
        self.read = []

    def table(self, experiment, profile):
        self.read.append((experiment.name, profile))
        if experiment is iris:
            raise MissingResultError("no result of 'iris'; compute it with `asyt run iris`\nmore")
        return f"table of {experiment.name}"


mnist, iris = (Experiment(name, {}, list, list) for name in ("mnist", "iris"))


@pytest.fixture
def store(monkeypatch):
    judges = (
        Judge((mnist,), ("asyt-5a-asyt",), lambda _: MEASURED[:1]),
        Judge((mnist, iris), ("asyt-3a-train",), lambda *_: [Measurement("asyt-3a-train")]),
        Judge((mnist,), ("asyt-m-10percent",), lambda _: MEASURED[1:2]),
        Judge((iris,), ("asyt-5c-asyt",), lambda _: [], PROFILE="standard"),
    )
    monkeypatch.setattr(report, "judges", lambda: judges)
    monkeypatch.setattr(report.experiments, "table", (found := Store()).table)
    return found


def test_collect_asks_every_judge_and_reads_every_table_once(store):
    found = claims.collect()
    assert [row.claim for row in found] == ["asyt-5a-asyt", "asyt-3a-train", "asyt-m-10percent"]
    assert store.read == [("mnist", "paper"), ("iris", "paper"), ("iris", "standard")]


def test_collect_of_some_claims_reads_no_more_than_they_need(store):
    assert [row.claim for row in claims.collect("asyt-5a")] == ["asyt-5a-asyt"]
    assert store.read == [("mnist", "paper")]


@pytest.mark.usefixtures("store")
def test_rows_of_a_missing_table_say_so_unless_they_say_why():
    table = claims.rows(claims.collect())
    assert row_of(table, "asyt-3a-train")["verdict"] == "not-measured"
    assert row_of(table, "asyt-3a-train")["note"] == (
        "no result of 'iris'; compute it with `asyt run iris`"
    )
    assert "training images" in row_of(table, "asyt-5c-asyt")["note"]


@pytest.mark.usefixtures("store")
def test_a_judge_of_a_claim_that_is_gone_is_told(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "claims.yml").write_text("sources: {a: b}\nclaims: []\n")
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    with pytest.raises(AsytError, match="unknown claim 'asyt-3a-train'"):
        claims.collect()


def test_every_claim_has_one_judge():
    answered = Counter()
    for judge in report.judges():
        answered.update(judge.CLAIMS)
    scope = {row.id for row in claims.register().claims.values() if row.kind == "scope"}
    substitutes = set(kmnist_substitute.CLAIMS)
    assert {claim for claim, judges in answered.items() if judges > 1} == substitutes
    assert set(answered) | scope == set(claims.register().claims)
