"""The kernels that pages run in: one thread each, and what they use is written down."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from IPython.paths import get_ipython_dir
from jupyter_client import AsyncKernelManager
from jupyter_core.paths import jupyter_config_dir, jupyter_runtime_dir
from marks import CACHE
from uses import IGNORED, KEPT, RECORD

RECORDER = Path(__file__).resolve().parent / "recorder"
#: Folders of the project that only commands of their own write to.
PUBLISHED = ("figures", "data", "src", "examples")


def recording(lines: Path, root: Path, build: Path, before: Mapping[str, str]) -> dict[str, str]:
    """The environment of processes that write to `lines` what they use; see recorder/uses.py.

    Args:
        lines: the file, made anew.
        root: the project, whose published folders they cannot write to.
        build: the folder of build products, which is no input.
        before: what else the environment is.
    """
    lines.unlink(missing_ok=True)
    ignored = [build, jupyter_runtime_dir(), jupyter_config_dir(), get_ipython_dir()]
    kept = [root / name for name in PUBLISHED]
    path = [str(RECORDER), *filter(None, [before.get("PYTHONPATH")])]
    return {
        **before,
        "PYTHONPATH": os.pathsep.join(path),
        CACHE: str(marked(build)),
        RECORD: str(lines),
        IGNORED: os.pathsep.join(map(str, ignored)),
        KEPT: os.pathsep.join(map(str, kept)),
        "OMP_NUM_THREADS": "1",
    }


def recorded(lines: Path, root: Path, build: Path) -> type[AsyncKernelManager]:
    """Kernels whose processes are recorded; arguments are as of `recording`."""

    class Recorded(AsyncKernelManager):
        async def start_kernel(self, **options: Any) -> None:
            env = {**os.environ, **(options.pop("env", None) or {})}
            await super().start_kernel(env=recording(lines, root, build, env), **options)

    return Recorded


def marked(build: Path) -> Path:
    """The folder of what was found of each module, in that of build products."""
    folder = build / "marked"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def end_all() -> None:
    """End the kernels that this process started; the pages that wait for them fail."""
    for child in psutil.Process().children():
        child.terminate()
