"""What computed a result: the library, the commit, the packages and the machine."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
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


def environment() -> dict[str, Any]:
    """What computed a result: library version, commit, package versions, threads and the time (UTC, ISO).

    `commit` is None outside a checkout; `dirty` says whether src/ differed from it.
    """
    checkout = Path(__file__).resolve().parents[2]
    commit = _git(checkout, "rev-parse", "--verify", "HEAD")
    status = _git(checkout, "status", "--porcelain", "--", "src")
    torch = sys.modules.get("torch")
    return {
        "version": _version("asyt"),
        "commit": commit,
        "dirty": None if commit is None or status is None else bool(status),
        "packages": {
            "python": platform.python_version(),
            **{name: _version(name) for name in PACKAGES},
        },
        "threads": torch.get_num_threads() if torch else os.cpu_count(),
        "arithmetic": arithmetic() if torch else None,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def arithmetic() -> str:
    """Fingerprint of how a step of training is rounded by this processor, this build of torch and this library.

    Processors of one model name can run other kernels, and a change of ours can sum in another
    order; two runs can only be asked to agree exactly where this agrees. Always taken with one
    thread: how many a run had is told beside it.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return hashlib.sha256(
            b"".join(part.contiguous().numpy().tobytes() for part in _step())
        ).hexdigest()[:16]
    finally:
        torch.set_num_threads(threads)


def _table(*shape: int, period: int) -> Tensor:
    """Numbers between -0.3 and 0.7 that any machine makes alike."""
    import torch

    return torch.arange(math.prod(shape)).reshape(shape).remainder(period).float() / period - 0.3


def _step() -> Iterator[Tensor]:
    """Gradients of a digital model and of five chips that lean on it: a large network, and a small one."""
    import torch

    from asyt.twins import Layer, Perceptron

    for batch, layers, activation in ((600, (784, 256, 10), "relu"), (100, (4, 3, 2), "sigmoid")):
        twin, x = Perceptron(layers, activation, clip=1.0), _table(batch, layers[0], period=251)
        target = torch.nn.functional.one_hot(torch.arange(batch) % layers[-1], layers[-1]).float()
        chips = [
            Layer(_table(5, n_out, n_in, period=127), _table(5, n_out, period=3))
            for n_in, n_out in zip(layers, layers[1:], strict=False)
        ]
        shared = [Layer(weight[0], bias[0]) for weight, bias in chips]
        states = twin.forward(shared, x)
        errors = twin.error(states[-1], target), twin.error(twin.forward(chips, x)[-1], target)
        for layer in twin.vjp(states, shared, errors[0]) + twin.vjp(
            states, shared, errors[0] + errors[1]
        ):
            yield from layer


def cpu_name() -> str:
    """The processor's model, from /proc/cpuinfo where there is one."""
    info = Path("/proc/cpuinfo")
    match = (
        re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE)
        if info.is_file()
        else None
    )
    return match[1].strip() if match else platform.processor() or platform.machine()


def _git(checkout: Path, *arguments: str) -> str | None:
    if not (checkout / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", checkout, *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
