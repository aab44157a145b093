"""book/dress.py: what happens to the pages after Sphinx."""

import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image
from pygments.styles import get_style_by_name
from pygments.token import Token

DRESS_PY = Path(__file__).resolve().parents[1] / "book" / "dress.py"
spec = importlib.util.spec_from_file_location("book_dress", DRESS_PY)
dress = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dress)

OUTLINES = (
    'var a={"magnifying-glass":[512,512,[1,"search"],"f002","M1 2z"],bars:[4,5,[],"f0c9","M3"]}'
)


def test_icons_become_drawings_and_their_script_goes():
    html = (
        '<script src="_static/scripts/fontawesome.js?digest=1"></script>'
        '<i class="fa-solid fa-magnifying-glass fa-lg" data-mode="x"></i>'
        '<span class="fa-solid fa-bars"></span><i class="fa-solid fa-unknown"></i>'
    )
    found = dress.dressed(html, OUTLINES)
    assert "fontawesome" not in found
    assert found.count("<svg") == 2
    assert 'd="M1 2z"' in found and 'viewBox="0 0 4 5"' in found
    assert 'data-mode="x"' in found
    assert "fa-unknown" in found  # left as it is: there is no outline of that name


def test_tokens_that_look_like_the_code_around_them_are_no_elements():
    code = '<pre><span class="n">a</span><span class="p">[</span><span class="mi">1</span></pre>'
    assert dress.dressed(code) == '<pre>a[<span class="mi">1</span></pre>'


@pytest.mark.parametrize("style", ["a11y-high-contrast-light", "a11y-high-contrast-dark"])
def test_tokens_that_are_unwrapped_have_no_look_of_their_own(style):
    looks = get_style_by_name(style)
    ground = looks.style_for_token(Token.Text)
    for token in (Token.Name, Token.Punctuation):
        assert looks.style_for_token(token) == ground
    assert looks.style_for_token(Token.Number) != ground


TABLE = """<article><table>
<thead><tr><th></th><th>Reported</th><th colspan="2">Ours</th></tr></thead>
<tbody><tr><th>a</th><td>1</td><td>2</td><td data-label="own">3</td></tr></tbody>
</table></article>"""


def test_cells_know_their_column():
    soup = dress.BeautifulSoup(dress.dressed(TABLE), "html.parser")
    cells = soup.select("tbody tr > *")
    labels = [cell.get("data-label") for cell in cells]
    assert labels == [None, "Reported", "Ours", "own"]
    assert [cell.name for cell in soup.select("thead tr > *")] == ["td", "th", "th"]


def test_figures_open_in_full_size_once():
    html = '<article><figure><img src="_images/a.svg" alt="what it shows"/></figure></article>'
    once = dress.dressed(html)
    link = dress.BeautifulSoup(once, "html.parser").select_one("a.enlarge")
    assert link["href"] == "_images/a.svg"
    assert link.img["alt"] == "what it shows"
    assert dress.dressed(once).count("<a ") == 1


@pytest.fixture
def site(tmp_path):
    """A small site with one page, whose picture is the published figure but for the last line."""
    folder, project = tmp_path / "site", tmp_path / "project"
    for name in ("_images", "_static/scripts", "_static/styles", "_static/mathjax/ui", "_sources"):
        (folder / name).mkdir(parents=True)
    for root in (folder, project):
        (root / "figures/f").mkdir(parents=True)
        (root / "figures/f/f.svg").write_text("<svg>\n</svg>\n")
    Image.new("RGB", (900, 600), "white").save(project / "figures/f/f.png")
    (project / "data/register").mkdir(parents=True)
    (project / "data/register/claims.json").write_text("{}")
    (folder / "_images/a.svg").write_text("<svg>\n</svg>")
    (folder / "_images/b.svg").write_text("<svg>other</svg>")
    images = '<img src="_images/a.svg" alt="a"><img src="_images/b.svg" alt="b">'
    pdf = '<p class="pdf" hidden><a href="asyt.pdf">PDF</a></p>'
    math = '<script src="_static/mathjax/tex-chtml.js"></script>'
    (folder / "p.html").write_text(f"{math}<article><figure>{images}</figure>{pdf}</article>")
    (folder / "_static/scripts/fontawesome.js").write_text(OUTLINES)
    (folder / "_static/scripts/x.js.map").write_text("{}")
    (folder / "_static/mathjax/startup.js").write_text("1")
    (folder / "_static/mathjax/tex-chtml.js").write_text("1")
    (folder / "_static/mathjax/ui/menu.js").write_text("1")
    css = "a{b:c}@font-face{src:url(../vendor/fontawesome/x.woff2)}"
    (folder / "_static/styles/t.css").write_text(css)
    output = {"output_type": "display_data", "data": {"image/svg+xml": "x", "text/plain": "y"}}
    notebook = {"cells": [{"outputs": [output]}, {"source": "no outputs"}]}
    (folder / "_sources/p.ipynb").write_text(json.dumps(notebook))
    dress.site(folder, project)
    return folder


def test_what_no_page_loads_goes(site):
    left = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    assert left == {
        *("p.html", "claims.json", "figures/f/f.svg", "_images/b.svg", "_sources/p.ipynb"),
        *("_static/mathjax/startup.js", "_static/styles/t.css", "_static/thumbs/f.png"),
    }
    assert (site / "_static/styles/t.css").read_text() == "a{b:c}"
    assert "image/svg+xml" not in (site / "_sources/p.ipynb").read_text()
    assert '"text/plain": "y"' in (site / "_sources/p.ipynb").read_text()


def test_notebooks_keep_tables_and_lose_what_leads_nowhere_outside_the_site():
    kept = {"text/html": ["<table>", "</table>"], "text/plain": "a"}
    gone = {"text/html": ['<a href="figures/', 'f.csv">'], "image/png": "x", "text/plain": "b"}
    cells = [{"outputs": [{"data": data}]} for data in (kept, gone)]
    left = json.loads(dress.lighter(json.dumps({"cells": cells})))["cells"]
    assert left == [{"outputs": [{"data": data}]} for data in (kept, {"text/plain": "b"})]


def test_a_picture_with_the_bytes_of_a_published_figure_is_that_figure(site):
    page = (site / "p.html").read_text()
    assert 'src="figures/f/f.svg"' in page
    assert 'src="_images/b.svg"' in page
    assert "mathjax/startup.js" in page


def test_pdf_is_linked_where_it_is(site):
    assert "hidden" in (site / "p.html").read_text()
    (site / dress.PDF).write_bytes(b"%PDF")
    dress.show_pdf(site)
    assert "hidden" not in (site / "p.html").read_text()


def test_styles_of_classes_that_nothing_has_a_word_for_go():
    css = (
        ".card,.toast{a:b}.toast.show{c:d}@media (min-width:9px){.card{e:f}.modal{g:h}}"
        "@font-face{font-family:x}@keyframes k{12.5%{top:0}}a:is(.modal,.card){i:j}nav a{k:l}"
    )
    assert dress.in_use(css, {"card", "show"}) == (
        ".card{a:b}@media (min-width:9px){.card{e:f}}"
        "@font-face{font-family:x}@keyframes k{12.5%{top:0}}a:is(.modal,.card){i:j}nav a{k:l}"
    )


def test_the_switch_of_a_part_has_a_name():
    html = '<summary><span class="toctree-toggle"></span></summary><summary>Cite</summary>'
    found = dress.dressed(html)
    assert found.count("aria-label") == 1
    assert 'aria-label="Pages of this part"' in found


def test_scripts_for_copying_code_are_loaded_where_there_is_code():
    head = '<script src="_static/clipboard.min.js"></script><script src="_static/copybutton.js">'
    without, with_code = (
        dress.dressed(f"<head>{head}</script></head><body>{body}</body>")
        for body in ("<p>words</p>", '<div class="highlight"><pre>x</pre></div>')
    )
    assert "clipboard" not in without and "copybutton" not in without
    assert "clipboard" in with_code and "copybutton" in with_code
