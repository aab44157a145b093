"""Prints the one-page build of the book to `_build/asyt.pdf` in headless Chromium (`make pdf`).

The file has bookmarks, page numbers and tags, and is packed to less than half of what the browser
writes; a copy goes to the site, whose front page then links to it.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import dress
import pikepdf
from pikepdf import Array, Dictionary, Name, Object
from playwright.sync_api import Page, sync_playwright

BUILD = Path(__file__).resolve().parent / "_build"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TITLE = "Training photonic neural networks, reproduced"
SMALL = "font: 8px sans-serif; color: #555; width: 100%; margin: 0 15mm;"
HEADER = f"<div style='{SMALL}'>{TITLE}</div>"
NUMBER = "<span class='pageNumber'></span> / <span class='totalPages'></span>"
FOOTER = f"<div style='{SMALL} text-align: right'>{NUMBER}</div>"
#: Wait for every formula, then show every picture, which else loads when it is scrolled to.
READY = """async () => {
  if (window.MathJax) await MathJax.startup.promise;
  const pictures = [...document.images];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => null)));
}"""


def write(page: Page, source: Path, target: Path) -> None:
    """Print one page of HTML as A4."""
    page.goto(source.as_uri())
    page.wait_for_selector("article h1", state="attached")  # index.html leads on to the first page
    page.wait_for_load_state("networkidle")
    page.wait_for_function("!window.MathJax || MathJax.startup?.promise")
    page.evaluate(READY)
    page.pdf(
        path=target,
        format="A4",
        margin={"top": "18mm", "bottom": "18mm", "left": "15mm", "right": "15mm"},
        display_header_footer=True,
        header_template=HEADER,
        footer_template=FOOTER,
        outline=True,
        tagged=True,
    )


def pack(file: Path) -> None:
    """Compress the objects of a PDF: its tags are tens of thousands, each written out by itself."""
    pikepdf.settings.set_flate_compression_level(9)
    packed = pikepdf.ObjectStreamMode.generate
    with pikepdf.open(file, allow_overwriting_input=True) as book:
        fold(book)
        book.save(object_stream_mode=packed, recompress_flate=True)


def fold(book: pikepdf.Pdf) -> None:
    """Give what stands in tags that say nothing ("NonStruct") to the tag around them.

    The browser writes one for every run of text: two of three tags. Reading order stays.
    """
    root = book.Root.get("/StructTreeRoot")
    if root is None:
        return
    moved: dict[tuple[int, int], Object] = {}
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        before = len(moved)
        kids = list(_folded(parent, parent, moved))
        if len(moved) > before:
            parent.K = Array(kids)
        waiting += [kid for kid in kids if _is_tag(kid)]
    for owners in _owners(root.get("/ParentTree", Dictionary())):
        for i, owner in enumerate(owners):
            if isinstance(owner, Dictionary) and owner.objgen in moved:
                owners[i] = moved[owner.objgen]


def _folded(tag: Object, parent: Object, moved: dict[tuple[int, int], Object]) -> Iterator[Object]:
    """What a tag holds, as kids of `parent`; `moved` learns which tags are gone, and to whom."""
    kids = tag.get("/K", Array())
    for kid in kids if isinstance(kids, Array) else [kids]:
        if _is_tag(kid) and str(kid.S) == "/NonStruct":
            moved[kid.objgen] = parent
            yield from _folded(kid, parent, moved)
        elif _is_tag(kid):
            if tag is not parent:
                kid.P = parent
            yield kid
        elif isinstance(kid, int):  # marked content on the tag's page
            yield Dictionary(Type=Name.MCR, Pg=tag.Pg, MCID=kid)
        else:
            if "/Pg" not in kid and "/Pg" in tag:
                kid.Pg = tag.Pg
            yield kid


def _is_tag(kid: object) -> bool:
    return isinstance(kid, Dictionary) and "/S" in kid


def _owners(tree: Object) -> Iterator[Array]:
    """The lists of a number tree that say, for each page, which tag holds its marked contents."""
    for branch in tree.get("/Kids", Array()):
        yield from _owners(branch)
    for value in tree.get("/Nums", Array()):
        if isinstance(value, Array):
            yield value


def main() -> int:
    """Print the book and link to it from the site."""
    browser_path = next((p for p in map(shutil.which, BROWSERS) if p), None)
    if browser_path is None:
        print(
            f"error: no browser to print with: install one of {', '.join(BROWSERS)}",
            file=sys.stderr,
        )
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        write(browser.new_page(), BUILD / "singlehtml" / "index.html", BUILD / dress.PDF)
        browser.close()
    pack(BUILD / dress.PDF)
    shutil.copy(BUILD / dress.PDF, BUILD / "html")
    dress.show_pdf(BUILD / "html")
    print("The book as PDF: book/_build/asyt.pdf, linked on the front page of the site")
    return 0


if __name__ == "__main__":
    sys.exit(main())
