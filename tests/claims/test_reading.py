"""The readings of the sources, data/readings.yml."""

import pytest

from asyt import claims
from asyt.claims import reading
from asyt.errors import DataError

GOOD = """groups:
  one: {silence: none, readings: {stated: {is: stated, source: text}}}
  two: {silence: much, readings: {a: {is: first, source: code}, b: {is: second, source: text}}}
"""


def written(tmp_path, text):
    path = tmp_path / "readings.yml"
    path.write_text(text)
    return path


def test_every_reading_says_what_it_is_and_where_it_comes_from():
    found = claims.readings()
    assert all(one.text and one.source and one.silence for one in found.values())
    assert [one.rank for one in found.values()] == list(range(len(found)))
    fig5 = [name for name, one in found.items() if one.group == "fig5"]
    assert fig5 == ["authors", "independent", "floor", "common-gain", "power", "mean-square"]


def test_a_file_of_one_s_own_is_read(tmp_path):
    found = claims.readings(written(tmp_path, GOOD))
    assert list(found) == ["stated", "a", "b"]
    assert (found["b"].group, found["b"].silence, found["b"].rank) == ("two", "much", 2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("groups: [", "cannot read the readings"),
        ("group: {}", "cannot read the readings .*groups"),
        ("groups: 3", "cannot read the readings"),
        (GOOD.replace("silence: much", "silent: much"), "group 'two' needs `silence`"),
        (GOOD.replace("source: code", "origin: code"), "group 'two' needs .*source"),
        (GOOD.replace("is: first", "is: [1]"), "reading 'a' has an entry that is no text"),
        (GOOD.replace("b: {is", "stated: {is"), "two readings are called 'stated'"),
        (GOOD.replace("stated:", "other:"), "reading 'stated' is missing"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, text, named):
    with pytest.raises(DataError, match=named):
        claims.readings(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot read the readings"):
        claims.readings(tmp_path / "none.yml")


def test_ranks_sort_joined_names_by_their_first_group():
    names = ["signed", "drawn + headroom 0.4", "drawn"]
    assert sorted(names, key=reading.rank) == ["drawn", "drawn + headroom 0.4", "signed"]
