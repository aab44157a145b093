"""book/build.py: what is executed again, what is kept, and how a page that fails is reported."""

import importlib.util
import os
from pathlib import Path

import jupytext
import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError

BUILD_PY = Path(__file__).resolve().parents[1] / "book" / "build.py"
HEADER = """---
jupytext:
  formats: ipynb,md:myst
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

"""


def cell(code: str) -> str:
    return f"```{{code-cell}} ipython3\n{code}\n```\n"


@pytest.fixture
def build(tmp_path, monkeypatch):
    """The build script, at work in a project of its own."""
    spec = importlib.util.spec_from_file_location("book_build_under_test", BUILD_PY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, folder in {
        "ROOT": "",
        "BOOK": "book",
        "BUILD": "book/_build",
        "STAGE": "book/_stage",
    }.items():
        monkeypatch.setattr(module, name, tmp_path / folder)
    for folder in ("book", "src/asyt", "data/results", "figures"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "src/asyt/a.py").write_text("A = 1\n")
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    monkeypatch.setenv("ASYT_COMPUTE", "cpu")
    return module


def test_toc_pages_come_in_reading_order(build, tmp_path):
    toc = tmp_path / "_toc.yml"
    toc.write_text(
        "root: a\nparts:\n- chapters:\n  - file: b\n    sections:\n    - file: c\n  - file: d\n"
    )
    assert build.toc_pages(toc) == ["a", "b", "c", "d"]


def test_only_pages_with_a_kernel_are_notebooks(build, tmp_path):
    plain, notebook = tmp_path / "p.md", tmp_path / "n.md"
    plain.write_text("---\ntitle: x\n---\n# T\n")
    notebook.write_text(HEADER)
    assert not build.is_notebook(plain)
    assert build.is_notebook(notebook)


@pytest.mark.parametrize(
    "changed", ["book/p.md", "src/asyt/a.py", "data/claims.yml", "data/results/x/t.csv"]
)
def test_key_changes_with_every_input(build, tmp_path, changed):
    page = tmp_path / "book/p.md"
    page.write_text(HEADER)
    before = build.page_key(page)
    assert build.page_key(page) == before
    (tmp_path / changed).parent.mkdir(exist_ok=True)
    (tmp_path / changed).write_text("changed")
    assert build.page_key(page) != before


@pytest.mark.parametrize("name", ["ASYT_PROFILE", "ASYT_COMPUTE"])
def test_key_changes_with_profile_and_device(build, tmp_path, monkeypatch, name):
    page = tmp_path / "book/p.md"
    page.write_text(HEADER)
    before = build.page_key(page)
    monkeypatch.setenv(name, "other")
    assert build.page_key(page) != before


@pytest.fixture
def edit_pair(build, tmp_path):
    """Writes a page that says `1`, and a later .ipynb half that says `code`."""

    def write(code):
        page = tmp_path / "book/p.md"
        page.write_text(HEADER + cell("1"))
        notebook = jupytext.read(page)
        notebook.cells[0].source = code
        nbformat.write(notebook, page.with_suffix(".ipynb"))
        os.utime(page, (1, 1))

    return write


def test_edit_of_the_notebook_half_is_not_ignored(build, edit_pair):
    edit_pair("1")
    build.execute_pages(["p"], force=False)
    edit_pair("2")
    with pytest.raises(build.BuildError, match="make notebooks"):
        build.execute_pages(["p"], force=False)


def test_page_is_executed_once_and_then_reused(build, tmp_path):
    (tmp_path / "book/p.md").write_text(
        HEADER + cell("import os\nprint(os.environ['ASYT_PROFILE'], 6 * 7)")
    )
    (tmp_path / "book/q.md").write_text("# Plain\n")
    first = build.execute_pages(["p", "q"], force=False)
    again = build.execute_pages(["p", "q"], force=False)
    assert list(first) == ["p"]
    assert [fresh for _, fresh in first.values()] == [True]
    assert [fresh for _, fresh in again.values()] == [False]
    notebook = nbformat.read(first["p"][0], as_version=4)
    assert notebook.cells[0].outputs[0]["text"] == "smoke 42\n"
    assert notebook.metadata["asyt"]["profile"] == "smoke"
    assert str(tmp_path) not in first["p"][0].read_text()


def test_failing_page_is_named_and_leaves_no_notebook(build, tmp_path, capsys):
    (tmp_path / "book/bad.md").write_text(HEADER + cell("1 / 0"))
    with pytest.raises(build.BuildError, match="bad"):
        build.execute_pages(["bad"], force=False)
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert [
        f.name for f in (tmp_path / "book/_build/executed").glob("bad-*") if ".part." not in f.name
    ] == []


def test_execute_raises_what_the_cell_raised(build, tmp_path):
    page = tmp_path / "book/bad.md"
    page.write_text(HEADER + cell("raise ValueError('27 volts')"))
    with pytest.raises(PapermillExecutionError, match="27 volts"):
        build.execute(page, tmp_path / "out.ipynb", tmp_path)


def test_unwritten_page_is_named(build):
    with pytest.raises(build.BuildError, match="nowhere"):
        build.execute_pages(["nowhere"], force=False)
