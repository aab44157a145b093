"""Every error the library raises on purpose: each names the offending value and the remedy."""

import difflib
from collections.abc import Iterable


class AsytError(Exception):
    """Base of all errors below; the command line prints its message and exits with 2."""


class UnknownNameError(AsytError):
    """A name (experiment, profile, data set, method, device) that is not in its table."""


class SettingError(AsytError):
    """A setting or a knob has a value that its type does not allow."""


class DataError(AsytError):
    """A data file is missing, truncated, malformed or has the wrong hash."""


class ResultError(AsytError):
    """A stored result is missing, damaged or belongs to another configuration."""


class MissingResultError(ResultError):
    """No result is stored under a configuration; nothing is damaged."""


class ReferenceFileError(AsytError):
    """A file of recorded runs lacks an array or holds one of the wrong shape."""


class EncapsulationError(AsytError):
    """A method asked an encapsulated device for states that never leave the light path."""


class DeviceOutputError(AsytError):
    """A device returned something that is not a (C, B, P) array of finite numbers."""


class DeviceTimeoutError(AsytError):
    """A device gave no answer within its deadline."""


class DeviceFailedError(AsytError):
    """A device raised an error, or read nothing usable, at every attempt."""


class DivergenceError(AsytError):
    """Training left the range of finite numbers."""


def lookup(name: str, table: Iterable[str], what: str) -> str:
    """Return `name` if `table` has it; `what` is the kind of thing ("experiment", "profile").

    Raises:
        UnknownNameError: with the nearest name, or all names if none is near.
    """
    names = sorted(table)
    if name in names:
        return name
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(names)}."
    raise UnknownNameError(f"unknown {what} '{name}': {hint}")
