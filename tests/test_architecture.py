"""Dependencies point one way: run, draw, judge; read from the imports of every module."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
#: From the bottom of the house to its top: a module imports from its own storey and from below.
STOREYS = (
    (
        "errors",
        "paths",
        "registry",
        "streams",
        "statistics",
        "memory",
        "typed",
        "knobs",
        "stopping",
    ),
    ("idx", "packages", "catalogue", "hosts", "fetching", "datasets", "locks", "checkpoints"),
    ("twins", "photonics", "breaking", "gate", "physical"),
    ("devices",),
    ("methods", "angles"),
    ("schedules", "evaluation", "training", "testing", "reference"),
    ("provenance", "results", "citing", "bench"),
    ("experiments",),
    ("claims",),
    ("figures",),
    ("pages", "cli"),
)


def module_name(file: Path) -> str:
    parts = file.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {module_name(file): file for file in (SRC / "asyt").rglob("*.py")}


def imported(name: str, *, at_start: bool = False) -> set[str]:
    """What a module imports: anywhere in it, or only what runs when it is imported."""
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    names = set()
    for node in starting(tree) if at_start else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = full & modules().keys()
            names |= submodules or {node.module}
    return names


def starting(node: ast.AST):
    """Nodes outside of functions and of `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        lazy = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if not lazy and not typing:
            yield child
            yield from starting(child)


def within(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def arrows(source: str, *targets: str) -> list[str]:
    """Imports from a room to others, as text."""
    return [
        f"{name} -> {target}"
        for name in modules()
        if within(name, source)
        for target in sorted(imported(name))
        if within(target, *targets)
    ]


def storey(name: str) -> int:
    room = name.split(".")[1]
    (level,) = [i for i, rooms in enumerate(STOREYS) if room in rooms]
    return level


def test_no_module_imports_itself_through_others():
    graph = {name: imported(name, at_start=True) & modules().keys() for name in modules()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")
    assert set(order) == set(modules())


def test_arrows_point_down_the_house():
    up = [
        f"{name} -> {target}"
        for name in modules().keys() - {"asyt"}
        for target in imported(name) & modules().keys() - {"asyt"}
        if storey(target) > storey(name)
    ]
    assert up == []


def test_a_run_knows_no_drawing_and_no_verdict():
    assert arrows("asyt.experiments", "asyt.figures", "asyt.claims", "matplotlib") == []


def test_a_drawing_shares_only_published_numbers_with_the_verdicts():
    shared = ("asyt.claims.published",)
    assert [a for a in arrows("asyt.figures", "asyt.claims") if not a.endswith(shared)] == []


def test_a_drawing_trains_nothing():
    trains = ("asyt.training", "asyt.physical", "asyt.methods.contract", "torch.optim")
    assert arrows("asyt.figures", *trains) == []


def test_a_verdict_draws_nothing():
    assert arrows("asyt.claims", "asyt.figures", "matplotlib") == []


def test_the_checks_of_this_file_see_what_they_look_for():
    """A test that could not fail would guard nothing."""
    assert "asyt.claims.published -> asyt.errors" in arrows("asyt.claims", "asyt.errors")
    assert arrows("asyt.figures", "matplotlib")
    assert storey("asyt.cli") > storey("asyt.figures.export") > storey("asyt.experiments.mnist")
