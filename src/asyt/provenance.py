"""What computed a result: the library, the commit, the packages and the machine."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import itertools
import math
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

PACKAGES = ("numpy", "torch", "pandas")
#: The networks of `arithmetic`: batch, widths of the layers, activation.
NETWORKS = (
    (600, (784, 256, 10), "relu"),
    (100, (4, 3, 2), "sigmoid"),
)


def environment() -> dict[str, Any]:
    """What computed a result: version, commit, packages, threads and the time (UTC, ISO).

    `commit` is None outside a checkout; `dirty` says whether src/ differed from it.
    """
    commit = _git("rev-parse", "--verify", "HEAD")
    changes = commit and _git("status", "--porcelain", "--", "src")
    torch = sys.modules.get("torch")
    packages = {name: _version(name) for name in PACKAGES}
    return {
        "version": _version("asyt"),
        "commit": commit,
        "dirty": None if changes is None else bool(changes),
        "packages": {"python": platform.python_version(), **packages},
        "threads": torch.get_num_threads() if torch else os.cpu_count(),
        "arithmetic": arithmetic() if torch else None,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def arithmetic() -> str:
    """Fingerprint of how this processor, build of torch and library round a step of training.

    Two runs can only be asked to agree exactly where this agrees: kernels differ among processors
    of one model name, and orders of summation among our versions. Always taken with one thread.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    digest = hashlib.sha256()
    try:
        for gradient in _gradients():
            digest.update(gradient.numpy().tobytes())
    finally:
        torch.set_num_threads(threads)
    return digest.hexdigest()[:16]


def _table(*shape: int, period: int) -> Tensor:
    """Numbers between -0.3 and 0.7 that any machine makes alike."""
    import torch

    numbers = torch.arange(math.prod(shape))
    count = numbers.remainder(period).reshape(shape)
    return count.float() / period - 0.3


def _gradients() -> Iterator[Tensor]:
    """Those of a digital model and of five chips that lean on it, for each of `NETWORKS`."""
    import torch

    from asyt.twins import Layer, Perceptron

    for batch, widths, activation in NETWORKS:
        twin = Perceptron(widths, activation, clip=1.0)
        x = _table(batch, widths[0], period=251)
        labels = torch.arange(batch) % widths[-1]
        target = torch.nn.functional.one_hot(labels, widths[-1]).float()
        chips = []
        shared = []
        for n_in, n_out in itertools.pairwise(widths):
            weight = _table(5, n_out, n_in, period=127)
            bias = _table(5, n_out, period=3)
            chips.append(Layer(weight, bias))
            shared.append(Layer(weight[0], bias[0]))
        states = twin.forward(shared, x)
        readout = twin.forward(chips, x)[-1]
        digital = twin.error(states[-1], target)
        physical = twin.error(readout, target)
        for error in (digital, digital + physical):
            for layer in twin.vjp(states, shared, error):
                yield from layer.tensors()


def cpu_name() -> str:
    """The processor's model, from /proc/cpuinfo where there is one."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.is_file() else ""
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    if match:
        return match[1].strip()
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str | None:
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
