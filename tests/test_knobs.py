"""Knobs of a page: read, checked and told."""

import pytest

from asyt import knobs
from asyt.errors import SettingError, UnknownNameError

PUBLISHED = {"chips": 20, "distortion": 0.6, "method": "asyt", "noisy": False, "widths": (4, 3)}


def test_knobs_are_what_a_cell_assigns():
    assert knobs.declared("chips = 20  # trained side by side\nrates = (0.1, 1)\nshift = -1") == {
        "chips": 20,
        "rates": (0.1, 1),
        "shift": -1,
    }


@pytest.mark.parametrize("code", ["import os", "a, b = 1, 2", "a = f(1)", "a += 1", "print(1)"])
def test_cell_that_does_something_else_is_told(code):
    with pytest.raises(SettingError, match=r"write name = value|give a number or a word"):
        knobs.declared(code)


def test_only_the_cell_of_papermill_counts_as_put_in():
    assert knobs.injected(["", "chips = 3", "# Parameters\nchips = 5\n", "x = f(1)"]) == {
        "chips": 5
    }


def test_typed_knobs_have_the_types_of_the_published_ones():
    texts = {"chips": "5", "distortion": "1", "method": "pat", "noisy": "true", "widths": "4,4,3"}
    found = knobs.written(texts, PUBLISHED)
    assert found == {
        "chips": 5,
        "distortion": 1.0,
        "method": "pat",
        "noisy": True,
        "widths": (4, 4, 3),
    }
    assert type(found["distortion"]) is float
    assert knobs.written({"profile": "smoke"}, {}) == {"profile": "smoke"}


@pytest.mark.parametrize(
    ("texts", "error", "hint"),
    [
        ({"distorsion": "1"}, UnknownNameError, "unknown knob 'distorsion': did you mean 'distort"),
        ({"chips": "many"}, SettingError, "chips=many: chips takes a whole number."),
        ({"chips": "2.5"}, SettingError, "chips takes a whole number"),
        ({"distortion": "nan"}, SettingError, "distortion takes a number"),
        ({"noisy": "perhaps"}, SettingError, "noisy takes True or False"),
        ({"widths": "4,x"}, SettingError, "widths takes any number of values"),
    ],
)
def test_wrong_knob_is_told(texts, error, hint):
    with pytest.raises(error, match=hint):
        knobs.written(texts, PUBLISHED)


def test_value_of_another_type_is_told():
    assert knobs.turned({"distortion": 1}, PUBLISHED) == {"distortion": 1.0}
    with pytest.raises(SettingError, match="chips='5': chips takes a whole number"):
        knobs.turned({"chips": "5"}, PUBLISHED)


def test_only_what_differs_is_said():
    assert knobs.said(PUBLISHED, PUBLISHED) == ""
    turned = {**PUBLISHED, "distortion": 1.0}
    assert knobs.said(turned, PUBLISHED) == "distortion 1.0 (published 0.6)"
