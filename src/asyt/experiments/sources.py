"""Fingerprint of the code that computes an experiment's tables, comments and docstrings apart."""

import ast
import functools
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asyt.experiments.base import Experiment

#: What numbers come from; the rest of the library stores, draws and judges them.
COMPUTING = (
    "asyt.angles",
    "asyt.bench",
    "asyt.breaking",
    "asyt.datasets",
    "asyt.devices",
    "asyt.evaluation",
    "asyt.experiments.",
    "asyt.methods",
    "asyt.photonics",
    "asyt.physical",
    "asyt.schedules",
    "asyt.statistics",
    "asyt.streams",
    "asyt.training",
    "asyt.twins",
)
#: Among those, what only describes.
DESCRIBING = ("asyt.experiments.base", "asyt.experiments.store", "asyt.methods.looks")
_BODIES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code(experiment: Experiment) -> str:
    """16 hex digits that change with any source that a run of the experiment goes through."""
    digest = hashlib.sha256()
    for name in sorted(reached(experiment)):
        digest.update(f"{name} {dumped(tree(name))}\n".encode())
    return digest.hexdigest()[:16]


def dumped(parsed: ast.Module) -> str:
    """`ast.dump` as Python 3.11 has it, on every later one, so that a fingerprint is of the code.

    Python 3.12 has a field more, of which ours are empty, and ends some f-strings with an empty
    text; 3.13 leaves out what is empty.
    """
    for node in ast.walk(parsed):
        if getattr(node, "type_params", None) == []:
            vars(node).pop("type_params")
        if isinstance(node, ast.JoinedStr):
            node.values = [part for part in node.values if getattr(part, "value", None) != ""]
    options: dict[str, Any] = {"show_empty": True} if sys.version_info >= (3, 13) else {}
    return ast.dump(parsed, **options)


def reached(experiment: Experiment) -> set[str]:
    """The modules of `plan` and `run`, and the computing ones that they import, and so on."""
    waiting = [experiment.plan.__module__, experiment.run.__module__]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in DESCRIBING and source(name) is not None:
            found.add(name)
            waiting += [imported for imported in _imports(name) if imported.startswith(COMPUTING)]
    return found


def _imports(name: str) -> Iterator[str]:
    """Of `from a import b` both a and a.b."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def source(name: str) -> Path | None:
    """The file of a module; None where the name is a class or a function in one."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


@functools.cache
def tree(name: str) -> ast.Module:
    """The module as a syntax tree without docstrings; two trees are equal if they compute alike."""
    file = source(name)
    parsed = ast.parse(file.read_text(encoding="utf-8") if file else "")
    for node in ast.walk(parsed):
        if isinstance(node, _BODIES) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return parsed
