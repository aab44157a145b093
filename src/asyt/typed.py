"""What a text stands for, by a type: fields of a configuration and knobs of a page."""

import ast
import dataclasses
import math
import types
from typing import Any, Union, get_args, get_origin, get_type_hints

from asyt.errors import SettingError

#: Type -> what it is called in an error, and how a value is written.
WRITTEN = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a word",
    types.NoneType: "None",
}
WORDS = {"true": True, "false": False, "none": None}


def typed(text: str, kind: Any, name: str) -> Any:
    """The value that a text stands for.

    Args:
        text: as typed: `300`, `1e-4`, `none`, `true`, `784,256,10`, `{'method': 'asyt'}`.
        kind: int, float, bool, str, None, a dataclass, a union or a tuple of these.
        name: of the setting, for the error.

    Raises:
        SettingError: the text stands for something else; says what is wanted.
    """
    value = text.strip() if kind is str else _literal(text)
    try:
        return conform(value, kind)
    except TypeError as error:
        raise SettingError(f"{name}={text}: {name} takes {describe(kind)}.") from error


def checked(value: Any, kind: Any, name: str) -> Any:
    """A value as a type has it: a tuple for a list, a float for an int. Raises as `typed`."""
    try:
        return conform(value, kind)
    except TypeError as error:
        raise SettingError(f"{name}={value!r}: {name} takes {describe(kind)}.") from error


def conform(value: Any, kind: Any) -> Any:
    """A value as a type has it; a TypeError if it cannot be."""
    if get_origin(kind) in (Union, types.UnionType):
        return _first(value, get_args(kind))
    if get_origin(kind) is tuple:
        return _tuple(value, get_args(kind))
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        return _dataclass(value, kind)
    if kind is float and type(value) is int:
        value = float(value)
    fits = type(value) is kind
    if kind is float:
        fits = fits and math.isfinite(value)
    if not fits:
        raise TypeError(f"{value!r} is not {describe(kind)}")
    return value


def describe(kind: Any) -> str:
    """A type in words: "a number or None"."""
    parts = get_args(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(map(describe, parts))
    if dataclasses.is_dataclass(kind):
        names = ", ".join(field.name for field in dataclasses.fields(kind))
        return f"{{'field': value, ...}} of {names}"
    if get_origin(kind) is not tuple:
        name = getattr(kind, "__name__", kind)
        return WRITTEN.get(kind, f"{name}, which no text stands for")
    if parts[-1] is Ellipsis:
        return f"any number of values with commas between, each {describe(parts[0])}"
    return f"{len(parts)} values with a comma between, each {describe(parts[0])}"


def _literal(text: str) -> Any:
    """What Python reads in a text; else the text itself."""
    text = text.strip()
    word = text.lower()
    if word in WORDS:
        return WORDS[word]
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return text


def _first(value: Any, kinds: tuple[Any, ...]) -> Any:
    for kind in kinds:
        try:
            return conform(value, kind)
        except TypeError:
            continue
    raise TypeError(f"{value!r} is none of {kinds}")


def _dataclass(value: dict[str, Any], kind: Any) -> Any:
    kinds = get_type_hints(kind)
    fields = {name: conform(part, kinds.get(name)) for name, part in value.items()}
    return kind(**fields)


def _tuple(value: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    """Of as many values as wanted: a single one is a tuple of one."""
    if isinstance(value, str):
        value = _listed(value)
    values = list(value) if isinstance(value, (tuple, list)) else [value]
    wanted = list(kinds)
    if kinds[-1] is Ellipsis:
        wanted = [kinds[0]] * len(values)
    if len(values) != len(wanted):
        raise TypeError(f"{len(values)} values, not {len(wanted)}")
    return tuple(map(conform, values, wanted))


def _listed(text: str) -> Any:
    """The values of a text, with or without brackets around them."""
    whole = _literal(text)  # papermill hands a tuple over as its text
    if isinstance(whole, (tuple, list)):
        return whole
    words = [word for word in text.split(",") if word.strip()]
    return list(map(_literal, words))
