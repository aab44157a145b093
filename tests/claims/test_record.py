"""The published register: JSON that fits its schema, CSV, badge; and that it is up to date."""

import csv
import io
import json
from xml.dom import minidom

import jsonschema
import pytest

from asyt import claims, paths
from asyt.claims import Measurement, record
from asyt.errors import DataError

MEASURED = [
    Measurement("asyt-5a-asyt", 95.7, 95.0, 96.0, 15, reading="floor"),
    Measurement("asyt-5a-asyt", 22.0, 20.0, 24.0, 15, reading="mean-square"),
]
FOLDER = paths.home() / record.FOLDER


@pytest.fixture(scope="module")
def table():
    return claims.rows(MEASURED)


@pytest.fixture(scope="module")
def schema():
    found = json.loads((FOLDER / record.SCHEMA).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def test_json_fits_the_published_schema(table, schema):
    text = record.files(table)["claims.json"]
    schema.validate(json.loads(text))


@pytest.mark.parametrize(
    "change", [{"verdict": "perhaps"}, {"n": -1}, {"more": 1}, {"readings": []}, {"reported": {}}]
)
def test_schema_refuses_what_it_does_not_describe(table, schema, change):
    document = record.document(table)
    document["claims"][0] = {**document["claims"][0], **change}
    with pytest.raises(jsonschema.ValidationError):
        schema.validate(document)


def test_csv_has_a_line_a_claim(table):
    lines = list(csv.DictReader(io.StringIO(record.as_csv(table))))
    assert [line["id"] for line in lines] == [row["id"] for row in table]
    (line,) = [line for line in lines if line["id"] == "asyt-5a-asyt"]
    assert (line["measured"], line["unit"], line["headline"]) == ("95.7", "%", "True")
    assert (line["readings"], line["holds in"]) == ("2", "1")


def test_badge_says_the_counts(table):
    svg = minidom.parseString(record.badge(table)).documentElement
    assert "1 depend, 0 not reproduced" in svg.getAttribute("aria-label")


def test_published_register_is_what_the_stored_tables_give():
    found = record.files(claims.rows(claims.collect()))
    old = {name: (FOLDER / name).read_text(encoding="utf-8") for name in found}
    assert found == old, "run 'asyt claims --publish', then 'asyt figure claims-overview'"


def test_published_rows_are_read_back(table, tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    with pytest.raises(DataError, match="'asyt claims --publish' writes it"):
        record.published()
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(record, "files", lambda rows: {"claims.json": json.dumps({"claims": rows})})
    assert record.publish(table) == tmp_path / "data" / "register"
    assert record.published() == table


def test_headline_claims_are_those_of_the_front_page():
    from asyt.figures import claims_overview

    marked = [claim.id for claim in claims.register().claims.values() if claim.headline]
    assert marked == list(claims_overview.NAMES)
