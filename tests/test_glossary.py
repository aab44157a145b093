"""The glossary: every link leads to a term, and a page that uses a term says what it is."""

import re

import pytest

from asyt import paths

BOOK = paths.home() / "book"
PAGES = {file.stem: file.read_text(encoding="utf-8") for file in sorted(BOOK.glob("*.md"))}
#: Terms that a reader cannot guess: a page that uses one links one of its names.
KEYS = (
    "access",
    "alignment angle",
    "AsyT",
    "common gain",
    "DFA",
    "digital model",
    "encapsulated network",
    "estimation profile",
    "headroom",
    "ideal BP",
    "in-silico BP",
    "mixing ratio",
    "optical unit",
    "PAT",
    "pseudo IP-BP",
    "pseudo update",
)
#: These are linked wherever they stand in prose.
ALWAYS = {"10 dB": r"\b10 dB\b", "σ_phy": r"\\sigma_\\mathrm\{phy\}|\bsigma_phy\b|σ_phy"}
#: Pages that define terms instead of using them, or are lists.
OWN = {"glossary", "notation", "references", "status"}

LINK = re.compile(r"\{term\}`(?:[^`<]*<(?P<named>[^`>]*)>|(?P<plain>[^`<]*))`")
FENCED = re.compile(r"\A---\n.*?^---$|^(`{3,}).*?^\1`*$|^ *\$\$.*?\$\$", re.M | re.S)
LINE = re.compile(r"^ *\|.*$|^#.*$", re.M)
ROLE = re.compile(r"\{(?:doc|ref|numref|cite|glue:text)\}`[^`]*`|`[^`]*`")


def entries(text):
    """Name -> all names of its entry, of the glossary directive."""
    found = {}
    (body,) = re.findall(r"^```\{glossary\}\n(.*?)^```", text, re.M | re.S)
    for block in body.split("\n\n"):
        names = tuple(line for line in block.splitlines() if line and not line.startswith(" "))
        for name in names:
            found[name.lower()] = names
    return found


TERMS = entries(PAGES["glossary"])


def linked(text):
    """The names that a page links."""
    return [(match["named"] or match["plain"]).strip() for match in LINK.finditer(text)]


def running(text):
    """The prose of a page, without code, tables, headings and the links themselves."""
    return ROLE.sub(" ", LINK.sub(" ", LINE.sub("", FENCED.sub("", text))))


def used(term, prose):
    """Whether prose uses a term by one of its names."""
    names = "|".join(map(re.escape, TERMS[term.lower()]))
    return re.search(rf"(?<![\w-])(?:{names})(?![\w-])", prose, re.I) is not None


def missing(text):
    """Key terms that a page uses and does not link."""
    named = {name.lower() for name in linked(text)}
    prose = running(text)
    return [
        term
        for term in KEYS
        if used(term, prose) and named.isdisjoint(name.lower() for name in TERMS[term.lower()])
    ]


def test_the_glossary_defines_every_term_that_a_page_must_link():
    assert {term.lower() for term in (*KEYS, *ALWAYS)} <= TERMS.keys()
    assert len(TERMS) == sum(map(len, {names: names for names in TERMS.values()}))


def test_definitions_are_one_to_three_sentences():
    (body,) = re.findall(r"^```\{glossary\}\n(.*?)^```", PAGES["glossary"], re.M | re.S)
    for block in body.split("\n\n"):
        said = " ".join(line for line in block.splitlines() if line.startswith("  "))
        assert 1 <= len(re.findall(r"[.?!](?=\s+[A-Z*{$]|\s*$)", said.replace("Eq. ", ""))) <= 3, (
            said
        )


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_term(page):
    assert [name for name in linked(PAGES[page]) if name.lower() not in TERMS] == []


@pytest.mark.parametrize("page", PAGES.keys() - OWN)
def test_a_page_links_the_terms_that_it_uses(page):
    assert missing(PAGES[page]) == []


@pytest.mark.parametrize("page", PAGES.keys() - OWN)
@pytest.mark.parametrize("term", ALWAYS)
def test_what_nobody_can_guess_is_one_click_away_wherever_it_stands(page, term):
    assert re.findall(ALWAYS[term], running(PAGES[page])) == []


def test_pages_that_use_no_terms_are_pages():
    assert PAGES.keys() >= OWN


def test_an_unlinked_term_is_found():
    assert missing("# A heading\n\n| a |\n\nOn the digital model.") == ["digital model"]
    assert missing("{term}`Digital twins <digital twin>`: the digital model.") == []
    assert missing("```python\nPAT\n```\n\n| PAT |\n|---|\n\n# PAT\n\n`PAT` and spatter") == []
    assert re.findall(ALWAYS["σ_phy"], running(r"one $\sigma_\mathrm{phy}$, {term}`σ_phy`"))
