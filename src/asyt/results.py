"""The store of tables: named by their configuration, written whole or not at all.

A result is `<root>/<experiment>/<hash of the config>.csv` (tidy table) and `.json` (provenance).
The JSON is the commit point: a CSV without it does not count, one that differs from its sha256 is
refused.
"""

import dataclasses
import hashlib
import io
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asyt import paths
from asyt.checkpoints import Checkpoint, write_atomically
from asyt.errors import MissingResultError, ResultError
from asyt.provenance import cpu_name, environment

__all__ = [
    "Checkpoint",
    "Result",
    "config_hash",
    "load",
    "plain",
    "read",
    "save",
    "sha256",
    "stored",
]

#: What every record has, whatever the library's version.
RECORDED = (
    "experiment",
    "config",
    "config_hash",
    "columns",
    "csv_sha256",
    "seeds",
    "threads",
)
#: Of everything else in a record; those of version 0.1.0 before it was kept have none.
CHECKSUM = "record_sha256"


@dataclasses.dataclass(frozen=True)
class Result:
    """A stored table and where it came from."""

    table: pd.DataFrame
    provenance: dict[str, Any]


def plain(value: Any, where: str = "config") -> Any:
    """Return `value` as JSON would give it back: dicts, lists, and plain numbers and strings.

    Raises:
        ResultError: JSON cannot hold it exactly (NaN, an object, a key that is not a string).
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        value = {name: getattr(value, name) for name in names}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        found = {}
        for key, entry in value.items():
            if not isinstance(key, str):
                raise ResultError(f"{where} has the key {key!r}: use a string")
            found[key] = plain(entry, f"{where}.{key}")
        return found
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
    """First 16 hex digits of the sha256 of a mapping or dataclass as canonical JSON.

    Keys are sorted, tuples count as lists and floats are written by `repr`; 1 and 1.0 differ.
    Raises as `plain`.
    """
    text = json.dumps(
        plain(config),
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sha256(table: pd.DataFrame) -> str:
    """The sha256 that the CSV of a table has, or would have, in the store. Raises as `save`."""
    return hashlib.sha256(_encode(table)[0]).hexdigest()


def save(
    experiment: str,
    config: Any,
    table: pd.DataFrame,
    *,
    seeds: Any,
    wall_time_s: float,
    device_name: str | None = None,
    code: str | None = None,
    root: Path | None = None,
) -> Path:
    """Store a table under its configuration and return the path of its CSV.

    Both files are written beside their places and synced before either is renamed, the JSON last. A
    stored result of the same configuration is replaced, or left as it was if anything fails.

    Args:
        experiment: its name, which is the folder.
        config: the full configuration (mapping or dataclass).
        table: tidy, no index, at least one row; missing values as NaN.
        seeds: as numbers or named lists.
        wall_time_s: computing time.
        device_name: name of the GPU; None or "cpu" is written as this processor's model.
        code: fingerprint of the sources that computed it.
        root: the store; by default the committed one, data/results.

    Raises:
        ResultError: the table would not come back as it is, or a file cannot be written.
    """
    digest = config_hash(config)
    path = _folder(experiment, root) / f"{digest}.csv"
    csv, types = _encode(table)
    provenance = {
        "experiment": experiment,
        "config": plain(config),
        "config_hash": digest,
        "columns": types,
        "csv_sha256": hashlib.sha256(csv).hexdigest(),
        "code": code,
        "seeds": plain(seeds, "seeds"),
        "device": cpu_name() if device_name in (None, "cpu") else device_name,
        "wall_time_s": plain(float(wall_time_s), "wall_time_s"),
        **environment(),
    }
    provenance[CHECKSUM] = _checksum(provenance)
    record = json.dumps(provenance, indent=2, allow_nan=False) + "\n"
    write_atomically({path: csv, path.with_suffix(".json"): record.encode()})
    return path


def load(
    experiment: str,
    config: Any,
    root: Path | None = None,
    *,
    profile: str | None = None,
) -> Result:
    """Read the table stored under a configuration, checked against both of its hashes.

    `profile` is the one it belongs to, for the command in the error message.

    Raises:
        MissingResultError: no such result; the message names the hash, what is stored and the
            command that computes it.
        ResultError: a damaged one.
    """
    digest = config_hash(config)
    command = f"asyt run {experiment}"
    if profile:
        command += f" --profile {profile}"
    record = _folder(experiment, root) / f"{digest}.json"
    if record.is_file():
        return _read(record, command)
    known = _nearest(plain(config), stored(experiment, root))
    raise MissingResultError(
        f"no result of '{experiment}' with config {digest}; compute it with `{command}`\n"
        f"stored for '{experiment}': {'; '.join(known) or 'nothing'}"
    )


def _nearest(wanted: dict[str, Any], held: dict[str, dict[str, Any]]) -> list[str]:
    """The stored configurations that differ least, and how many more there are."""
    differ = {name: _different(config, wanted) for name, config in held.items()}
    known = []
    for name in sorted(differ, key=lambda name: len(differ[name]))[:4]:
        differences = differ[name][:3]
        if len(differ[name]) > 3:
            differences.append("...")
        known.append(f"{name} ({', '.join(differences)})")
    if len(held) > 4:
        known.append(f"and {len(held) - 4} more")
    return known


def read(csv: Path) -> Result:
    """The table of a CSV that `save` wrote, checked against the record beside it.

    Raises:
        ResultError: a damaged one, or one without a record.
    """
    return _read(csv.with_suffix(".json"), "asyt run")


def stored(experiment: str, root: Path | None = None) -> dict[str, dict[str, Any]]:
    """The configurations stored for an experiment, by hash; {} where a record is unreadable."""
    found = {}
    for record in sorted(_folder(experiment, root).glob("*.json")):
        try:
            config = json.loads(record.read_text(encoding="utf-8"))["config"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            config = None
        found[record.stem] = config if isinstance(config, dict) else {}
    return found


def _folder(experiment: str, root: Path | None) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", experiment):
        raise ResultError(f"experiment name {experiment!r}: use letters, digits, '-', '_' and '.'")
    if root is None:
        root = paths.published() / "data" / "results"
    return Path(root) / experiment


def _encode(table: pd.DataFrame) -> tuple[bytes, dict[str, str]]:
    """CSV bytes (floats by repr, LF, no index) and column types, checked to come back the same."""
    if table.empty:
        raise ResultError(
            f"table of shape {table.shape}: a result has at least one row and one column"
        )
    names = list(table.index.names)
    if any(name is not None for name in names):
        raise ResultError(f"the index {names} would be lost: call reset_index() first")
    csv = table.to_csv(index=False, lineterminator="\n").encode()
    types = _types(table)
    try:
        expected = table.reset_index(drop=True)
        pd.testing.assert_frame_equal(_decode(csv, types), expected, check_exact=True)
    except (AssertionError, TypeError, ValueError) as error:
        raise ResultError(
            "the table would change: use columns of numbers, booleans or non-empty "
            f"strings\n{error}"
        ) from error
    return csv, types


def _types(table: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in table.dtypes.items()}


def _decode(csv: bytes, types: Mapping[str, str]) -> pd.DataFrame:
    """The table of some CSV bytes; pandas from 3.1 on reads every float64 back exactly."""
    return pd.read_csv(
        io.BytesIO(csv),
        dtype=dict(types),
        keep_default_na=False,
        na_values=[""],
    )


def _read(record: Path, command: str) -> Result:
    try:
        return _verified(record)
    except Exception as error:  # whatever a damaged file makes json or pandas raise
        kind = "" if isinstance(error, ResultError) else f"{type(error).__name__}: "
        raise ResultError(
            f"damaged result {record}: {kind}{error}; restore both files or run `{command} --force`"
        ) from error


def _verified(record: Path) -> Result:
    """The result of a record, after all checks that the two files allow."""
    provenance = json.loads(record.read_text(encoding="utf-8"))
    lacking = [key for key in RECORDED if key not in provenance]
    if lacking:
        raise ResultError(f"its record lacks {', '.join(lacking)}")
    checksum = _checksum(provenance)
    if provenance.get(CHECKSUM, checksum) != checksum:
        raise ResultError("its record does not have the sha256 that was written with it")
    if not record.stem == provenance["config_hash"] == config_hash(provenance["config"]):
        raise ResultError("its config does not have the hash of its name")
    csv = record.with_suffix(".csv").read_bytes()
    if hashlib.sha256(csv).hexdigest() != provenance["csv_sha256"]:
        raise ResultError("its table does not have the recorded sha256")
    table = _decode(csv, provenance["columns"])
    if _types(table) != provenance["columns"]:
        raise ResultError("its table does not have the recorded columns")
    return Result(table, provenance)


def _checksum(provenance: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in provenance.items() if key != CHECKSUM}
    text = json.dumps(rest, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _different(config: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What is other than wanted, key by key."""
    differences = []
    for key in sorted({*config, *wanted}):
        value = config.get(key)
        other = wanted.get(key)
        if value != other:
            differences.append(f"{key}={_short(value)} not {_short(other)}")
    return differences


def _short(value: object, width: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= width else f"{text[:width]}..."
