"""Texts that stand for values of a type, and those that do not."""

from dataclasses import dataclass

import pytest

from asyt.errors import SettingError
from asyt.typed import checked, typed


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("300", int, 300),
        (" 300 ", int, 300),
        ("1", float, 1.0),
        ("1e-4", float, 1e-4),
        ("-0.5", float, -0.5),
        ("true", bool, True),
        ("False", bool, False),
        ("mnist", str, "mnist"),
        ("5", str, "5"),
        ("none", float | None, None),
        ("None", int | None, None),
        ("10", float | None, 10.0),
        ("784,256,10", tuple[int, ...], (784, 256, 10)),
        ("(784, 256, 10)", tuple[int, ...], (784, 256, 10)),
        ("[784]", tuple[int, ...], (784,)),
        ("784", tuple[int, ...], (784,)),
        ("", tuple[int, ...], ()),
        ("()", tuple[float, ...], ()),
        ("0,1", tuple[float, float], (0.0, 1.0)),
        ("{'low': 1, 'high': 2}", Interval, Interval(1.0, 2.0)),
        ("bp,asyt", tuple[str, ...], ("bp", "asyt")),
        ("(('momentum', 0.9),)", tuple[tuple[str, float], ...], (("momentum", 0.9),)),
    ],
)
def test_text_becomes_a_value_of_its_type(text, kind, value):
    found = typed(text, kind, "x")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("many", int, "a whole number"),
        ("1.5", int, "a whole number"),
        ("true", int, "a whole number"),
        ("", float, "a number"),
        ("nan", float, "a number"),
        ("1e999", float, "a number"),
        ("True", float, "a number"),
        ("yes", bool, "True or False"),
        ("1", bool, "True or False"),
        ("x", float | None, "a number or None"),
        ("0.5", tuple[float, float], "2 values with a comma between, each a number"),
        ("1,2.5", tuple[int, ...], "any number of values with commas between, each a whole number"),
        ("(" * 5000, float, "a number"),
        ("1", object, "object, which no text stands for"),
        ("1", Interval, "{'field': value, ...} of low, high"),
        ("{'low': 1}", Interval, "{'field': value, ...} of low, high"),
        ("{'low': 1, 'hihg': 2}", Interval, "{'field': value, ...} of low, high"),
        ("{'low': 'x', 'high': 2}", Interval, "{'field': value, ...} of low, high"),
    ],
)
def test_text_of_another_type_is_told_with_what_is_wanted(text, kind, wanted):
    with pytest.raises(SettingError) as told:
        typed(text, kind, "x")
    assert str(told.value) == f"x={text}: x takes {wanted}."


def test_value_of_another_type_is_told():
    assert checked([1, 2], tuple[float, ...], "x") == (1.0, 2.0)
    assert checked("(784, 10)", tuple[int, ...], "x") == checked("784,10", tuple[int, ...], "x")
    with pytest.raises(SettingError, match=r"x='1.0': x takes a number"):
        checked("1.0", float, "x")
