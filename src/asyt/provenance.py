"""What computed a result: the library, the commit, the packages and the machine."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

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
        "packages": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "threads": torch.get_num_threads() if torch else os.cpu_count(),
        "arithmetic": arithmetic() if torch else None,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def arithmetic() -> str:
    """Fingerprint of how this processor and build of torch round float32 products, shared and batched.

    Processors of one model name can run other kernels; two runs can only be asked to agree exactly where this agrees.
    """
    import torch

    from asyt.twins import products

    x = torch.arange(600 * 784).reshape(600, 784).remainder(251).float() / 251
    weight = torch.arange(5 * 256 * 784).reshape(5, 256, 784).remainder(127).float() / 127 - 0.5
    small = torch.matmul(x[:100, :4], weight[:, :3, :4].mT)
    parts = products.forward(x, weight[0]), products.forward(x, weight), products.gradient(x, x), small.sigmoid()
    return hashlib.sha256(b"".join(part.numpy().tobytes() for part in parts)).hexdigest()[:16]


def cpu_name() -> str:
    """The processor's model, from /proc/cpuinfo where there is one."""
    info = Path("/proc/cpuinfo")
    match = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.is_file() else None
    return match[1].strip() if match else platform.processor() or platform.machine()


def _git(checkout: Path, *arguments: str) -> str | None:
    if not (checkout / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", "-C", checkout, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
