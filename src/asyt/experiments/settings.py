"""Fields of a configuration by name and text, as `asyt run NAME --set field=value` gives them."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_type_hints

from asyt.errors import SettingError, lookup
from asyt.typed import checked, typed

#: As typed: "distortion=1.0", "layers=784,128,10"; a dot leads into a field: "spreads.phase=0.3".
Settings = Sequence[str]


def changed(configs: Sequence[Any], settings: Settings) -> list[Any]:
    """The configurations with fields set, each once: runs that differed in these alone are one.

    Raises:
        UnknownNameError: no such field; suggests the nearest.
        SettingError: a value of another type, no value, or a field that is set twice.
    """
    if not settings:
        return list(configs)
    return list(dict.fromkeys(change(config, settings) for config in configs))


def change(config: Any, settings: Settings) -> Any:
    """A configuration with fields set; raises as `changed`."""
    names = [setting.partition("=")[0].strip() for setting in settings]
    for name, setting in zip(names, settings, strict=True):
        if "=" not in setting:
            raise SettingError(f"{setting}: write field=value, such as {name}=1.")
        if names.count(name) > 1:
            raise SettingError(f"{setting}: '{name}' is set {names.count(name)} times.")
        config = _set(config, name, setting.partition("=")[2])
    return config


def rebuilt(like: Any, stored: dict[str, Any]) -> Any:
    """The configuration of a stored record, of the class of another; raises as `changed`."""
    kinds = get_type_hints(type(like))
    for name in stored:
        lookup(name, kinds, "field")
    return replace(
        like,
        **{name: checked(value, kinds[name], name) for name, value in stored.items()},
    )


def _set(config: Any, name: str, text: str) -> Any:
    kinds = get_type_hints(type(config))
    first, _, rest = name.partition(".")
    lookup(first, [field.name for field in fields(config)], "field")
    inner = getattr(config, first)
    if rest and not is_dataclass(inner):
        raise SettingError(f"{name}={text}: '{first}' has no fields of its own.")
    value = _set(inner, rest, text) if rest else typed(text, kinds[first], first)
    same = value == inner  # 1 and 1.0 would name two tables
    return config if same else replace(config, **{first: value})
