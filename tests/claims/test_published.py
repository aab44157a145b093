"""The register: what is in it, and what is told about a wrong one."""

import numpy as np
import pytest

from asyt import claims
from asyt.claims import published
from asyt.errors import DataError, UnknownNameError

HEADER = "sources: {a: Some paper}\nclaims:\n"


def written(tmp_path, text):
    path = tmp_path / "claims.yml"
    path.write_text(text)
    return path


def test_register_of_the_checkout_is_valid_and_complete():
    register = claims.register()
    assert set(register.sources) == {"asyt", "opu", "pnn"}
    assert {row.kind for row in register.claims.values()} == set(claims.KINDS)
    assert all(isinstance(row.figure, str) for row in register.claims.values())
    assert register.claims["opu-optical"].min_n == 10
    assert register.claims["asyt-2e-bp"].reported == [100, 100]


def test_rows_that_cannot_be_measured_say_why():
    told = {row.id for row in claims.register().claims.values() if row.why}
    kmnist = {"asyt-5c-asyt", "asyt-5c-bp", "asyt-5c-insilico"}
    assert told == kmnist | {"opu-rate", "opu-power", "pnn-inference-cost", "pnn-energy"}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (
            "{id: x, source: a, figure: 1, kind: guess, quantity: q}",
            "'x': kind 'guess' is not one of point",
        ),
        ("{id: x, source: b, figure: 1, kind: bound, quantity: q}", "'x': source 'b'"),
        ("{id: x, source: a, figure: 1, kind: bound}", "'x': needs .*quantity"),
        (
            "{id: x, source: a, figure: 1, kind: bound, quantity: q, minn: 3}",
            "'x': .*no keys but .*min_n",
        ),
        (
            "{id: x, source: a, figure: 1, kind: point, quantity: q, reported: high}",
            "reported = 'high'",
        ),
        ("{id: x, source: a, figure: 1, kind: draw, quantity: q}", "reported = None"),
        ("{id: x, source: a, figure: 1, kind: scope, quantity: q}", "needs `why`"),
        ("{id: x, source: a, figure: 1, kind: shape, quantity: q}", "needs `test`"),
        ("just text", "row 'just text'"),
        (
            "{id: [x], source: a, figure: 1, kind: bound, quantity: q}",
            r"id = \['x'\] is not a text",
        ),
        ("{id: x, source: [a], figure: 1, kind: bound, quantity: q}", "source = .* is not a text"),
        (
            "{id: x, source: a, figure: [1], kind: bound, quantity: q}",
            "figure = .* is not a text or",
        ),
        ("{id: , source: a, figure: 1, kind: bound, quantity: q}", "id = None is not a text"),
        (
            "{id: x, source: a, figure: 1, kind: bound, quantity: q, min_n: many}",
            "min_n = 'many' is not a count",
        ),
        ("{id: x, source: a, figure: 1, kind: bound, quantity: q, min_n: }", "min_n = None is not"),
        ("{id: x, source: a, figure: 1, kind: point, quantity: q, reported: []}", "reported = "),
        (
            "{id: x, source: a, figure: 1, kind: bound, quantity: q, number: .nan}",
            "number = nan is not a finite number",
        ),
    ],
)
def test_wrong_row_is_named(tmp_path, row, named):
    with pytest.raises(DataError, match=named):
        claims.register(written(tmp_path, f"{HEADER}  - {row}\n"))


def test_duplicate_id_is_named(tmp_path):
    row = "  - {id: x, source: a, figure: 1, kind: bound, quantity: q}\n"
    with pytest.raises(DataError, match="two rows have the id 'x'"):
        claims.register(written(tmp_path, HEADER + row + row))


@pytest.mark.parametrize("text", ["sources: {", "claims: []", "", "- 1", "claims: " + "[" * 5000])
def test_unreadable_register_is_named(tmp_path, text):
    with pytest.raises(DataError, match=r"cannot read the register .*claims\.yml"):
        claims.register(written(tmp_path, text))


def test_missing_register_is_named(tmp_path):
    with pytest.raises(DataError, match=r"cannot read the register .*none\.yml"):
        claims.register(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sources: {a: b}\nclaims:\n", "`claims` is no list"),
        ("sources:\nclaims: []\n", "`sources` is no mapping"),
        ("sources: {a: [b]}\nclaims: []\n", "`sources` is no mapping"),
    ],
)
def test_register_of_another_shape_is_told(tmp_path, text, named):
    with pytest.raises(DataError, match=named):
        claims.register(written(tmp_path, text))


def test_register_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "claims.yml"
    path.write_bytes(b"sources: {a: b}\nclaims: []\n# \xe9\n")
    with pytest.raises(DataError, match=r"cannot read the register .*UnicodeDecodeError"):
        claims.register(path)


def test_lists_of_lists_by_alias_are_refused(tmp_path):
    lines = ["x0: &x0 [a, a]", *(f"x{i}: &x{i} [*x{i - 1}, *x{i - 1}]" for i in range(1, 60))]
    row = "{id: *x59, source: a, figure: 1, kind: bound, quantity: q}"
    with pytest.raises(DataError, match="alias of a list"):
        claims.register(written(tmp_path, "\n".join([*lines, f"{HEADER}  - {row}\n"])))


def test_long_values_are_cut(tmp_path):
    row = f"{{id: {'x' * 5000}, source: b, figure: 1, kind: bound, quantity: q}}"
    with pytest.raises(DataError) as caught:
        claims.register(written(tmp_path, f"{HEADER}  - {row}\n"))
    assert len(str(caught.value)) < 400


def test_published_values_come_from_the_register():
    assert published.reported("asyt-5a-asyt") == 95.8
    assert published.number("asyt-5d-asyt") == 90
    with pytest.raises(UnknownNameError, match="did you mean 'asyt-5a-asyt'"):
        published.reported("asyt-5a-asty")
    with pytest.raises(DataError, match="has no number"):
        published.number("asyt-s-mixing")


@pytest.mark.parametrize(
    ("value", "is_number"),
    [
        *((value, True) for value in (1, 0.5, np.float32(2))),
        *((value, False) for value in (True, "1", None, float("nan"), float("-inf"), [1], 1j)),
    ],
)
def test_one_finite_number(value, is_number):
    assert published.is_number(value) is is_number
