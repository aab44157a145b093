"""The store of tables: named by their configuration, written whole or not at all.

A result is two files, `<root>/<experiment>/<hash>.csv` (tidy table) and `<hash>.json` (provenance),
where the hash is that of the configuration. The JSON is the commit point: a CSV without it does not
count, and a CSV that differs from the sha256 in it is refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asyt import paths
from asyt.checkpoints import Checkpoint, write_atomically
from asyt.errors import MissingResultError, ResultError
from asyt.provenance import cpu_name, environment

__all__ = ["Checkpoint", "Result", "config_hash", "load", "plain", "save", "stored"]


@dataclasses.dataclass(frozen=True)
class Result:
    """A stored table and where it came from."""

    table: pd.DataFrame
    provenance: dict[str, Any]


def plain(value: Any, where: str = "config") -> Any:
    """Return `value` as JSON would give it back: dataclasses as dicts, tuples as lists, numpy scalars plain.

    Raises:
        ResultError: JSON cannot hold it exactly (NaN, infinity, an object, a key that is not a
            string).
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ResultError(f"{where} has the key {key!r}: use a string")
        return {key: plain(entry, f"{where}.{key}") for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, f"{where}[{index}]") for index, entry in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise ResultError(f"{where} is {value}: use a finite number, or None for 'not set'")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ResultError(
        f"{where} is {value!r} ({type(value).__name__}): use numbers, strings, lists, dicts or None"
    )


def config_hash(config: Any) -> str:
    """First 16 hex digits of the sha256 of the configuration as canonical JSON.

    Keys are sorted, tuples count as lists and floats are written by `repr`; 1 and 1.0 differ.

    Args:
        config: a mapping or a dataclass instance.

    Raises:
        ResultError: the configuration holds a value that JSON cannot hold exactly.
    """
    text = json.dumps(plain(config), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save(
    experiment: str,
    config: Any,
    table: pd.DataFrame,
    *,
    seeds: Any,
    wall_time_s: float,
    device_name: str | None = None,
    root: Path | None = None,
) -> Path:
    """Store a table under its configuration and return the path of its CSV.

    Both files are written beside their places and synced before either is renamed, the JSON last. A
    stored result of the same configuration is replaced, or left as it was if anything fails.

    Args:
        experiment: the experiment's name, which is the folder.
        config: the full configuration (mapping or dataclass).
        table: tidy, no index, at least one row; missing values as NaN.
        seeds: the seeds used, as numbers or named lists.
        wall_time_s: computing time in seconds.
        device_name: name of the GPU; None or "cpu" is written as this processor's model.
        root: the store; by default the committed one, data/results.

    Raises:
        ResultError: the table would not come back as it is, or a file cannot be written.
    """
    folder = _folder(experiment, root)
    digest = config_hash(config)
    csv, types = _encode(table)
    provenance = {
        "experiment": experiment,
        "config": plain(config),
        "config_hash": digest,
        "columns": types,
        "csv_sha256": hashlib.sha256(csv).hexdigest(),
        "seeds": plain(seeds, "seeds"),
        "device": cpu_name() if device_name in (None, "cpu") else device_name,
        "wall_time_s": plain(float(wall_time_s), "wall_time_s"),
        **environment(),
    }
    path = folder / f"{digest}.csv"
    record = json.dumps(provenance, indent=2, allow_nan=False) + "\n"
    write_atomically({path: csv, path.with_suffix(".json"): record.encode()})
    return path


def load(
    experiment: str,
    config: Any,
    root: Path | Sequence[Path] | None = None,
    *,
    profile: str | None = None,
) -> Result:
    """Read the table stored under a configuration, checked against both of its hashes.

    Args:
        experiment: the experiment's name.
        config: the configuration (mapping or dataclass).
        root: the store, or several in the order to look in; by default the committed one,
            data/results.
        profile: the profile this configuration belongs to, for the command in the error message.

    Raises:
        ResultError: no such result (the message names the hash, what is stored and the command that
            computes it), or one that is damaged.
    """
    roots = list(root) if isinstance(root, Sequence) and not isinstance(root, str) else [root]
    digest = config_hash(config)
    command = f"asyt run {experiment}" + (f" --profile {profile}" if profile else "")
    for place in roots:
        record = _folder(experiment, place) / f"{digest}.json"
        if record.is_file():
            return _read(record, command)
    wanted = plain(config)
    entries = [entry for place in roots for entry in stored(experiment, place).items()]
    known = [
        _describe(*entry, wanted)
        for entry in sorted(entries, key=lambda e: len(_different(e[1], wanted)))
    ]
    have = "; ".join(known[:4]) + (f"; and {len(known) - 4} more" if len(known) > 4 else "")
    raise MissingResultError(
        f"no result of '{experiment}' with config {digest}; compute it with `{command}`\n"
        f"stored for '{experiment}': {have or 'nothing'}"
    )


def stored(experiment: str, root: Path | None = None) -> dict[str, dict[str, Any]]:
    """The configurations a store holds for an experiment, by their hash; {} where a record is unreadable."""
    found = {}
    for record in sorted(_folder(experiment, root).glob("*.json")):
        try:
            found[record.stem] = json.loads(record.read_text())["config"]
        except (ValueError, KeyError, TypeError):
            found[record.stem] = {}
    return found


def _folder(experiment: str, root: Path | None) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", experiment):
        raise ResultError(f"experiment name {experiment!r}: use letters, digits, '-', '_' and '.'")
    return (paths.published() / "data" / "results" if root is None else Path(root)) / experiment


def _encode(table: pd.DataFrame) -> tuple[bytes, dict[str, str]]:
    """CSV bytes (floats by repr, LF, no index) and column types, checked to come back as the same table."""
    if table.empty:
        raise ResultError(
            f"table of shape {table.shape}: a result has at least one row and one column"
        )
    if any(name is not None for name in table.index.names):
        raise ResultError(
            f"the index {list(table.index.names)} would be lost: call reset_index() first"
        )
    csv = table.to_csv(index=False, lineterminator="\n").encode()
    types = {str(name): str(kind) for name, kind in table.dtypes.items()}
    try:
        pd.testing.assert_frame_equal(
            _decode(csv, types), table.reset_index(drop=True), check_exact=True
        )
    except (AssertionError, TypeError, ValueError) as error:
        raise ResultError(
            "the table would change: use columns of numbers, booleans or non-empty "
            f"strings\n{error}"
        ) from error
    return csv, types


def _decode(csv: bytes, types: Mapping[str, str]) -> pd.DataFrame:
    """The table of some CSV bytes; pandas from 3.1 on reads every float64 back exactly."""
    return pd.read_csv(io.BytesIO(csv), dtype=dict(types), keep_default_na=False, na_values=[""])


def _read(record: Path, command: str) -> Result:
    try:
        provenance = json.loads(record.read_text())
        csv = record.with_suffix(".csv").read_bytes()
        problem = None
        if not record.stem == provenance["config_hash"] == config_hash(provenance["config"]):
            problem = "its config does not have the hash of its name"
        elif hashlib.sha256(csv).hexdigest() != provenance["csv_sha256"]:
            problem = "its table does not have the recorded sha256"
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
    if problem:
        raise ResultError(
            f"damaged result {record}: {problem}; restore both files or run `{command}`"
        )
    return Result(_decode(csv, provenance["columns"]), provenance)


def _describe(digest: str, config: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    keys = _different(config, wanted)
    shown = [f"{key}={_short(config.get(key))} not {_short(wanted.get(key))}" for key in keys[:3]]
    return f"{digest} ({', '.join(shown)}{', ...' if len(keys) > 3 else ''})"


def _different(config: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*config, *wanted} if config.get(key) != wanted.get(key))


def _short(value: object, width: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= width else f"{text[:width]}..."
