"""Both halves of a page: an edit of either is carried over, none is lost."""

import importlib.util
import os
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

BOOK = Path(__file__).resolve().parents[1] / "book"


def load(name):
    spec = importlib.util.spec_from_file_location(name, BOOK / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pair(monkeypatch, tmp_path):
    """The script of `make notebooks`, in a book of one page."""
    monkeypatch.setitem(sys.modules, "build", load("build"))
    module = load("pair")
    monkeypatch.setattr(module.build, "BOOK", tmp_path)
    (tmp_path / "speed.md").write_text((BOOK / "speed.md").read_text())
    return module


@pytest.fixture
def halves(pair, tmp_path):
    """(text half, notebook half) after both agreed once."""
    assert pair.main() == 0
    return tmp_path / "speed.md", tmp_path / "speed.ipynb"


def edit(half, word):
    notebook = jupytext.read(half)
    notebook.cells[0].source += f"\n{word}"
    if half.suffix == ".md":
        half.write_text(half.read_text().replace("\n# ", f"\n{word}\n\n# ", 1))
    else:
        jupytext.write(notebook, half)


def test_nothing_is_rewritten_where_nothing_was_edited(pair, halves):
    before = [half.read_bytes() for half in halves]
    assert halves[0].read_bytes() == (BOOK / "speed.md").read_bytes()
    assert pair.carry(halves[0]) == ""
    assert [half.read_bytes() for half in halves] == before


@pytest.mark.parametrize("edited", [0, 1])
@pytest.mark.parametrize("later", [0, 1])
def test_edit_is_carried_over_whichever_file_is_later(pair, halves, edited, later):
    edit(halves[edited], "EDITED")
    os.utime(halves[later], (10, 10))
    os.utime(halves[1 - later], (5, 5))
    assert pair.main() == 0
    assert all("EDITED" in half.read_text() for half in halves)
    assert pair.carry(halves[0]) == ""
    assert pair.RECORD not in halves[0].read_text()


def test_outputs_of_the_notebook_half_are_kept(pair, halves):
    notebook = jupytext.read(halves[1])
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text="KEPT")]
    jupytext.write(notebook, halves[1])
    edit(halves[0], "EDITED")
    assert pair.main() == 0
    assert "KEPT" in halves[1].read_text()


def test_edits_of_both_are_told_and_kept(pair, halves, capsys):
    edit(halves[0], "ONE")
    edit(halves[1], "TWO")
    before = [half.read_bytes() for half in halves]
    assert pair.main() == 1
    assert "both may have been edited" in capsys.readouterr().err
    assert [half.read_bytes() for half in halves] == before


def test_half_of_unknown_origin_is_not_overwritten(pair, tmp_path):
    source = tmp_path / "speed.md"
    jupytext.write(jupytext.read(source), source.with_suffix(".ipynb"))
    edit(source.with_suffix(".ipynb"), "EDITED")
    assert pair.main() == 1
    assert "EDITED" in source.with_suffix(".ipynb").read_text()


def test_both_saved_alike_agree_again(pair, halves):
    for half in halves:
        edit(half, "SAVED")
    halves[1].unlink()
    jupytext.write(jupytext.read(halves[0]), halves[1])
    assert pair.main() == 0
    edit(halves[1], "LATER")
    assert pair.main() == 0
    assert "LATER" in halves[0].read_text()
