"""The parts of a module that a page depends on: its outline, and the functions that ran.

The outline is what runs when the module is imported: all of it but the bodies of functions, whose
docstrings, defaults, decorators and annotations belong to it. A body counts once its function was
called; `watch_imports` puts a mark at the beginning of each. A function inside of another is
part of that one's body, a lambda of where it stands.
"""

import ast
import contextlib
import functools
import hashlib
import marshal
import os
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, NamedTuple

#: Names the folder that keeps what was found of each module.
CACHE = "ASYT_BOOK_MARKED"
#: Between file and function in the name of a body.
OF = "::"
#: What a module calls its marks.
MARKS = "__ran__"
ABSENT = "absent"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Takes a use of a module: "outline" or "body", its name and its state.
Note = Callable[[str, str, str], None]


class Parts(NamedTuple):
    """A module: its code with marks, the sha256 of its outline, and those of bodies by name."""

    code: CodeType
    outline: str
    bodies: dict[str, str]


def functions(node: ast.AST, inside: str = "") -> Iterator[tuple[str, Any]]:
    """The functions of a module and of its classes by name, those inside of functions apart."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield inside + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from functions(child, f"{inside}{child.name}.")
        else:
            yield from functions(child, inside)


def taken_apart(path: str, source: bytes) -> Parts:
    """The parts of a module; a SyntaxError or ValueError where a file is none."""
    tree = ast.parse(source, path)
    found = []
    bodies: dict[str, str] = {}
    for name, function in functions(tree):
        documented = ast.get_docstring(function, clean=False) is not None
        head, body = function.body[:documented], function.body[documented:]
        # A property and its setter have one name, as the branches of a condition may.
        bodies[name] = _sum(bodies.get(name, ""), *map(ast.dump, body))
        found.append((function, [*head, _mark(name, function)], body))
        function.body = [*head, *([ast.Expr(ast.Yield())] if _yields(function) else [])]
    outline = _sum(ast.dump(tree))
    for function, head, body in found:
        function.body = [*head, *body]
    return Parts(compile(tree, path, "exec", dont_inherit=True), outline, bodies)


def _sum(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _mark(name: str, function: ast.stmt) -> ast.stmt:
    """The statement that looks up a function's name among the marks: quick once it is there."""
    looked_up = ast.Subscript(ast.Name(MARKS, ast.Load()), ast.Constant(name), ast.Load())
    return ast.fix_missing_locations(ast.copy_location(ast.Expr(looked_up), function))


def _yields(node: ast.AST) -> bool:
    """Whether a function is a generator, whose body does not run when it is called."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Yield | ast.YieldFrom):
            return True
        own = not isinstance(child, (*FUNCTIONS, ast.Lambda))
        if own and _yields(child):
            return True
    return False


@functools.cache
def parts(path: str, source: bytes) -> Parts:
    """As `taken_apart`, kept in the folder that `CACHE` names."""
    folder = os.environ.get(CACHE)
    if not folder:
        return taken_apart(path, source)
    file = os.path.join(folder, _sum(path))
    key = hashlib.sha256(b"\0".join([_maker(), path.encode(), source])).digest()
    with contextlib.suppress(OSError, EOFError, ValueError, TypeError), open(file, "rb") as kept:
        if kept.read(len(key)) == key:
            return Parts(*marshal.load(kept))
    found = taken_apart(path, source)
    with contextlib.suppress(OSError):  # a cache that cannot be written costs time alone
        part = f"{file}.{os.getpid()}"
        with open(part, "wb") as kept:
            kept.write(key + marshal.dumps(tuple(found)))
        os.replace(part, file)
    return found


@functools.cache
def _maker() -> bytes:
    """What the parts of a module depend on besides its source."""
    with open(__file__, "rb") as own:
        return sys.version.encode() + own.read()


def today(path: str) -> Parts | None:
    """The parts of a module as it is now; None where a file is none."""
    try:
        with open(path, "rb") as file:
            return parts(path, file.read())
    except (OSError, SyntaxError, ValueError):
        return None


def outline_state(path: str) -> str:
    """The sha256 of the outline of a module, "absent" where a file is none."""
    found = today(path)
    return found.outline if found else ABSENT


def body_state(name: str) -> str:
    """The sha256 of the body that "file::function" names, "absent" where there is none."""
    path, _, function = name.rpartition(OF)
    found = today(path)
    return found.bodies.get(function, ABSENT) if found else ABSENT


class Marks(dict[str, None]):
    """The functions of a module that ran."""

    def __init__(self, path: str, bodies: dict[str, str], note: Note):
        self.path, self.bodies, self.note = path, bodies, note

    def __missing__(self, name: str) -> None:
        """A function runs for the first time."""
        self.note("body", f"{self.path}{OF}{name}", self.bodies[name])
        self[name] = None


def watch_imports(note: Note, counts: Callable[[str], bool], unheard: Callable[[], Any]) -> None:
    """Run the modules that count with marks. Python's own cache has no part in it.

    Args:
        note: takes the uses.
        counts: whether a file does.
        unheard: the context in which a file is opened for nobody.
    """
    usual = SourceFileLoader.exec_module

    def exec_module(loader: SourceFileLoader, module: ModuleType) -> None:
        path = os.path.abspath(loader.path)
        found = None
        if counts(path):
            with unheard():
                found = today(path)
        if found is None:
            usual(loader, module)
            return
        note("outline", path, found.outline)
        vars(module)[MARKS] = Marks(path, found.bodies, note)
        exec(found.code, vars(module))

    SourceFileLoader.exec_module = exec_module
