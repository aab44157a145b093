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
    turned = [change(config, settings) for config in configs]
    return list(dict.fromkeys(turned))


def change(config: Any, settings: Settings) -> Any:
    """A configuration with fields set; raises as `changed`."""
    names = [setting.partition("=")[0].strip() for setting in settings]
    for name, setting in zip(names, settings, strict=True):
        _, equals, text = setting.partition("=")
        if not equals:
            raise SettingError(f"{setting}: write field=value, such as {name}=1.")
        times = names.count(name)
        if times > 1:
            raise SettingError(f"{setting}: '{name}' is set {times} times.")
        config = _set(config, name, text)
    return config


def rebuilt(like: Any, stored: dict[str, Any]) -> Any:
    """The configuration of a stored record, of the class of another; raises as `changed`."""
    kinds = get_type_hints(type(like))
    for name in stored:
        lookup(name, kinds, "field")
    values = {name: checked(value, kinds[name], name) for name, value in stored.items()}
    return replace(like, **values)


def _set(config: Any, name: str, text: str) -> Any:
    kinds = get_type_hints(type(config))
    first, _, rest = name.partition(".")
    names = [field.name for field in fields(config)]
    lookup(first, names, "field")
    inner = getattr(config, first)
    if not rest:
        value = typed(text, kinds[first], first)
    elif is_dataclass(inner):
        value = _set(inner, rest, text)
    else:
        raise SettingError(f"{name}={text}: '{first}' has no fields of its own.")
    if value == inner:  # 1 and 1.0 would name two tables
        return config
    return replace(config, **{first: value})
