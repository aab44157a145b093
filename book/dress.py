"""Makes the pages that Sphinx wrote lighter and easier to use, before anyone sees them.

What no page loads goes (the icon font, source maps, most of MathJax); icons become drawings in the
page; every cell of a table knows its column, so that a phone can show a row as a card; every figure
opens enlarged; roles that no reader of screens understands go.
"""

import json
import re
import shutil
from collections.abc import Callable, Mapping, Set
from functools import partial
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bs4 import BeautifulSoup, Tag
from PIL import Image

#: What a page loads of the 24 MB of MathJax; its menu and its speech are not among it. The most
#: usual commands are in input/tex.js; a page with another one fails a test that names the file.
MATHJAX = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions/boldsymbol.js",
    "output/chtml.js",
    "output/chtml/fonts",
    "a11y/assistive-mml.js",
)
#: What no page loads.
UNUSED = (
    "**/*.map",
    "_static/vendor/fontawesome/**/*",
    "_static/scripts/fontawesome*",
    "_static/locales/**/*",
    "_static/webpack-macros.html",
)
#: Name of an icon -> its width, height, other names, code point and outline in the icon script.
ICON = r'[,{{]"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"\]'
#: Where a style sheet loads the icon font.
FONT = r"@font-face\{[^}]*fontawesome[^}]*\}"
#: A rule of a style sheet, within a condition on the screen too: its selectors, and what it sets.
RULE = re.compile(r"([^{}@;/]+)\{([^{}]*)\}")
#: A class that a selector asks for.
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
#: What a page must have -> what else it need not load: cards and tabs, code to copy.
PARTS = {
    "[class*=sd-]": "link[href*=sphinx-design], script[src*=design-tabs]",
    "div.highlight": "link[href*=copybutton], script[src*=copybutton], script[src*=clipboard]",
}
#: A token of code that both themes colour like the code around it: a name, a bracket, a space.
PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
#: Roles that are deprecated, or that their place does not allow.
ROLES = ("doc-biblioentry", "list")
#: What scrolls sideways where it is wider than the page, so that keys must reach it.
SCROLLED = "div.pst-scrollable-table-container, div.math.notranslate, table.matrix"
PDF = "asyt.pdf"
#: Most pixels of a thumbnail, across and down.
SMALL = (440, 320)


def anew(_name: str, _made_from: bytes, make: Callable[[], bytes]) -> bytes:
    """As `again.Kept.made`, with nothing kept."""
    return make()


def site(folder: Path, root: Path, made: Callable[..., bytes] = anew) -> None:
    """Dress every page of a built site, then remove what none of them loads.

    `root` is the project, whose published figures and register come along; `made` gives what a page
    becomes, perhaps from before.
    """
    script = folder / "_static" / "scripts" / "fontawesome.js"
    outlines = script.read_text(encoding="utf-8") if script.exists() else ""
    same = published(folder)
    others = [Path(__file__).read_text(encoding="utf-8"), version("beautifulsoup4"), outlines, same]
    for page in sorted(folder.glob("*.html")):
        html = page.read_text(encoding="utf-8")
        make = partial(_encoded, html, outlines, same)
        page.write_bytes(made(page.name, json.dumps([html, *others]).encode(), make))
    for image in same:
        (folder / image).unlink()
    thumbnails(root / "figures", folder / "_static" / "thumbs", made)
    for file in (root / "data" / "register").glob("*"):
        shutil.copy(file, folder)
    prune(folder)
    show_pdf(folder)


def published(folder: Path) -> dict[str, str]:
    """Address of an image of a page -> that of the published figure which has the same bytes.

    The build ends the lines of a page's pictures anew, so that the last one may be missing.
    """
    figures = {file.read_bytes().strip(): file for file in folder.glob("figures/*/*.svg")}
    found = {}
    for image in folder.glob("_images/*.svg"):
        figure = figures.get(image.read_bytes().strip())
        if figure is not None:
            found[image.relative_to(folder).as_posix()] = figure.relative_to(folder).as_posix()
    return found


def thumbnails(figures: Path, folder: Path, made: Callable[..., bytes] = anew) -> None:
    """A small picture of each published figure."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in figures.glob("*/*.png"):
        made_from = picture.read_bytes() + f"{SMALL} {version('pillow')}".encode()
        (folder / picture.name).write_bytes(made(picture.name, made_from, partial(small, picture)))


def small(picture: Path) -> bytes:
    """A picture as a thumbnail."""
    stored = BytesIO()
    with Image.open(picture) as image:
        thumbnail = image.convert("RGB")
        thumbnail.thumbnail(SMALL)
        thumbnail.quantize(64).save(stored, "png", optimize=True)
    return stored.getvalue()


def _encoded(*page: Any) -> bytes:
    return dressed(*page).encode()


def dressed(html: str, outlines: str = "", same: Mapping[str, str] = MappingProxyType({})) -> str:
    """One page. `outlines` is the icon script of the theme, `same` as of `published`."""
    soup = BeautifulSoup(PLAIN.sub(r"\1", html), "html.parser")
    for image in soup.select("img[src]"):
        image["src"] = same.get(image["src"], image["src"])
    draw_icons(soup, outlines)
    load_parts(soup)
    drop_unneeded(soup)
    label_cells(soup)
    open_figures(soup)
    name_parts(soup)
    return str(soup)


def draw_icons(soup: BeautifulSoup, outlines: str) -> None:
    """Put an outline in place of every icon of the font, and drop the script that draws them."""
    for script in soup.find_all("script", src=re.compile("fontawesome")):
        script.decompose()
    for icon in soup.select("i[class*=fa-], span[class*=fa-]"):
        names = [name.removeprefix("fa-") for name in icon["class"] if name.startswith("fa-")]
        found = next(filter(None, (outline(name, outlines) for name in names)), None)
        if found is None:
            continue
        width, height, path = found
        svg = soup.new_tag("svg", viewBox=f"0 0 {width} {height}", **icon.attrs)
        svg["class"] = [*icon["class"], "icon"]
        svg["aria-hidden"] = "true"
        svg.append(soup.new_tag("path", d=path, fill="currentColor"))
        icon.replace_with(svg)


def outline(name: str, outlines: str) -> tuple[str, str, str] | None:
    """Width, height and path of an icon; None if the script has none of that name."""
    found = re.search(ICON.format(name=re.escape(name)), outlines)
    return found and found.groups()


def load_parts(soup: BeautifulSoup) -> None:
    """Load the parts of MathJax that `mathjax3_config` names, not the bundle with its menu."""
    for script in soup.find_all("script", src=re.compile(r"mathjax/tex-chtml\.js")):
        script["src"] = script["src"].replace("tex-chtml.js", "startup.js")


def drop_unneeded(soup: BeautifulSoup) -> None:
    """Do not load on a page the scripts and styles of what it does not have."""
    for needed, parts in PARTS.items():
        if soup.select_one(needed) is None:
            for part in soup.select(parts):
                part.decompose()


def label_cells(soup: BeautifulSoup) -> None:
    """Give each cell the heading of its column; an empty heading is a cell like others."""
    for table in soup.select("article table"):
        head = table.select_one("thead tr:last-child")
        if head is None:
            continue
        titles = []
        for cell in head.find_all(["th", "td"]):
            titles += [cell.get_text(" ", strip=True)] * int(cell.get("colspan", 1))
        for empty in [cell for cell in table.find_all("th") if not cell.get_text(strip=True)]:
            empty.name = "td"
        for row in table.select("tbody tr"):
            for cell, title in zip(row.find_all(["th", "td"]), titles, strict=False):
                if title and not cell.get("data-label"):
                    cell["data-label"] = title


def open_figures(soup: BeautifulSoup) -> None:
    """Let each figure open in full size, by a click or the Enter key."""
    for image in soup.select("article figure img"):
        if image.find_parent("a") is None:
            alt = image.get("alt", "")
            link = soup.new_tag("a", href=image["src"], attrs={"class": "enlarge"})
            link["title"] = "Open the figure in full size"
            image.wrap(link)
            image["loading"] = "lazy"
            image["alt"] = alt


def name_parts(soup: BeautifulSoup) -> None:
    """Mend what assistive technology stumbles over in the theme's pages."""
    for part in soup.select("[role]"):
        if part["role"] in ROLES:
            del part["role"]
    for region in soup.select(SCROLLED):
        region["tabindex"] = "0"
    for toggle in soup.select("summary:has(> .toctree-toggle)"):
        toggle["aria-label"] = "Pages of this part"
    sidebar = soup.find(id="pst-primary-sidebar")
    if isinstance(sidebar, Tag) and not sidebar.get("role"):
        sidebar["role"] = "complementary"
        sidebar["aria-label"] = "Contents of the book"
    dialog = soup.find(id="pst-search-dialog")
    if isinstance(dialog, Tag):
        dialog["aria-label"] = "Search"


def show_pdf(folder: Path) -> None:
    """Show the links to the book as one file where that file is there."""
    if not (folder / PDF).is_file():
        return
    for page in folder.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        page.write_text(re.sub(r'(class="pdf") hidden(="")?', r"\1", html), encoding="utf-8")


def in_use(css: str, words: Set[str]) -> str:
    """A style sheet without selectors of classes that no page or script has a word for."""

    def kept(rule: re.Match[str]) -> str:
        listed, style = rule.groups()
        if "(" in listed:  # a comma may be within the brackets
            return rule[0]
        selectors = [one for one in listed.split(",") if set(CLASS.findall(one)) <= words]
        return f"{','.join(selectors)}{{{style}}}" if selectors else ""

    return RULE.sub(kept, css)


def prune(folder: Path) -> None:
    """Remove what no page loads, and pictures from notebooks that are offered to be run."""
    pages = [*folder.glob("*.html"), *folder.glob("_static/**/*.js")]
    words: set[str] = set()
    for page in pages:
        words.update(re.findall(r"[\w-]+", page.read_text(encoding="utf-8")))
    for sheet in folder.glob("_static/**/*.css"):
        css = re.sub(FONT, "", sheet.read_text(encoding="utf-8"))
        sheet.write_text(in_use(css, words), encoding="utf-8")
    for notebook in folder.glob("_sources/*.ipynb"):
        notebook.write_text(lighter(notebook.read_text(encoding="utf-8")), encoding="utf-8")
    for pattern in UNUSED:
        for file in filter(Path.is_file, folder.glob(pattern)):
            file.unlink()
    mathjax = folder / "_static" / "mathjax"
    kept = [mathjax / name for name in MATHJAX]
    for file in filter(Path.is_file, mathjax.rglob("*")):
        if not any(file == one or one in file.parents for one in kept):
            file.unlink()
    for empty in sorted(filter(Path.is_dir, folder.rglob("*")), reverse=True):
        if not any(empty.iterdir()):
            empty.rmdir()


def lighter(notebook: str) -> str:
    """A notebook without what whoever runs it draws again, or what links to pages of the site."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            for kind in [kind for kind in shown if kind.startswith("image/")]:
                del shown[kind]
            if "href=" in "".join(shown.get("text/html", "")):
                del shown["text/html"]
    return json.dumps(content, ensure_ascii=False) + "\n"
