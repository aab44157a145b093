"""Knobs of a page: what its first cell sets, and what papermill puts over them."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from asyt.errors import SettingError, lookup
from asyt.typed import checked, typed

#: First line of the cell that papermill puts in; its tag, and that of the cell it goes below.
INJECTED = "# Parameters"
TAG = "parameters"
#: A knob of every page, whether its first cell names it or not: smoke, quick or paper.
PROFILE = "profile"

Knobs = dict[str, Any]


def declared(code: str) -> Knobs:
    """Names and values that a cell assigns, such as `chips = 20`.

    Raises:
        SettingError: the cell does something else.
    """
    found = {}
    for line in ast.parse(code).body:
        text = ast.unparse(line)
        target = line.targets[0] if isinstance(line, ast.Assign) else None
        if not isinstance(line, ast.Assign) or not isinstance(target, ast.Name):
            raise SettingError(f"a cell of knobs has `{text}`: write name = value.")
        try:
            found[target.id] = ast.literal_eval(line.value)
        except ValueError as error:
            raise SettingError(f"knob `{text}`: give a number or a word.") from error
    return found


def injected(cells: Iterable[str]) -> Knobs:
    """What papermill put in, among the cells that ran; empty where it put in nothing."""
    found: Knobs = {}
    for cell in cells:
        if cell.startswith(INJECTED):
            found |= declared(cell)
    return found


def written(texts: Mapping[str, str], published: Knobs) -> Knobs:
    """Knobs as typed, by name; raises as `turned`."""
    known(texts, published)
    values = {}
    for name, text in texts.items():
        values[name] = typed(text, kind(name, published), name)
    return values


def turned(values: Knobs, published: Knobs) -> Knobs:
    """Values of knobs, as the published values have their types.

    Raises:
        UnknownNameError: no such knob; suggests the nearest.
        SettingError: a value of another type.
    """
    known(values, published)
    fitting = {}
    for name, value in values.items():
        fitting[name] = checked(value, kind(name, published), name)
    return fitting


def known(names: Iterable[str], published: Knobs) -> None:
    """See that all knobs are knobs of the page; raises an UnknownNameError, as `turned`."""
    for name in names:
        lookup(name, {*published, PROFILE}, "knob")


def kind(name: str, published: Knobs) -> Any:
    """The type of a knob, by its published value; a tuple has entries of one type."""
    if name not in published:
        return str
    value = published[name]
    if isinstance(value, (tuple, list)):
        return tuple[type(value[0]), ...]  # type: ignore[misc]
    return type(value)


def said(values: Knobs, published: Knobs) -> str:
    """The knobs that differ from the published ones: "distortion 1.0 (published 0.6)"."""
    parts = [
        f"{name} {value} (published {published[name]})"
        for name, value in values.items()
        if value != published[name]
    ]
    return ", ".join(parts)
