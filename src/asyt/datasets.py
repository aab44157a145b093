"""Verified data: each set of the papers as four arrays, checked by hash whichever way it came."""

import hashlib
import importlib.util
import io
import os
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
        train_x, test_x: (N, features) float32; the unit is in `note`.
        train_y, test_y: (N,) int64, positions in `classes`.
        note: what the numbers are and how they were split.
        licence, citation: of the original.
        source: how the files came: cache, data folder, package, download, or "a + b".
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


def load(
    name: str,
    *,
    split_seed: int = 0,
    test_size: float | int | None = None,
) -> Dataset:
    """Return a data set, one of `NAMES`, fetching and checking its files where needed.

    Args:
        name: as in `NAMES`.
        split_seed: of the stratified split of iris and digits, which have no official one.
        test_size: their test share (float) or number of test samples (int); None is one third.

    Raises:
        UnknownNameError: no such data set.
        DataError: a file cannot be had intact, the cache cannot be written, the split is
            impossible, or a split is asked for of a set that has a fixed one.
    """
    entry = _entry(name)
    if entry.array_sha256:
        source = "package"
        arrays = _from_scikit_learn(name, entry, split_seed, test_size)
    elif split_seed != 0 or test_size is not None:
        raise DataError(
            f"{name} has a fixed split: split_seed={split_seed} and test_size={test_size} do not "
            "apply; leave both out"
        )
    else:
        files = fetching.obtain(entry.files)
        sources = dict.fromkeys(file.source for file in files)
        source = " + ".join(sources)
        read = _READERS.get(name, _images)
        arrays = read([file.content for file in files])
    return Dataset(
        name,
        *arrays,
        entry.classes,
        entry.note,
        entry.licence,
        entry.citation,
        source,
    )


def fetch(name: str, report: fetching.Report | None = None) -> list[Path]:
    """Put every file of a data set, checked, into the cache; as `fetching.obtain`.

    The sets that come with scikit-learn have no files.
    """
    files = fetching.obtain(_entry(name).files, keep=True, report=report)
    return [file.path for file in files]


def verify(name: str) -> list[Path]:
    """Check every copy of a data set's files that this machine holds; fetches nothing.

    Returns the intact files; of the sets that come with scikit-learn the arrays are checked. Raises
    DataError, which names every file that is damaged or not held.
    """
    entry = _entry(name)
    if entry.array_sha256:
        _bundled(name, entry)
    intact = []
    problems = []
    for file in entry.files:
        places = fetching.places(file).values()
        present = [path for path in places if os.path.lexists(path)]
        if not present:
            problems.append(f"  - {file}: not held; asyt data fetch {name} gets it")
        for path in present:
            try:
                fetching.check(file, fetching.read(path))
                intact.append(path)
            except DataError as error:
                remedy = f"delete it, then asyt data fetch {name} gets it again"
                problems.append(f"  - {path}: {error}; {remedy}")
    if problems:
        lines = [f"{name} is not intact:", *problems]
        raise DataError("\n".join(lines))
    return intact


def status() -> list[Status]:
    """One row a data set: is it on this machine, and where. Looks at names; `verify` reads."""
    rows = []
    for name, entry in CATALOGUE.items():
        held, where = _whereabouts(entry)
        rows.append(Status(name, held, where, entry.licence))
    return rows


def l2_rows(x: np.ndarray) -> np.ndarray:
    """Divide every row (N, features) by its Euclidean norm, taken in float64.

    A row of zeros stays zero: no light stays no light.

    Raises:
        DataError: `x` is not a matrix of finite floating-point numbers.
    """
    is_matrix = x.ndim == 2 and np.issubdtype(x.dtype, np.floating)
    if not is_matrix or not np.isfinite(x).all():
        raise DataError(
            f"l2_rows needs a finite floating-point matrix (N, features), got {x.dtype} of shape "
            f"{x.shape}: convert it, and remove what is not finite"
        )
    norms = np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
    divisors = np.where(norms > 0, norms, 1.0)
    return (x / divisors).astype(x.dtype)


def _entry(name: str) -> Entry:
    return CATALOGUE[lookup(name, NAMES, "data set")]


def _whereabouts(entry: Entry) -> tuple[bool, str]:
    if entry.array_sha256:
        if importlib.util.find_spec("sklearn") is None:
            return False, "scikit-learn is not installed"
        return True, "scikit-learn"
    folders = []
    missing = []
    for file in entry.files:
        places = fetching.places(file).values()
        present = [path for path in places if path.is_file()]
        if present:
            folders.append(str(present[0].parent))
        else:
            missing.append(file.name)
    if missing:
        return False, "missing: " + ", ".join(missing)
    return True, ", ".join(dict.fromkeys(folders))


def _flat(content: bytes) -> np.ndarray:
    images = idx.parse(content, "images", 3)
    rows = images.reshape(len(images), -1)
    return rows.astype(np.float32) / np.float32(255)


def _split(
    x: np.ndarray,
    y: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> Arrays:
    return x[train], y[train], x[test], y[test]


def _labels(content: bytes) -> np.ndarray:
    return idx.parse(content, "labels", 1).astype(np.int64)


def _images(contents: list[bytes]) -> Arrays:
    train_x, train_y, test_x, test_y = contents
    return _flat(train_x), _labels(train_y), _flat(test_x), _labels(test_y)


def _substitute(contents: list[bytes]) -> Arrays:
    """Split the test images: in a fixed shuffled order, the last fifth of each class is to test."""
    import pandas as pd

    x = _flat(contents[0])
    y = _labels(contents[1])
    order = np.random.RandomState(0).permutation(len(y))  # its numbers are frozen for good
    classes = pd.Series(y[order]).groupby(y[order])
    members = classes.transform("size")
    trained = members - members // 5
    is_test = (classes.cumcount() >= trained).to_numpy()
    return _split(x, y, order[~is_test], order[is_test])


def _vowels(contents: list[bytes]) -> Arrays:
    import pandas as pd

    table = pd.read_csv(io.BytesIO(contents[0]))
    table = table.sort_values("split_order")
    x = table.filter(regex="^F").to_numpy(np.float32)
    y = table["label"].to_numpy(np.int64)
    split = table["split"].to_numpy()
    return _split(x, y, split == "train", split == "test")


_READERS = {"kmnist-substitute": _substitute, "vowels": _vowels}


def _bundled(name: str, entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    """What comes with scikit-learn, checked: features (N, features) float32, labels (N,) int64."""
    try:
        from sklearn import datasets as bundled
    except ImportError:
        raise DataError(
            f"{name} needs scikit-learn, which is not installed: pip install scikit-learn"
        ) from None
    bunch = getattr(bundled, f"load_{name}")()
    x = bunch.data.astype("<f4")
    y = bunch.target.astype("<i8")
    sha256 = hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()
    if sha256 != entry.array_sha256:
        raise DataError(
            f"{name}: the arrays of this scikit-learn have sha256 {sha256}, expected "
            f"{entry.array_sha256}: reinstall scikit-learn"
        )
    if name == "digits":
        x /= np.float32(16)
    return x, y


def _from_scikit_learn(
    name: str,
    entry: Entry,
    split_seed: int,
    test_size: float | int | None,
) -> Arrays:
    x, y = _bundled(name, entry)
    from sklearn.model_selection import train_test_split

    share = DEFAULT_TEST_SIZE if test_size is None else test_size
    choice = {
        "test_size": share,
        "random_state": split_seed,
        "stratify": y,
    }
    try:
        train_x, test_x, train_y, test_y = train_test_split(x, y, **choice)
    except ValueError as error:
        raise DataError(
            f"{name} cannot be split with test_size={share}, split_seed={split_seed}: {error}"
        ) from None
    return train_x, train_y, test_x, test_y
