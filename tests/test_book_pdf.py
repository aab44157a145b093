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


def test_text_stands_in_the_tag_that_says_what_it_is(book_pdf):
    with pikepdf.new() as book:
        pages = [book.add_blank_page().obj for _ in range(2)]
        word, link, paragraph, root = (
            book.make_indirect(Dictionary(Type=Name.StructElem, S=kind))
            for kind in (Name.NonStruct, Name.Link, Name.P, Name.StructTreeRoot)
        )
        outer, inner = (
            book.make_indirect(Dictionary(Type=Name.StructElem, S=Name.NonStruct)) for _ in range(2)
        )
        word.K, word.Pg, word.P = 0, pages[0], paragraph
        inner.K, inner.Pg, inner.P = Array([1, link]), pages[1], outer
        outer.K, outer.P = inner, paragraph
        link.K, link.Pg, link.P = Dictionary(Type=Name.MCR, MCID=2), pages[1], inner
        paragraph.K, paragraph.P = Array([word, outer]), root
        tree = Dictionary(Nums=Array([0, Array([word]), 1, Array([None, inner, link])]))
        root.K, root.ParentTree = paragraph, Dictionary(Kids=Array([tree]))
        book.Root.StructTreeRoot = root
        book_pdf.fold(book)
        first, second, third = paragraph.K
        found = [(content.Pg.objgen, int(content.MCID)) for content in (first, second)]
        assert found == [(pages[0].objgen, 0), (pages[1].objgen, 1)]
        assert third.objgen == link.objgen
        assert link.P.objgen == paragraph.objgen
        assert (link.Pg.objgen, link.K.MCID) == (pages[1].objgen, 2)
        owners = [owner.objgen for owner in (tree.Nums[1][0], tree.Nums[3][1], tree.Nums[3][2])]
        assert owners == [paragraph.objgen, paragraph.objgen, link.objgen]


def test_a_file_without_tags_is_left_alone(book_pdf):
    with pikepdf.new() as book:
        book_pdf.fold(book)
        assert "/StructTreeRoot" not in book.Root
