"""Every page of the built book in headless Chromium: whatever a reader would stumble over."""

import functools
import http.server
import importlib.util
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

BOOK = Path(__file__).resolve().parents[2] / "book"
SITE = BOOK / "_build" / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium as the system installed it."""
    path = next((p for p in map(shutil.which, BROWSERS) if p), None)
    if path is None:
        message = f"no browser: install one of {', '.join(BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield running
        running.close()


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
