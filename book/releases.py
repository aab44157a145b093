"""Keeps the books of all releases beside the newest one (the workflow `publish` calls this).

    python book/releases.py book/_build/html FOLDER [--keep v0.2.0]

FOLDER holds a built book a release. `--keep` adds the one that was just built; then all are copied
into the site, `releases/<version>/`, with a list of them, `releases/index.html`.
"""

import argparse
import html
import re
import shutil
import sys
from pathlib import Path

#: What a folder of a release is called: the tag.
VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
LIST = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Releases of this book</title>
<h1>Releases of this book</h1>
<ul>
<li><a href="../index.html">newest</a></li>
{items}
</ul>
</html>
"""


def number(folder: Path) -> tuple[int, ...]:
    """The version of a release's folder, to sort by."""
    found = VERSION.fullmatch(folder.name)
    if found is None:
        raise SystemExit(f"error: '{folder.name}' is no release: call it like v0.2.0")
    return tuple(map(int, found.groups()))


def keep(site: Path, releases: Path, version: str) -> None:
    """Add a built book to the releases; one that is there stays as it was published."""
    folder = releases / version
    number(folder)
    if folder.exists():
        raise SystemExit(f"error: {version} is published already: a release does not change")
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("releases"))


def place(site: Path, releases: Path) -> list[str]:
    """Copy all releases into the site, list them, newest first, and return their names."""
    folders = [folder for folder in releases.iterdir() if not folder.name.startswith(".")]
    folders = sorted((folder for folder in folders if folder.is_dir()), key=number, reverse=True)
    shutil.rmtree(site / "releases", ignore_errors=True)
    (site / "releases").mkdir()
    items = []
    for folder in folders:
        shutil.copytree(folder, site / "releases" / folder.name)
        name = html.escape(folder.name)
        items.append(f'<li><a href="{name}/index.html">{name}</a></li>')
    text = LIST.format(items="\n".join(items))
    (site / "releases" / "index.html").write_text(text, encoding="utf-8")
    return [folder.name for folder in folders]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("releases", type=Path)
    parser.add_argument("--keep", metavar="VERSION")
    options = parser.parse_args()
    if options.keep:
        keep(options.site, options.releases, options.keep)
    print("releases:", ", ".join(place(options.site, options.releases)) or "none yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
