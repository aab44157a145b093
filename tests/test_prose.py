"""The book's prose: sentences that can be read in one breath, figures that can be cited."""

import re

import jupytext
import pytest

from asyt import paths
from asyt.figures import drawing

BOOK = paths.home() / "book"
PAGES = {file.stem: file for file in sorted(BOOK.glob("*.md"))}
MOST_WORDS = 40

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?P<what>.*?)\n(?P<body>.*?)^(?P=fence) *$", re.M | re.S
)
DIRECTIVE = re.compile(r" *\{[\w-]+\}")
OPTION = re.compile(r"^ *(:[\w-]+:.*|\+{3}.*|\([\w-]+\)=)$", re.M)
DISPLAYED = re.compile(r"^ *\$\$.*?\$\$.*?$", re.M | re.S)
TABLE = re.compile(r"^ *\|.*$", re.M)
COMMENT = re.compile(r"^%.*$|<!--.*?-->", re.M | re.S)
#: What begins a sentence of its own: a heading, an item, a definition.
BLOCK = re.compile(r"\n *\n|^(?=#+ )|^ *(?:[-*+]|\d+\.|>|:) +", re.M)
CITATION = re.compile(r"\s*\{cite(?::\w)?\}`[^`]*`")
ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?P<text>[^`]*)`")
CODE = re.compile(r"`+[^`]+`+")
MATH = re.compile(r"\$[^$]+\$")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
#: A point that ends no sentence.
SHORT = re.compile(
    r"\b(Figs?|Eqs?|Secs?|Refs?|Tabs?|Nos?|Opt|vs|cf|al|approx|e\.g|i\.e|etc|[A-Z])\.(?=\s)"
)
END = re.compile(r"(?<=[.!?])[\"')*_\]]*\s+(?=[\"'(*_\[]*[A-Z0-9]|\([a-z](?:[-, ]+[a-z])*\) )")


def plain(text):
    """Running text as its reader counts it: a formula, a number or a piece of code is a word."""
    text = CITATION.sub("", text)
    text = ROLE.sub(lambda match: label(**match.groupdict()), text)
    text = CODE.sub("Code", MATH.sub("Formula", text))
    return LINK.sub(r"\1", text)


def label(role, text):
    """What a role shows."""
    if role.startswith(("glue", "numref", "eq")):
        return "1"
    return text.partition("<")[0].strip() or text


def opened(match):
    """The text of a directive without its frame; nothing of a block of code."""
    code = not DIRECTIVE.match(match["what"]) or "code-cell" in match["what"]
    return "\n\n" if code else "\n\n" + FENCE.sub(opened, match["body"]) + "\n\n"


def blocks(text):
    """Paragraphs, items and headings of a page's Markdown."""
    text = FENCE.sub(opened, COMMENT.sub("", text))
    for left_out in (DISPLAYED, TABLE, OPTION):
        text = left_out.sub("\n\n", text)
    return [block for block in BLOCK.split(text) if block and block.strip()]


def sentences(text):
    """The sentences of a page's Markdown."""
    for block in blocks(text):
        said = SHORT.sub(r"\1", " ".join(plain(block).split()))
        yield from END.split(said)


def words(sentence):
    """Words of a sentence; dashes and signs are none."""
    return sum(any(map(str.isalnum, word)) for word in sentence.split())


def prose(page):
    """The Markdown of a page, without its code."""
    text = PAGES[page].read_text(encoding="utf-8")
    if "\nkernelspec:" not in text:
        return text
    cells = jupytext.reads(text, fmt="md:myst").cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def long(text):
    return [sentence for sentence in sentences(text) if words(sentence) > MOST_WORDS]


@pytest.mark.parametrize("page", PAGES)
def test_sentences_of_a_page_are_short(page):
    assert long(prose(page)) == []


@pytest.mark.parametrize("figure", drawing.figures())
def test_sentences_of_captions_and_descriptions_are_short(figure):
    drawn = drawing.find(figure)
    assert long(drawn.CAPTION) + long(drawn.ALT) == []


SEVEN = "one two three four five six seven"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("A b c. D e f!\nG h\ni", [3, 3, 3]),
        ("As in Fig. 5a of Wang et al. 2025, e.g. here. It is.", [11, 2]),
        ("- one two\n- three four\n  five\n\n1. six", [2, 3, 1]),
        ("Of 1.5 % and $a + b = c$ or `x y z`, {cite}`a,b`: one.", [7]),
        ("See {doc}`the page <page>` and {term}`PAT`, {glue:text}`a:.1f` %.", [6]),
        ("```python\nx = 1\n```\n\n| a | b |\n|---|---|\n\none $$x$$ two", [3]),
        (":::{exercise}\n:label: a-b\nWhy is it so?\n:::", [4]),
        ("````{note}\nOne two.\n```{tip}\nThree.\n```\n````", [2, 1]),
        ("before\n\n$$\na + b\n$$ (eq-a)\n\nafter it", [1, 2]),
        ('He said "so it is." (And it was.) $x$ follows.', [5, 3, 2]),
        ("term\n: What it means. More.", [1, 3, 1]),
        ("All of it. (a) One panel. (b, c) Two more.", [3, 3, 4]),
        ("# A heading\n> quoted", [2, 1]),
    ],
)
def test_sentences_are_told_apart(text, counts):
    assert [words(sentence) for sentence in sentences(text)] == counts


def test_a_long_sentence_is_found():
    assert long(" ".join([SEVEN] * 6) + ".") != []
    assert long(" ".join([SEVEN] * 5) + ".\n\n" + SEVEN) == []


FIGURE = re.compile(r"name: (?P<name>[\w-]+)\n(?:.*\n){1,4}?pages\.figure\([\"'](?P<id>[\w-]+)")


@pytest.mark.parametrize("page", PAGES)
def test_figure_is_found_at_its_id(page):
    found = FIGURE.findall(PAGES[page].read_text(encoding="utf-8"))
    assert [name for name, figure in found if name != f"fig-{figure}"] == []
