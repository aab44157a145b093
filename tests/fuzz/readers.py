"""What reads files that others may have written or a disk may have damaged, each with valid files.

`check` hands any bytes to a reader: it may accept them or refuse them with an error of ours that
names the file; all else is a finding.
"""

import gzip
import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from asyt import fetching, idx, reference, results
from asyt.checkpoints import Checkpoint
from asyt.claims import published, reading
from asyt.errors import AsytError
from asyt.experiments import own

#: Bytes that unpacked files may have here, so that a bomb is small.
MOST = 2**20
IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
TABLE = pd.DataFrame({"method": ["asyt", None], "epoch": [0, 1], "accuracy": [0.1 + 0.2, 1e-300]})
CONFIG = {"rate": 0.1, "layers": [4, 3], "noise": None}
REGISTER = """
sources: {a: Some paper}
claims:
  - {id: x, source: a, figure: 1, kind: point, quantity: q, reported: &r 97.0, min_n: 3}
  - {id: y, source: a, figure: "2", kind: scope, quantity: q, why: 2025-01-01 was too late}
  - {id: z, source: a, figure: 3, kind: bound, quantity: q, reported: "> 5", number: *r}
"""
READINGS = """
groups:
  g:
    silence: nobody says
    readings: {stated: {is: as said, source: the paper}, other: {is: not so, source: us}}
"""


@dataclass(frozen=True)
class Reader:
    """A reader of one file.

    Attributes:
        name: of the file.
        seeds: valid contents.
        read: from the path to what was read; raises an AsytError for a bad file.
        exact: whether bytes that are accepted must give what the first seed gives.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[Path], Any]
    exact: bool = False


def _recorded() -> bytes:
    """A small recorded run of the public demo."""
    arrays: dict[str, Any] = {
        "layers": np.array([3, 2]),
        "x": np.ones((4, 3)),
        "y": np.eye(2)[[0, 1, 0, 1]],
        "permutations": np.array([[0, 1, 2, 3]]),
        "batch_size": np.array(2),
        "epochs": np.array(1),
        "learning_rate": np.array(0.1),
        "mixing_digital": np.array(0.5),
        "mixing_physical": np.array(0.5),
    }
    names = ["init_{}_0", "device_{}_mask_0", "update_{}_mask_0"]
    for procedure in ("asyt", "insilico"):
        names += [f"{procedure}_digital_{{}}_0", f"{procedure}_device_{{}}_0"]
        arrays[f"{procedure}_train_accuracy"] = np.array([0.5])
    for name in names:
        arrays[name.format("weight")] = np.ones((2, 3))
        arrays[name.format("bias")] = np.ones(2)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _stored() -> tuple[bytes, bytes]:
    """CSV and record of a stored table."""
    with tempfile.TemporaryDirectory() as folder:
        csv = results.save("toy", CONFIG, TABLE, seeds=0, wall_time_s=1.5, root=Path(folder))
        return csv.read_bytes(), csv.with_suffix(".json").read_bytes()


def _kept() -> bytes:
    """A checkpoint."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Checkpoint(Path(folder) / "a.pt")
        checkpoint.save({"epoch": 3, "weights": [torch.arange(4.0)]})
        return checkpoint.path.read_bytes()


DIGEST = results.config_hash(CONFIG)
CSV, RECORD = _stored()
FILE = fetching.DataFile("toy", "images.gz", axes=3)


def _checked(path: Path) -> bytes:
    """As a data file that is known by its hash."""
    sha256 = hashlib.sha256(idx.dump(IMAGES)).hexdigest()
    return fetching.check(replace(FILE, sha256=sha256), fetching.read(path))


def _data_file(path: Path) -> np.ndarray:
    """As a data file whose hash is not known."""
    content = idx.gunzip(fetching.read(path), path.name, MOST)
    return idx.parse(content, path.name, 3)


def _beside(name: str, content: bytes) -> Callable[[Path], pd.DataFrame]:
    """Reads the table of a file and the other one that belongs to it."""

    def read(path: Path) -> pd.DataFrame:
        path.with_name(name).write_bytes(content)
        return results.read(path.with_suffix(".csv")).table

    return read


def _setup(path: Path) -> Any:
    return reference.load(path)[1]


GZ = gzip.compress(idx.dump(IMAGES), mtime=0)
READERS = {
    "gz": Reader("images.gz", (GZ, gzip.compress(bytes(2 * MOST))), _data_file),
    "hash": Reader("images.gz", (GZ,), _checked, exact=True),
    "idx": Reader(
        "images", (idx.dump(IMAGES),), lambda path: idx.parse(path.read_bytes(), path.name, 3)
    ),
    "npz": Reader("run.npz", (_recorded(),), _setup),
    "claims": Reader("claims.yml", (REGISTER.encode(),), published.register),
    "readings": Reader("readings.yml", (READINGS.encode(),), reading.readings),
    "record": Reader(f"{DIGEST}.json", (RECORD,), _beside(f"{DIGEST}.csv", CSV), exact=True),
    "table": Reader(f"{DIGEST}.csv", (CSV,), _beside(f"{DIGEST}.json", RECORD), exact=True),
    "own": Reader("own.csv", (CSV,), own.given),
    "checkpoint": Reader("a.pt", (_kept(),), lambda path: Checkpoint(path).load(), exact=True),
}


class Finding(AssertionError):
    """A reader did what it must not do."""


def check(reader: Reader, content: bytes, folder: Path) -> bool:
    """Whether the reader accepts the content; a `Finding` where it does neither that nor refuse."""
    place = Path(tempfile.mkdtemp(dir=folder))  # a new one: the register is not read again at once
    path = place / reader.name
    path.write_bytes(content)
    try:
        found = reader.read(path)
    except AsytError as error:
        if path.stem not in str(error):
            raise Finding(f"the error does not name {path.name}: {error}") from error
        return False
    except Exception as error:
        raise Finding(f"{reader.name}: {type(error).__name__}: {error}") from error
    else:
        path.write_bytes(reader.seeds[0])
        if reader.exact and not _same(found, reader.read(path)):
            raise Finding(f"{reader.name}: accepted, with another value: {found}")
        return True
    finally:
        shutil.rmtree(place)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, pd.DataFrame):
        return found.equals(wanted)
    return repr(found) == repr(wanted)
