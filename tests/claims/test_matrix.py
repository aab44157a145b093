"""Claims against readings."""

import pytest

from asyt import claims
from asyt.claims import Matrix, Measurement

VALUES = {"authors": (95.9, 87.0), "floor": (95.1, None), "mean-square": (22.3, 60.0)}


@pytest.fixture
def matrix():
    found = [Measurement("asyt-5a-bp", 97.0, n=5, reading="authors")]
    for reading, values in VALUES.items():
        for claim, value in zip(("asyt-5a-asyt", "asyt-5b-asyt"), values, strict=True):
            found.append(Measurement(claim, value, n=5, reading=reading))
    found.append(Measurement("opu-dfa", 97.7, n=5, reading="unit-pixels"))
    return Matrix.of(claims.rows(found), "fig5")


def test_a_matrix_has_the_readings_of_its_group_and_the_rows_that_have_one(matrix):
    assert matrix.names[0] == "authors" and len(matrix.names) == 6
    assert [row["id"] for row in matrix.rows] == ["asyt-5a-asyt", "asyt-5a-bp", "asyt-5b-asyt"]


def test_counts_say_what_each_reading_explains_and_fails(matrix):
    counts = matrix.counts().set_index("reading")
    assert counts.loc["authors", ["holds", "judged"]].tolist() == [3, 3]
    assert counts.loc["floor", ["holds", "judged"]].tolist() == [1, 1]
    assert counts.loc["mean-square", "fails"] == ["asyt-5a-asyt", "asyt-5b-asyt"]
    assert counts.loc["power", "judged"] == 0


def test_the_best_reading_holds_in_most_rows(matrix):
    assert matrix.best() == "authors"


def test_a_cell_has_a_sign_beside_its_colour(matrix):
    html = matrix.html()
    assert "<td class='holds'>✓ 95.9</td>" in html
    assert "<td class='fails'>✗ 22.3</td>" in html
    assert html.count("<td>–</td>") == 3 * 6 - 6
    assert html.count("<tr>") == 1 + 3


def test_readings_joined_with_another_group_s_follow(matrix):
    (row, *others) = matrix.rows
    joined = {**row["readings"][0], "reading": "authors + pixels", "measured": 12.3}
    rows = [{**row, "readings": [*row["readings"], joined]}, *others]
    wider = Matrix.of(rows, "fig5", "pixels")
    assert wider.names == [*matrix.names, "authors + pixels"]
    assert wider.html().count("12.3") == 1
    assert Matrix.of(rows, "fig5").html() == matrix.html()
