"""The reference has every public name, with the chapters that use it, and every command."""

import importlib
import importlib.util
import re
import sys
from pathlib import Path

import pytest
import typer

from asyt.cli import app

BOOK = Path(__file__).resolve().parents[1] / "book"


def loaded(file):
    """A module by its file."""
    spec = importlib.util.spec_from_file_location(f"loaded_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference():
    """book/reference.py, which imports its neighbour build.py."""
    sys.path.insert(0, str(BOOK))
    yield loaded(BOOK / "reference.py")
    sys.path.remove(str(BOOK))


@pytest.fixture(scope="module")
def written(reference, tmp_path_factory):
    """Module, or "commands" -> the text of its page."""
    folder = tmp_path_factory.mktemp("reference")
    reference.write(folder)
    pages = {**reference.PAGES, "commands": reference.COMMANDS}
    return {module: (folder / f"_{page}.md").read_text() for module, page in pages.items()}


def test_every_public_name_has_an_entry_with_a_chapter(reference, written):
    for module in reference.PAGES:
        entries = re.split(r"^## ", written[module], flags=re.M)[1:]
        about = dict(entry.split("\n", 1) for entry in entries)
        for name in reference.public(module):
            assert f":: {module}.{name}\n" in about[name]
            assert re.search(r"\*Used in\* \{doc\}`[\w-]+`", about[name]), name


def test_every_module_with_public_names_has_a_page(reference):
    """The modules whose examples are executed are those of the reference."""
    examples = loaded(Path(__file__).with_name("test_examples.py"))
    assert set(reference.PAGES) == set(examples.MODULES)


def test_pages_are_listed_and_include_what_is_written(reference):
    listed = reference.build.toc_pages(BOOK / "_toc.yml")
    for page in [*reference.PAGES.values(), reference.COMMANDS]:
        assert page in listed
        text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
        assert f"```{{include}} _{page}.md" in text


def test_every_label_of_an_equation_is_in_the_book(reference):
    labels = set()
    for page in BOOK.glob("*.md"):
        labels |= set(re.findall(r"^\$\$ \(([\w-]+)\)", page.read_text(encoding="utf-8"), re.M))
    wanted = {*reference.EQUATIONS.values()}
    for found in reference.METHOD_EQUATIONS.values():
        wanted |= set(found)
    assert wanted <= labels


def test_devices_and_methods_lead_to_their_equations(written):
    entries = re.split(r"^## ", written["asyt.devices"], flags=re.M)
    about = {entry.split("\n", 1)[0]: entry for entry in entries}
    for name in ("DistortedDevice", "DistortedNetwork", "Noise"):
        assert "{eq}`eq-device`" in about[name]
    for name in ("CircuitDevice", "OscillatorDevice"):
        assert "```text\n" in about[name]
    rows = [line for line in written["asyt.methods"].splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(
        importlib.import_module("asyt.methods").NAMES
    )
    assert all(re.search(r"\{doc\}`[\w-]+` \|$", row) or "{doc}" in row for row in rows)
    assert "{eq}`eq-asyt`" in next(row for row in rows if "`asyt`" in row)


def test_every_command_has_a_section(written):
    command = typer.main.get_command(app)
    for name in command.commands:
        assert f"## `asyt {name}`" in written["commands"]
    assert "### `asyt data fetch`" in written["commands"]


def test_a_name_without_a_chapter_is_noticed(reference):
    assert reference.used_in("asyt.paths", "home") != []
    assert reference.mentioned_in("nobody_says_this") == []


@pytest.mark.parametrize(
    ("docstring", "shown"),
    [
        ("of (C, *shape), as |B|", r"of (C, \*shape), as \|B\|"),
        ("a `Layer | None` of a * b", r"a `Layer | None` of a \* b"),
        (">>> 2 * 3", ">>> 2 * 3"),
    ],
)
def test_docstrings_keep_their_characters(docstring, shown):
    docstrings = loaded(BOOK / "sphinxext" / "docstrings.py")
    lines = [docstring]
    docstrings.plain(None, "class", "x", None, None, lines)
    assert lines == [shown]
