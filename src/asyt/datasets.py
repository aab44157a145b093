"""Verified data: every data set of the papers as four plain arrays, checked by hash whichever way it came."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from asyt import fetching, idx
from asyt.catalogue import CATALOGUE, Entry
from asyt.errors import DataError, lookup

NAMES = tuple(CATALOGUE)
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
DEFAULT_TEST_SIZE = 1 / 3  # of sets without an official split; 100/50 flowers for Iris


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, split.

    Attributes:
        name: one of `NAMES`.
        train_x, test_x: (N, features) float32; the unit is in `note`.
        train_y, test_y: (N,) int64, positions in `classes`.
        classes: class names.
        note: what the numbers are and how they were split.
        licence, citation: of the original.
        source: how the files came: cache, data folder, package, download ("a + b" if they came
            several ways).
    """

    name: str
    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    classes: tuple[str, ...]
    note: str
    licence: str
    citation: str
    source: str


class Status(NamedTuple):
    """A row of `status()`."""

    name: str
    held: bool
    where: str
    licence: str


def load(name: str, *, split_seed: int = 0, test_size: float | int | None = None) -> Dataset:
    """Return a data set, fetching and checking its files where needed.

    Args:
        name: one of `NAMES`.
        split_seed: seed of the stratified split of iris and digits, which have no official one.
        test_size: test share (float) or number of test samples (int) of iris and digits; None is
            one third.

    Raises:
        UnknownNameError: if there is no such data set.
        DataError: if a file cannot be had intact, the cache cannot be written, the split is
            impossible, or a split is asked for of a set that has a fixed one.
    """
    entry = CATALOGUE[lookup(name, NAMES, "data set")]
    if entry.array_sha256:
        arrays, source = _from_scikit_learn(name, entry, split_seed, test_size), "package"
    elif split_seed != 0 or test_size is not None:
        raise DataError(
            f"{name} has a fixed split: split_seed={split_seed} and test_size={test_size} do not "
            "apply; "
            "leave both out"
        )
    else:
        held = fetching.obtain(entry.files)
        source = " + ".join(dict.fromkeys(file.source for file in held))
        arrays = _READERS.get(name, _images)([file.content for file in held], entry)
    return Dataset(name, *arrays, entry.classes, entry.note, entry.licence, entry.citation, source)


def fetch(name: str, report: Callable[[str], None] | None = None) -> list[Path]:
    """Put every file of a data set, checked, into the cache.

    Args:
        name: one of `NAMES`.
        report: called with one line before each attempt that may take long.

    Returns:
        The cached files; none for the sets that come with scikit-learn.

    Raises:
        UnknownNameError: if there is no such data set.
        DataError: if a file cannot be had intact or the cache cannot be written.
    """
    files = CATALOGUE[lookup(name, NAMES, "data set")].files
    return [held.path for held in fetching.obtain(files, keep=True, report=report)]


def verify(name: str) -> list[Path]:
    """Check every copy of a data set's files that this machine holds; fetches nothing.

    Returns:
        The intact files. The sets that come with scikit-learn have none: their arrays are checked.

    Raises:
        UnknownNameError: if there is no such data set.
        DataError: naming every file that is damaged or not held.
    """
    entry = CATALOGUE[lookup(name, NAMES, "data set")]
    if entry.array_sha256:
        _bundled(name, entry)
    intact, problems = [], []
    for file in entry.files:
        present = [path for path in fetching.places(file).values() if os.path.lexists(path)]
        if not present:
            problems.append(f"{file}: not held; asyt data fetch {name} gets it")
        for path in present:
            try:
                fetching.check(file, path.read_bytes())
                intact.append(path)
            except (DataError, OSError) as error:
                problems.append(
                    f"{path}: {error}; delete it, then asyt data fetch {name} gets it again"
                )
    if problems:
        raise DataError(f"{name} is not intact:\n" + "\n".join(f"  - {line}" for line in problems))
    return intact


def status() -> list[Status]:
    """Return one row a data set: is it on this machine, and where. Looks at names only; `verify` reads."""
    return [Status(name, *_whereabouts(entry), entry.licence) for name, entry in CATALOGUE.items()]


def l2_rows(x: np.ndarray) -> np.ndarray:
    """Divide every row by its Euclidean norm; a row of zeros stays zero (no light stays no light).

    Args:
        x: (N, features), any floating type.

    Returns:
        (N, features) of the same type; norms are taken in float64.

    Raises:
        DataError: if `x` is not a matrix of finite floating-point numbers.
    """
    if x.ndim != 2 or not np.issubdtype(x.dtype, np.floating) or not np.isfinite(x).all():
        raise DataError(
            f"l2_rows needs a finite floating-point matrix (N, features), got {x.dtype} of shape "
            f"{x.shape}: "
            "convert it, and remove what is not finite"
        )
    norms = np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
    return (x / np.where(norms > 0, norms, 1.0)).astype(x.dtype)


def _whereabouts(entry: Entry) -> tuple[bool, str]:
    if entry.array_sha256:
        held = importlib.util.find_spec("sklearn") is not None
        return held, "scikit-learn" if held else "scikit-learn is not installed"
    folders, missing = [], []
    for file in entry.files:
        path = next((path for path in fetching.places(file).values() if os.path.isfile(path)), None)
        if path is None:
            missing.append(file.name)
        else:
            folders.append(str(path.parent))
    return not missing, "missing: " + ", ".join(missing) if missing else ", ".join(
        dict.fromkeys(folders)
    )


def _flat(content: bytes, axes: int = 3) -> np.ndarray:
    pixels = idx.parse(content, "images", axes)
    return pixels.reshape(len(pixels), -1).astype(np.float32) / np.float32(255)


def _labels(content: bytes) -> np.ndarray:
    return idx.parse(content, "labels", 1).astype(np.int64)


def _images(contents: list[bytes], entry: Entry) -> Arrays:
    train_x, train_y, test_x, test_y = contents
    return _flat(train_x), _labels(train_y), _flat(test_x), _labels(test_y)


def _substitute(contents: list[bytes], entry: Entry) -> Arrays:
    """Split the test images: in one fixed shuffled order, the last fifth of each class is the test part."""
    x, y = _flat(contents[0]), _labels(contents[1])
    order = np.random.RandomState(0).permutation(
        len(y)
    )  # the legacy generator's numbers are frozen for good
    is_test = np.zeros(len(y), dtype=bool)
    for label in range(len(entry.classes)):
        members = order[y[order] == label]
        is_test[members[len(members) - len(members) // 5 :]] = True
    train, test = order[~is_test[order]], order[is_test[order]]
    return x[train], y[train], x[test], y[test]


def _vowels(contents: list[bytes], entry: Entry) -> Arrays:
    import pandas as pd

    table = pd.read_csv(io.BytesIO(contents[0])).sort_values("split_order")
    formants = [column for column in table.columns if column.startswith("F")]
    arrays = []
    for part in ("train", "test"):
        rows = table[table["split"] == part]
        arrays += [rows[formants].to_numpy(np.float32), rows["label"].to_numpy(np.int64, copy=True)]
    return tuple(arrays)


_READERS = {"kmnist-substitute": _substitute, "vowels": _vowels}


def _bundled(name: str, entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    """The arrays that come with scikit-learn, checked: features (N, features) float32, labels (N,) int64."""
    try:
        from sklearn import datasets as bundled
    except ImportError:
        raise DataError(
            f"{name} needs scikit-learn, which is not installed: pip install scikit-learn"
        ) from None
    held = getattr(bundled, f"load_{name}")()
    x, y = held.data.astype("<f4"), held.target.astype("<i8")
    found = hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()
    if found != entry.array_sha256:
        raise DataError(
            f"{name}: the arrays of this scikit-learn have sha256 {found}, expected "
            f"{entry.array_sha256}: "
            "reinstall scikit-learn"
        )
    return (x / np.float32(16) if name == "digits" else x), y


def _from_scikit_learn(
    name: str, entry: Entry, split_seed: int, test_size: float | int | None
) -> Arrays:
    x, y = _bundled(name, entry)
    samples = np.arange(len(y))
    from sklearn.model_selection import train_test_split

    share = DEFAULT_TEST_SIZE if test_size is None else test_size
    try:
        train, test = train_test_split(
            samples, test_size=share, random_state=split_seed, stratify=y
        )
    except ValueError as error:
        raise DataError(
            f"{name} cannot be split with test_size={share}, split_seed={split_seed}: {error}"
        ) from None
    return x[train], y[train], x[test], y[test]
