"""Whether an executed page may be used again: the record of what it used, compared with today's.

A page is executed again when its code, the installed packages or anything that it used is other
than it was. Its prose is no reason: the outputs are put below the new text.
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import marks
from nbformat import NotebookNode
from uses import STATES

#: What a page depends on that ran a program which cannot say what it reads.
EVERYTHING = ("src/asyt/**/*", "examples/**/*", "data/**/*", "figures/**/*", "book/*")
#: Beginnings of the environment variables that installed packages and C libraries read.
READ_BY_PACKAGES = (
    *("HOME", "XDG_", "TMPDIR", "LANG", "LC_", "TZ", "PYTHON", "MPL"),
    *("OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "TORCH", "PYTORCH_", "CUDA", "NVIDIA_"),
)


@dataclass(frozen=True)
class Record:
    """A page as it was executed.

    Attributes:
        base: of its code, the packages and the environment.
        seconds: how long it took.
        uses: "kind name" -> state, as the recorder writes them.
        everything: the sha256 of `EVERYTHING`, where the page depends on all of it; else empty.
    """

    base: str
    seconds: float
    uses: dict[str, str]
    everything: str = ""

    def changed(self, base: str, root: Path) -> str:
        """The first thing that is other than it was, in words; empty if nothing is."""
        if base != self.base:
            return "its code, a package or the environment changed"
        for use, state in self.uses.items():
            kind, name = use.split(" ", 1)
            if now(kind, name) != state:
                return f"{name} changed"
        if self.everything not in ("", everything(root)):
            return "the project changed, and it runs programs that cannot be recorded"
        return ""

    def write(self, path: Path) -> None:
        """Store it, whole or not at all."""
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self), indent=0), encoding="utf-8")
        part.replace(path)


def read(path: Path) -> Record | None:
    """A stored record; None if there is none, or one of another form."""
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def made(lines: Path, base: str, seconds: float, root: Path) -> Record:
    """The record of a page that has just run, from the lines of its processes.

    What the page itself wrote, it would find as it left it: that state counts.
    """
    entries = []
    if lines.is_file():
        entries = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    wrote = {name for kind, name, _ in entries if kind == "wrote"}
    uses: dict[str, str] = {}
    own_variables = set()
    for kind, name, state in entries:
        if kind == "set":
            own_variables.add(name)
        elif kind == "env" and name in own_variables:
            continue
        elif kind in STATES and f"{kind} {name}" not in uses:
            file = name.partition(marks.OF)[0]
            own = not wrote.isdisjoint((file, *map(str, Path(file).parents)))
            uses[f"{kind} {name}"] = STATES[kind](name) if own else state
    foreign = any(kind == "ran" and name for kind, name, _ in entries)
    told = bool(entries) and not foreign
    return Record(base, round(seconds, 1), uses, "" if told else everything(root))


def base_of(notebook: NotebookNode, settings: Mapping[str, str]) -> str:
    """16 hex digits that change with a page's code, the packages, the machine and the settings."""
    code = [
        [cell.source, cell.metadata.get("tags", [])]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return _sum([code, dict(settings), *surroundings()])


def base_of_script() -> str:
    """16 hex digits that change with the packages and the machine; a script itself is recorded."""
    return _sum(surroundings())


def surroundings() -> list[Any]:
    """The environment that packages read, and which packages these are."""
    return [_environment(), packages()]


def _sum(content: Any) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def with_outputs(notebook: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """A page as it is written now, with the outputs that the same code gave before."""
    ran = (cell for cell in executed.cells if cell.cell_type == "code")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            before = next(ran)
            cell.outputs, cell.execution_count = before.outputs, before.execution_count
    notebook.metadata = executed.metadata
    return notebook


def forget() -> None:
    """Look at all files anew."""
    now.cache_clear()
    sum_of.cache_clear()
    packages.cache_clear()


@functools.cache
def now(kind: str, name: str) -> str:
    """The state of a use; asked once a build, as many pages use the same files."""
    return STATES[kind](name)


def everything(root: Path) -> str:
    """One sha256 of all files of `EVERYTHING`."""
    return sum_of(root, EVERYTHING)


@functools.cache
def sum_of(root: Path, patterns: tuple[str, ...]) -> str:
    """One sha256 of all files that some patterns name."""
    digest = hashlib.sha256()
    for file in sorted(_files(root, patterns)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root)} {content}\n".encode())
    return digest.hexdigest()


def _files(root: Path, patterns: tuple[str, ...]) -> Iterable[Path]:
    for pattern in patterns:
        for path in root.glob(pattern):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


@functools.cache
def packages() -> list[str]:
    """Python and every installed package with its version."""
    found = {f"{known.name} {known.version}" for known in importlib.metadata.distributions()}
    return [sys.version, platform.platform(), *sorted(found)]


def _environment() -> dict[str, str]:
    found = sorted(name for name in os.environ if name.startswith(READ_BY_PACKAGES))
    return {name: os.environ[name] for name in found}
