"""Writes the pages of the reference: the public names, and the commands.

What a name is comes from its docstring (autodoc). Where it is used is found by reading code: the
cells of the pages, then the modules that these cells import, then what those import. So a name that
no page spells is linked to the chapter that leans on it.
"""

import ast
import functools
import importlib
import inspect
import math
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import build
import jupytext

BOOK = Path(__file__).resolve().parent
#: A name and which value it stands for.
Held = tuple[str, int]
#: Module -> its page.
PAGES = {
    "asyt": "api",
    "asyt.training": "api-training",
    "asyt.methods": "api-methods",
    "asyt.devices": "api-devices",
    "asyt.photonics": "api-photonics",
    "asyt.twins": "api-twins",
    "asyt.testing": "api-testing",
}
COMMANDS = "commands"
#: Equation of the first paper -> its label in the book.
EQUATIONS = {
    1: "eq-forward",
    3: "eq-asyt",
    4: "eq-cell",
    5: "eq-bp",
    6: "eq-bp",
    7: "eq-bp",
    9: "eq-device",
}
#: At most so many chapters behind "used in".
CHAPTERS = 4


def public(module: str) -> list[str]:
    """The names of a module that have an entry on its page."""
    return list(importlib.import_module(module).__all__)


@functools.cache
def chapters() -> list[Path]:
    """The pages with cells, in reading order."""
    pages = [BOOK / f"{name}.md" for name in build.toc_pages(BOOK / "_toc.yml")]
    return [page for page in pages if build.is_notebook(page)]


@functools.cache
def cells(page: Path) -> str:
    """The code of a page; figures stand for the modules that draw them."""
    code = [cell.source for cell in jupytext.read(page).cells if cell.cell_type == "code"]
    for figure in re.findall(r'pages\.figure\("([\w-]+)"', "\n".join(code)):
        code.append(f"import asyt.figures.{figure.replace('-', '_')}")
    return "\n".join(code)


@functools.cache
def spelled(page: Path) -> tuple[set[Held], set[str]]:
    """The names that a page imports, and the modules where these are defined."""
    held, modules = set(), set()
    for node in ast.walk(ast.parse(cells(page))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("asyt"):
            for alias in node.names:
                value = _value(node.module, alias.name)
                held.add((alias.name, id(value)))
                modules.add(_module(value) or node.module)
    return held, _ours(modules)


@functools.cache
def inside(module: str) -> tuple[set[Held], set[str]]:
    """As `spelled`, of a module of the library: what it defines and what it imports."""
    values = vars(importlib.import_module(module))
    held = {(name, id(value)) for name, value in values.items()}
    return held, _ours({_module(value) for value in values.values()} - {module})


def _value(module: str, name: str) -> object:
    """What `from module import name` gives."""
    held = getattr(importlib.import_module(module), name, None)
    return importlib.import_module(f"{module}.{name}") if held is None else held


def _module(value: object) -> str | None:
    """The module that a value is, or that defines it."""
    return value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None)


def _ours(modules: set[str | None]) -> set[str]:
    """Those of the library, without what every page imports."""
    names = {name for name in modules if isinstance(name, str)}
    return {name for name in names if name.startswith("asyt.")} - {"asyt.pages"}


@functools.cache
def steps(page: Path) -> list[set[Held]]:
    """The names that a page imports, those in the modules these come from, and so on."""
    held, following = spelled(page)
    found, seen = [held], set(following)
    while following:
        parts = [inside(module) for module in sorted(following)]
        found.append(set().union(*(held for held, _ in parts)))
        following = set().union(*(modules for _, modules in parts)) - seen
        seen |= following
    return found


def distance(module: str, name: str, page: Path) -> float:
    """How many imports lie between a page and a name; infinity if none leads there."""
    wanted = (name, id(getattr(importlib.import_module(module), name)))
    reached = (away for away, held in enumerate(steps(page)) if wanted in held)
    return next(reached, math.inf)


def used_in(module: str, name: str) -> list[str]:
    """The chapters nearest to a name."""
    away = {page.stem: distance(module, name, page) for page in chapters()}
    least = min(away.values())
    if least == math.inf:
        return mentioned_in(name)
    return [page for page in away if away[page] == least][:CHAPTERS]


def mentioned_in(name: str) -> list[str]:
    """The chapters that say a name in their text or that come from a module whose code says it."""
    said = re.compile(rf"`(?:asyt )?{name}\b|\bdef {name}\b|\b{name}\(")
    found = []
    for page in chapters():
        _, modules = spelled(page)
        sources = [inspect.getsource(importlib.import_module(module)) for module in modules]
        if any(map(said.search, [page.read_text(encoding="utf-8"), *sources])):
            found.append(page.stem)
    return found[:CHAPTERS]


def equations(text: str) -> list[str]:
    """The labels of the equations of the first paper that a docstring names."""
    found = []
    for first, last in re.findall(r"AsyT Eqs?\. (\d+)(?:(?:-| to )(\d+))?", text):
        numbers = range(int(first), int(last or first) + 1)
        found += [EQUATIONS[number] for number in numbers if number in EQUATIONS]
    return list(dict.fromkeys(found))


def links(module: str, name: str, text: str) -> str:
    """The line below an entry: the chapters that use it, and its equations."""
    chapters = ", ".join(f"{{doc}}`{page}`" for page in used_in(module, name))
    shown = ", ".join(f"{{eq}}`{label}`" for label in equations(text))
    return f"*Used in* {chapters}." + (f" *Equation* {shown}." if shown else "")


def entry(module: str, name: str) -> str:
    """One name: what its docstring says, and links."""
    value = getattr(importlib.import_module(module), name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return f"## {name}\n\n{constant(module, name)}\n{links(module, name, '')}\n"
    kind = "class" if inspect.isclass(value) else "function"
    text = f"{inspect.getdoc(value)} {inspect.getmodule(value).__doc__}"
    options = "\n   :members:" if kind == "class" else ""
    formula = written_out(value) if module == "asyt.devices" else ""
    directive = f".. auto{kind}:: {module}.{name}{options}"
    return (
        f"## {name}\n\n```{{eval-rst}}\n{directive}\n```\n\n{formula}{links(module, name, text)}\n"
    )


def constant(module: str, name: str) -> str:
    """A constant: what it holds, and the example of its module."""
    owner = importlib.import_module(module)
    value = getattr(owner, name)
    holds = f"`{value!r}`"
    if isinstance(value, Mapping | tuple):
        holds = f"{type(value).__name__} of " + ", ".join(f"`{key}`" for key in value)
    example = textwrap.dedent(owner.__doc__.partition("Example:\n")[2])
    directive = f"```{{eval-rst}}\n.. py:data:: {module}.{name}\n```"
    return f"{directive}\n\n{holds}\n\n```python\n{example}```\n"


def written_out(value: object) -> str:
    """The formula that the file of a device begins with, as it is written there."""
    lines = inspect.getmodule(value).__doc__.splitlines()
    formula = [line[4:] for line in lines if line.startswith("    ")]
    return "```text\n" + "\n".join(formula) + "\n```\n\n" if formula else ""


def methods() -> str:
    """All methods by the name that a run is given."""
    from asyt.methods.table import NAMES, method

    lines = ["## All methods", "", HEAD, "|---|---|---|---|---|"]
    for name in NAMES:
        row = method(name)
        shown = ", ".join(f"{{eq}}`{label}`" for label in METHOD_EQUATIONS.get(name, ()))
        pages = ", ".join(f"{{doc}}`{page}`" for page in quoted(name))
        lines.append(f"| `{name}` | {row.label} | {_how(row)} | {shown or '–'} | {pages} |")
    return "\n".join(lines) + "\n"


def _how(row: object) -> str:
    """The first lines of what says how a method sends an error back."""
    parts = [row.source, row.backward] if hasattr(row, "backward") else [inspect.getmodule(row)]
    return " ".join(inspect.getdoc(part).splitlines()[0] for part in parts)


HEAD = "| name | method | through what, and how, the error goes back | equation | used in |"
#: Methods of the first paper's equations; others say what they come from.
METHOD_EQUATIONS = {
    "ideal-bp": ("eq-bp",),
    "insilico-bp": ("eq-bp",),
    "asyt": ("eq-asyt", "eq-bp"),
    "pseudo-ip-bp": ("eq-bp",),
    "pat": ("eq-bp",),
    "pat-readout": ("eq-bp",),
    "hybrid": ("eq-bp",),
}


def quoted(name: str) -> list[str]:
    """The chapters whose cells, or the modules they import, name a method by its key."""
    key = f'"{name}"'
    direct = [page.stem for page in chapters() if key in cells(page)]
    if direct:
        return direct[:CHAPTERS]
    found = []
    for page in chapters():
        _, modules = spelled(page)
        if any(key in inspect.getsource(importlib.import_module(m)) for m in modules):
            found.append(page.stem)
    return found[:CHAPTERS]


def commands() -> str:
    """What `asyt --help` says of every command."""
    import typer
    from typer.cli import get_docs_for_click

    from asyt.cli import app

    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="asyt")
    return text.replace("# `asyt`\n", "", 1)


def write(folder: Path) -> None:
    """Write what the pages of the reference include."""
    folder.mkdir(parents=True, exist_ok=True)
    for module, page in PAGES.items():
        parts = [entry(module, name) for name in public(module)]
        if module == "asyt.methods":
            parts.append(methods())
        (folder / f"_{page}.md").write_text("\n".join(parts), encoding="utf-8")
    (folder / f"_{COMMANDS}.md").write_text(commands(), encoding="utf-8")
