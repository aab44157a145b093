"""Every page of the built book in headless Chromium: whatever a reader would stumble over."""

import functools
import http.server
import importlib.util
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

BOOK = Path(__file__).resolve().parents[2] / "book"
SITE = BOOK / "_build" / "html"

spec = importlib.util.spec_from_file_location("book_build", BOOK / "build.py")
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)
PAGES = build.toc_pages(BOOK / "_toc.yml")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line a request."""

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The built book on a free port of this machine."""
    assert (SITE / "index.html").is_file(), "the book is not built: run 'make book' first"
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=PAGES)
def visit(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[tuple[Page, dict]]:
    """One loaded page, with all it asked for and complained about."""
    page = browser.new_page()
    seen = {"requests": [], "console": [], "failed": []}
    page.on("request", lambda r: seen["requests"].append(r.url))
    page.on("console", lambda m: seen["console"].append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: seen["console"].append(str(e)))
    page.on(
        "response",
        lambda r: seen["failed"].append(f"{r.status} {r.url}") if r.status >= 400 else None,
    )
    page.on("requestfailed", lambda r: seen["failed"].append(r.url))
    seen["status"] = page.goto(f"{address}/{request.param}.html", wait_until="networkidle").status
    page.wait_for_function("!window.MathJax || MathJax.startup?.promise?.then(() => true)")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # images may load lazily
    page.wait_for_load_state("networkidle")
    seen["loaded"] = list(seen["requests"])  # axe-core asks for style sheets again
    yield page, seen
    page.close()


def test_page_loads_with_its_title(visit):
    page, seen = visit
    assert seen["status"] == 200
    assert page.locator("article h1").first.inner_text().strip()
    assert page.title().strip()


def test_no_request_leaves_this_machine(visit):
    _, seen = visit
    hosts = {
        urlsplit(url).hostname for url in seen["requests"] if not url.startswith(("data:", "blob:"))
    }
    assert hosts == {"127.0.0.1"}


def test_nothing_fails_and_console_has_no_error(visit):
    _, seen = visit
    assert seen["failed"] == []
    assert seen["console"] == []


def test_images_are_whole_and_described(visit):
    page, _ = visit
    images = page.eval_on_selector_all(
        "article img",
        "all => all.map(i => ({src: i.getAttribute('src'), alt: i.alt, width: i.naturalWidth}))",
    )
    assert [i["src"] for i in images if i["width"] == 0] == []
    # docutils writes the file name where a figure has no alternative text
    assert [i["src"] for i in images if not i["alt"] or i["alt"] == i["src"]] == []


def test_every_formula_is_rendered(visit):
    page, _ = visit
    assert (
        page.locator("article .math").count() == page.locator("article .math mjx-container").count()
    )
    assert page.locator("mjx-merror").count() == 0


def test_no_traceback_and_no_raw_markup(visit):
    page, _ = visit
    text = page.locator("article").inner_text()
    assert "Traceback (most recent call last)" not in text
    assert "<IPython." not in text  # an output that could not be shown
    assert page.locator("article .problematic, article .system-message").count() == 0


def test_book_has_formulas_and_figures(browser, address):
    """Guards the tests above against passing on an empty book."""
    page = browser.new_page()
    formulas = figures = 0
    for name in PAGES:
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
        formulas += page.locator("article .math").count()
        figures += page.locator("article figure[id^=fig-] img").count()
    page.close()
    assert formulas > 0
    assert figures > 0


def test_search_finds_a_word(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/search.html?q=photonic", wait_until="networkidle")
    page.wait_for_selector("#search-results li")
    assert page.locator("#search-results li").count() > 0
    page.close()


def test_front_page_leads_into_the_book(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/index.html", wait_until="networkidle")
    assert urlsplit(page.url).path == f"/{PAGES[0]}.html"
    linked = page.eval_on_selector_all(
        "nav.bd-links a", "all => all.map(a => a.getAttribute('href'))"
    )
    assert {f"{name}.html" for name in PAGES[1:]} <= set(linked)
    page.close()


#: Most bytes of a page beyond its figures, of the site with its PDF, and of that PDF.
PAGE_BYTES, SITE_BYTES, PDF_BYTES = 1_500_000, 25_000_000, 7_500_000


def opened(browser: Browser, address: str, theme: str = "light", width: int = 1280) -> Page:
    """A page of the book in a theme, at a width."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.add_init_script(
        f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
    )
    page.goto(address, wait_until="networkidle")
    page.wait_for_function("!window.MathJax || MathJax.startup?.promise?.then(() => true)")
    return page


def serious(page: Page) -> list[tuple[str, str]]:
    """What axe-core calls serious or critical: rule and the first element."""
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["nodes"][0]["html"]) for one in grave]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_serious_is_found_by_axe(visit, theme):
    page, _ = visit
    page.evaluate(
        "theme => Object.assign(document.documentElement.dataset, {theme, mode: theme})", theme
    )
    page.wait_for_timeout(400)  # the theme fades from one colour to the other
    assert serious(page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_search_page_is_found_fit_by_axe(browser, address, theme):
    page = opened(browser, f"{address}/search.html?q=photonic", theme)
    assert serious(page) == []
    page.close()


@pytest.fixture
def phone(visit) -> Iterator[Page]:
    """The page on a screen of 320 pixels."""
    page, _ = visit
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    yield page
    page.set_viewport_size(before)


def test_nothing_is_wider_than_a_phone(phone):
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [1000, 1200, 1440])
def test_code_is_read_without_scrolling_sideways(visit, width):
    page, _ = visit
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 900})
    wide = page.eval_on_selector_all(
        "article .highlight pre",
        "all => all.filter(p => p.scrollWidth > p.clientWidth + 1).map(p => p.textContent)",
    )
    page.set_viewport_size(before)
    assert wide == []


def test_tables_are_cards_on_a_phone(phone):
    flat = phone.eval_on_selector_all(
        "article table:not(.matrix) tbody tr:not([hidden])",
        "all => all.filter(row => getComputedStyle(row).display !== 'flex').length",
    )
    assert flat == 0


def test_captions_are_as_wide_as_their_tables_on_a_phone(phone):
    narrow = phone.eval_on_selector_all(
        "article table caption",
        "all => all.filter(c => c.clientWidth < c.parentElement.clientWidth / 2).length",
    )
    assert narrow == 0


def test_page_is_light(visit):
    _, seen = visit
    asked = {urlsplit(url).path.lstrip("/") for url in seen["loaded"] if url.startswith("http")}
    figures = ("_images/", "figures/", "_static/thumbs/")
    sizes = {path: (SITE / path).stat().st_size for path in asked if not path.startswith(figures)}
    assert sum(sizes.values()) < PAGE_BYTES, sorted(sizes.items(), key=lambda item: -item[1])[:5]


def test_site_with_its_pdf_is_light_and_has_nothing_that_no_page_loads():
    sizes = {file: file.stat().st_size for file in SITE.rglob("*") if file.is_file()}
    if "Executed at profile" in (SITE / "intro.html").read_text(encoding="utf-8"):
        # beside the published figures such a site has its own, from smaller tables
        sizes = {file: size for file, size in sizes.items() if file.parent.name != "_images"}
    assert sum(sizes.values()) < SITE_BYTES, heaviest(sizes)
    assert [
        file.name for file in sizes if file.suffix == ".map" or "fontawesome" in file.name
    ] == []


def heaviest(sizes: dict[Path, int]) -> list[tuple[int, str]]:
    """Bytes of each folder of the site, and of what lies beside them, the most first."""
    found: dict[str, int] = {}
    for file, size in sizes.items():
        part = file.relative_to(SITE).parts[0]
        found[part] = found.get(part, 0) + size
    return sorted(((size, part) for part, size in found.items()), reverse=True)[:8]


def figures_of(page: Page) -> list[dict[str, str]]:
    return page.eval_on_selector_all(
        "article figure[id^=fig-] img",
        "all => all.map(i => ({src: i.getAttribute('src'),"
        " open: i.closest('a')?.getAttribute('href')}))",
    )


def test_every_figure_opens_and_has_its_files_and_citation(visit):
    page, _ = visit
    shown = figures_of(page)
    under = page.eval_on_selector_all(
        "article .under", "all => all.map(u => [u.textContent, u.querySelectorAll('a').length])"
    )
    assert all(figure["open"] == figure["src"] for figure in shown)
    assert len(under) >= len(shown)
    assert all("@misc{" in text and links >= 6 for text, links in under)


def test_figures_of_the_book_are_the_bytes_of_the_repository(visit):
    page, _ = visit
    if page.locator("article blockquote", has_text="Executed at profile").count():
        pytest.skip("no page of the paper profile: its figures are drawn from smaller tables")
    for figure in figures_of(page):
        assert figure["src"].startswith("figures/"), "publish it again with 'asyt figure'"
        assert (SITE / figure["src"]).read_bytes() == (BOOK.parent / figure["src"]).read_bytes()


def test_published_files_come_along_unchanged():
    files = [file for file in (BOOK.parent / "figures").rglob("*") if file.is_file()]
    assert len(files) > 100
    for file in files:
        assert (SITE / file.relative_to(BOOK.parent)).read_bytes() == file.read_bytes()


def test_claims_are_filtered_and_counted(browser, address):
    page = opened(browser, f"{address}/claims.html?verdict=not-reproduced")
    rows = page.locator("table.register tbody tr:not([hidden])")
    whole = page.locator("table.register tbody tr").count()
    assert 0 < rows.count() < whole
    assert set(rows.evaluate_all("all => all.map(r => r.dataset.verdict)")) == {"not-reproduced"}
    page.click("form.register-filter button[type=reset]")
    page.wait_for_function(
        f"document.querySelector('output').value === '{whole} of {whole} claims'"
    )
    page.fill("form.register-filter input", "fashion in-silico")
    assert rows.count() == 1
    page.fill("form.register-filter input", "")
    page.select_option("select[name=source]", "opu")
    page.select_option("select[name=figure]", "II.B")
    assert rows.evaluate_all("all => all.map(r => r.id)") == ["claim-opu-linear"]
    page.close()


def test_claims_can_be_read_without_a_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/claims.html")
    assert page.locator("table.register tbody tr").count() > 50
    assert page.locator("form.register-filter").is_hidden()
    assert page.locator("svg.interval").count() > 20
    assert page.locator("table.register tr").last.is_visible()
    context.close()


def test_files_of_the_register_lie_beside_its_page(browser, address):
    page = opened(browser, f"{address}/claims.html")
    for name in ("claims.json", "claims.schema.json", "claims.csv", "claims.svg"):
        assert page.request.get(f"{address}/{name}").status == 200
    page.close()


def test_verdict_comes_first_on_a_phone(browser, address):
    page = opened(browser, f"{address}/claims.html", width=390)
    row = page.locator("table.register tbody tr").first
    tops = row.locator("td").evaluate_all(
        "all => Object.fromEntries(all.map(c => [c.dataset.label, c.getBoundingClientRect().top]))"
    )
    page.close()
    assert min(tops, key=tops.get) == "Verdict"


def test_keyboard_reaches_the_text_the_search_and_a_figure(browser, address):
    page = opened(browser, f"{address}/intro.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className"))
        if "enlarge" in reached:
            break
    page.close()
    assert "enlarge" in reached


def test_book_opens_and_is_searched_from_disk(browser):
    page = browser.new_page()
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto((SITE / "index.html").as_uri(), wait_until="networkidle")
    assert page.locator("article h1").count() == 1
    page.goto((SITE / "search.html").as_uri() + "?q=photonic", wait_until="networkidle")
    page.wait_for_selector("#search-results li")
    page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize(
    ("wanted", "steps"),
    [
        ("the headline verdict", ["ul.totals li:first-child a"]),
        ("the BibTeX of a figure", ["ul.thumbs a[href='figures.html#asyt-fig5a']"]),
        ("an experiment with other settings", [".doors pre"]),
        ("an experiment without an installation", [".doors a[href='browser-trainer.html']"]),
    ],
)
def test_front_page_leads_to_what_is_wanted_in_a_step(browser, address, wanted, steps):
    page = opened(browser, f"{address}/intro.html")
    target = page.locator(steps[0]).first
    assert target.count() == 1, wanted
    if wanted == "the headline verdict":
        assert page.locator("figure#fig-claims-overview").count() == 1
        target.click()
        page.wait_for_url("**/claims.html?verdict=reproduced")
    elif wanted == "the BibTeX of a figure":
        target.click()
        page.wait_for_url("**/figures.html#asyt-fig5a")
        entry = page.locator("section.card-figure", has=page.locator("[id='asyt-fig5a']"))
        entry.locator("summary", has_text="Cite").click()
        assert entry.locator("pre", has_text="@misc{asyt-fig5a,").is_visible()
    elif wanted == "an experiment with other settings":
        assert "--set" in target.inner_text()
    else:
        target.click()
        page.locator("[role=status]", has_text="Done").wait_for()
        page.locator("input[type=range]").first.press("ArrowRight")
        page.locator("[role=status]", has_text="Training").wait_for()
        page.locator("[role=status]", has_text="Done").wait_for()
    page.close()


@pytest.fixture(scope="module")
def printed() -> pypdf.PdfReader:
    """The book as PDF."""
    file = SITE / "asyt.pdf"
    if not file.is_file():
        pytest.skip("no book/_build/html/asyt.pdf: 'make pdf' prints it")
    return pypdf.PdfReader(file)


@pytest.fixture(scope="module")
def texts(printed) -> list[str]:
    """What stands on each page of the PDF."""
    return [page.extract_text() for page in printed.pages]


def test_pdf_has_bookmarks_and_tags(printed):
    titles = {entry.title for entry in flat(printed.outline)}
    assert len(titles) > len(PAGES)
    assert "Every published number" in titles
    root = printed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/StructTreeRoot"]["/ParentTree"]


def test_pdf_has_page_numbers_and_no_raw_formulas(texts):
    assert all(f"{i} / {len(texts)}" in text for i, text in enumerate(texts, start=1))
    raw = (r"\frac", r"\mathrm", r"\sigma", r"\(", r"\[", "$$")
    found = [(i, sign) for i, text in enumerate(texts, start=1) for sign in raw if sign in text]
    assert found == []


def test_pdf_has_nothing_to_click(texts):
    clicked = ("file:", "Show code cell source", "Address of this setting")
    assert [(i, w) for i, text in enumerate(texts, start=1) for w in clicked if w in text] == []


def test_pdf_has_every_figure_of_the_pages(texts):
    pages = [(SITE / f"{name}.html").read_text(encoding="utf-8") for name in PAGES]
    ids = set(re.findall(r'<figure [^>]*id="fig-([^"]+)"', "".join(pages)))
    assert len(ids) > 40
    whole = "".join("".join(texts).split())
    assert {one for one in ids if f"({one})" not in whole} == set()


@pytest.mark.usefixtures("printed")
def test_pdf_is_packed_and_linked():
    assert (SITE / "asyt.pdf").stat().st_size < PDF_BYTES
    front = (SITE / "intro.html").read_text(encoding="utf-8")
    assert 'class="pdf"' in front
    assert 'class="pdf" hidden' not in front


def flat(outline: list) -> Iterator:
    """All bookmarks of a PDF, one after another."""
    for entry in outline:
        if isinstance(entry, list):
            yield from flat(entry)
        else:
            yield entry
