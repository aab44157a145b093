"""Notebooks that leave the book: what installs them, what opens them."""

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

BOOK = Path(__file__).resolve().parents[1] / "book"
ADDRESS = "https://example.org/someone/asyt"


@pytest.fixture
def anywhere(monkeypatch):
    spec = importlib.util.spec_from_file_location("anywhere", BOOK / "anywhere.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("ASYT_REPOSITORY", ADDRESS)
    return module


@pytest.fixture
def stage(tmp_path):
    """A staged book of one executed page."""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)")])
    nbformat.write(page, tmp_path / "p.ipynb")
    (tmp_path / "_config.yml").write_text((BOOK / "_config.yml").read_text())
    return tmp_path


def settings(stage):
    return yaml.safe_load((stage / "_config.yml").read_text())


def test_notebook_begins_with_what_installs_it(anywhere, stage):
    anywhere.prepare(stage)
    first, second = nbformat.read(stage / "p.ipynb", as_version=4).cells
    assert f"{ADDRESS}@{anywhere.commit()}" in first.source
    assert first.metadata.tags == ["remove-cell"]
    assert second.source == "print(1)"


def test_buttons_lead_to_the_address_of_the_fork(anywhere, stage):
    anywhere.prepare(stage)
    options = settings(stage)["sphinx"]["config"]["html_theme_options"]
    assert (options["repository_url"], options["repository_branch"]) == (ADDRESS, "notebooks")
    assert options["launch_buttons"].keys() >= {"binderhub_url", "colab_url"}
    before = settings(BOOK)["sphinx"]["config"]["html_theme_options"]
    assert {name: options[name] for name in before} == before


def test_without_an_address_there_are_no_buttons(anywhere, stage, monkeypatch):
    monkeypatch.setenv("ASYT_REPOSITORY", "")
    anywhere.prepare(stage)
    assert settings(stage) == settings(BOOK)


def test_address_is_one_setting(anywhere, monkeypatch):
    assert anywhere.repository() == ADDRESS
    monkeypatch.delenv("ASYT_REPOSITORY")
    assert anywhere.repository() == settings(BOOK)["repository"]["url"]


def test_branch_holds_notebooks_and_a_slim_environment(anywhere, stage):
    folder = stage / "branch"
    anywhere.lay_out(stage, folder)
    names = ["p.ipynb", "requirements.txt", "runtime.txt"]
    assert sorted(path.name for path in folder.iterdir()) == names
    project = tomllib.loads((BOOK.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = (folder / "runtime.txt").read_text().strip().removeprefix("python-")
    assert SpecifierSet(project["requires-python"]).contains(python)
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert "whl/cpu" in lines[0]
    assert lines[1].startswith("torch==") and "#" not in lines[1]
    assert lines[2:] == [f"asyt[notebook] @ git+{ADDRESS}@{anywhere.commit()}"]


def installer(anywhere, source, folder, found):
    """Runs the first cell in a Python where packages are found or not; gives what it runs."""
    code = "import importlib.util, subprocess\n"
    code += f"importlib.util.find_spec = lambda name: {found!r}\n"
    code += "subprocess.run = lambda command, check: print(command[-1])\n"
    kept = {name: value for name, value in os.environ.items() if name != "ASYT_REPOSITORY"}
    return subprocess.run(
        [sys.executable, "-c", code + anywhere.INSTALL.format(source=source)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=kept,
    )


@pytest.mark.parametrize(
    ("source", "found", "asked"),
    [
        (f"{ADDRESS}@abc", None, f"asyt[notebook] @ git+{ADDRESS}@abc\n"),
        ("/", None, "asyt[notebook] @ file:///\n"),
        ("", True, ""),
        (ADDRESS, True, ""),
    ],
)
def test_installer_asks_for_what_is_missing(anywhere, tmp_path, source, found, asked):
    done = installer(anywhere, source, tmp_path, found)
    assert (done.returncode, done.stdout) == (0, asked), done.stderr


def test_installer_says_what_to_do_where_it_knows_no_address(anywhere, tmp_path):
    done = installer(anywhere, "", tmp_path, None)
    assert done.returncode == 1
    assert "AsyT is not installed: set ASYT_REPOSITORY" in done.stderr


def test_a_running_kernel_is_not_replaced():
    project = tomllib.loads((BOOK.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = map(Requirement, project["optional-dependencies"]["notebook"])
    (kernel,) = [each for each in wanted if each.name == "ipykernel"]
    assert kernel.specifier.contains("6.30") and kernel.specifier.contains("7.2")
