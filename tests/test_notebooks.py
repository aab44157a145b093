"""The pages as notebooks: their two halves, their knobs, the code that a reader sees.

The folded, executed solution of an exercise is code that a reader is meant to open, but only after
a try. It counts neither as visible nor as hidden.
"""

import ast
import builtins
import functools

import jupytext
import nbformat
import pytest

from asyt import knobs, paths

BOOK = paths.home() / "book"
PAGES = {
    file.stem: file
    for file in sorted(BOOK.glob("*.md"))
    if "\nkernelspec:" in file.read_text(encoding="utf-8")
}
#: Tags that take a cell's code off the page for good; one that is folded can be opened.
REMOVED = {"remove-input", "remove-cell"}
FOLDED = {"hide-input", "hide-cell"}
#: Lines of code that a reader sees without opening a fold, at least, over the book and on a page.
VISIBLE_LINES, VISIBLE_SHARE, VISIBLE_ON_PAGE = 600, 0.6, 15
#: Pages of the register, which have no experiment of their own.
REGISTER = {"claims", "errata", "figures", "intro", "readings"}


@functools.cache
def read(page):
    return jupytext.read(PAGES[page])


def code_cells(page):
    return [cell for cell in read(page).cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def calls(page, name):
    """The calls of `pages.name` on a page."""
    for cell in code_cells(page):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"pages.{name}":
                yield node


def lines(cell):
    """Lines of code of a cell, without empty ones and comments."""
    stripped = map(str.strip, cell.source.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in stripped)


@pytest.mark.parametrize("page", PAGES)
def test_page_comes_back_from_its_notebook_half_byte_for_byte(page, tmp_path):
    half = tmp_path / f"{page}.ipynb"
    jupytext.write(read(page), half)
    back = jupytext.read(half)
    assert [cell.metadata for cell in back.cells] == [cell.metadata for cell in read(page).cells]
    text = jupytext.writes(back, "md:myst", config=jupytext.config.load_jupytext_config(str(BOOK)))
    assert text == PAGES[page].read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_checks_what_is_put_into_it(page):
    assert len([*calls(page, "knobs"), *calls(page, "scale")]) == 1


@pytest.mark.parametrize("page", PAGES)
def test_first_cell_sets_the_knobs_to_the_published_values(page):
    tagged = [cell for cell in code_cells(page) if knobs.TAG in tags(cell)]
    checked = list(calls(page, "knobs"))
    assert len(tagged) == len(checked) <= 1
    for cell, call in zip(tagged, checked, strict=True):
        assert cell is code_cells(page)[0]
        assert not tags(cell) & (REMOVED | FOLDED)
        published = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        assert knobs.declared(cell.source) == published
        assert 1 <= len(published) <= 6


@pytest.mark.parametrize("page", PAGES)
def test_every_knob_is_used(page):
    used = [
        node.id
        for cell in code_cells(page)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    for cell in code_cells(page)[:1]:
        if knobs.TAG in tags(cell):
            assert knobs.declared(cell.source).keys() <= set(used)


def visible(page):
    """The code that a reader sees, folded solutions included, as one tree."""
    shown = [
        cell.source for cell in code_cells(page) if not tags(cell) & (REMOVED | {"hide-input"})
    ]
    return ast.parse("\n".join(shown))


def defined(tree):
    """Names that code assigns, imports or defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@pytest.mark.parametrize("page", PAGES)
def test_code_that_a_reader_sees_can_be_copied(page):
    tree = visible(page)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    used = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    assert used - set(defined(tree)) - set(dir(builtins)) - {"pages"} == set()


@pytest.mark.parametrize("page", PAGES)
def test_code_that_a_reader_sees_is_the_public_library(page):
    nodes = [node for node in ast.walk(visible(page)) if isinstance(node, ast.ImportFrom)]
    rooms = ("asyt.experiments", "asyt.figures")
    assert [node.module for node in nodes if node.module.startswith(rooms)] == []


def solution(cell):
    """Whether a cell is the folded solution of an exercise."""
    prompt = cell.metadata.get("mystnb", {}).get("code_prompt_show", "")
    return "hide-cell" in tags(cell) and prompt.startswith("Solution of exercise")


def shown(page):
    """Lines of code that a reader sees without opening a fold."""
    return sum(lines(cell) for cell in code_cells(page) if not tags(cell) & (REMOVED | FOLDED))


@pytest.mark.parametrize("page", PAGES.keys() - REGISTER)
def test_experiment_of_a_chapter_is_in_the_open(page):
    assert shown(page) >= VISIBLE_ON_PAGE


def test_code_that_a_reader_sees():
    """The share of lines in the open, of all but those in solutions of exercises."""
    table = {}
    for page in PAGES:
        counted = [cell for cell in code_cells(page) if not solution(cell)]
        table[page] = (shown(page), sum(map(lines, counted)))
        print(f"{page:24} {table[page][0]:4} of {table[page][1]:4} lines visible")
    visible, total = map(sum, zip(*table.values(), strict=True))
    print(f"{'the book':24} {visible:4} of {total:4} lines visible, {visible / total:.0%}")
    assert visible >= VISIBLE_LINES
    assert visible / total >= VISIBLE_SHARE


@pytest.mark.parametrize("page", PAGES)
def test_what_only_a_click_on_its_outputs_shows_is_a_solution(page):
    folded = [cell for cell in code_cells(page) if "hide-cell" in tags(cell)]
    assert [cell.source for cell in folded if not solution(cell)] == []


def test_the_pages_are_there():
    assert len(PAGES) > 15
    assert nbformat.validate(read("instrument")) is None


@pytest.mark.parametrize("page", PAGES)
def test_cells_that_run_without_data_use_nothing_of_cells_that_need_them(page):
    held, lost = set(), set()
    for cell in code_cells(page):
        tree = ast.parse(cell.source)
        names = set(defined(tree))
        if any(tag.startswith("needs-") for tag in tags(cell)):
            lost |= names - held
            continue
        held |= names
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        assert {node.id for node in nodes if isinstance(node.ctx, ast.Load)} & (
            lost - held
        ) == set()


#: What a cell may call whose code is not on the page: number glue, and layout.
GLUE = {"number", "files", "verdicts", "readings", "matrix", "scale"}
#: Lists of the whole register and of all figures.
GLUE |= {"register", "totals", "thumbnails", "figures"}
#: What trains, and so belongs where it can be opened.
TRAINS = {"beginning", "fit", "first_epoch", "live", "measure", "prefix", "recompute", "run"}


def shows(statement):
    """The calls that stand by themselves in a statement, in its loops too."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Expr):
            yield node.value


def glues(source):
    """Whether code only picks numbers, shows them in prose, and lays out files and verdicts."""
    tree = ast.parse(source)
    shown = [value for statement in tree.body for value in shows(statement)]
    called = [ast.unparse(call.func) for call in shown if isinstance(call, ast.Call)]
    picks = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr, ast.For)
    trained = {
        ast.unparse(node.func).split(".")[-1]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    return (
        len(shown) == len(called) > 0
        and {*called} <= {f"pages.{name}" for name in GLUE}
        and all(isinstance(statement, picks) for statement in tree.body)
        and not trained & TRAINS
    )


@pytest.mark.parametrize("page", PAGES)
def test_only_number_glue_and_layout_are_removed(page):
    removed = [cell.source for cell in code_cells(page) if tags(cell) & REMOVED]
    assert [source for source in removed if not glues(source)] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("pages.number(a=1.0)", True),
        ("import numpy as np\nx = table.a.mean()\npages.number(a=x)", True),
        ('for x in y:\n    pages.number(**{f"{x}_a": 1.0})', True),
        ('pages.files("a")\npages.verdicts("b")', True),
        ('pages.figure("a")', False),
        ("pages.number(a=1.0)\npages.table(x)", False),
        ("x = 1", False),
        ("x", False),
        ("rows = trainer.fit()\npages.number(a=rows[0])", False),
        ("def f():\n    return 1\npages.number(a=f())", False),
    ],
)
def test_number_glue_is_told_from_code(source, expected):
    assert glues(source) is expected


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_of_its_scale_is_shown(page):
    """A notebook shows what the last line of a cell gives; claims shows its register there."""
    for cell in code_cells(page):
        body = ast.parse(cell.source).body
        if any(name in cell.source for name in ("pages.knobs(", "pages.scale(")):
            last = ast.unparse(body[-1])
            assert last.startswith(("pages.knobs(", "pages.scale(", "pages.register("))
