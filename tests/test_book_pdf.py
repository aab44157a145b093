"""book/pdf.py: the book on paper."""

import importlib.util
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

PDF_PY = Path(__file__).resolve().parents[1] / "book" / "pdf.py"


@pytest.fixture
def book_pdf(monkeypatch):
    monkeypatch.syspath_prepend(str(PDF_PY.parent))
    spec = importlib.util.spec_from_file_location("book_pdf", PDF_PY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_packed_file_is_smaller_and_keeps_pages_tags_and_bookmarks(book_pdf, tmp_path):
    file = tmp_path / "book.pdf"
    with pikepdf.new() as book:
        book.add_blank_page()
        book.add_blank_page()
        tags = [book.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P)) for _ in range(2000)]
        book.Root.MarkInfo = Dictionary(Marked=True)
        book.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Array(tags))
        with book.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Every published number", 1))
        book.save(file)
    before = file.stat().st_size
    book_pdf.pack(file)
    assert file.stat().st_size < before / 4
    with pikepdf.open(file) as book:
        assert len(book.pages) == 2
        assert book.Root.MarkInfo.Marked
        assert [tag.S for tag in book.Root.StructTreeRoot.K] == [Name.P] * 2000
        with book.open_outline() as outline:
            assert [entry.title for entry in outline.root] == ["Every published number"]
