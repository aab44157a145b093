"""Executes one page with knobs of the reader's own (`make page` calls this).

    python book/page.py mnist -p distortion 1.0 -p chips 5

What it makes lies in `_build/own/`, apart from the published book. Links to other pages lead
nowhere there.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import build
import jupytext
import yaml
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

OWN = build.BUILD / "own"


def knobs_of(notebook: NotebookNode) -> dict[str, object]:
    """Name and published value of the knobs that the page's first cell sets; {} if it has none."""
    from asyt.knobs import TAG, declared

    for cell in notebook.cells:
        if TAG in cell.metadata.get("tags", []):
            return declared(cell.source)
    return {}


def execute(page: str, texts: dict[str, str]) -> Path:
    """Execute a page with some knobs, as typed, and return its notebook.

    Raises:
        AsytError: no such page or knob, which suggests the nearest, or a value of another type.
        BuildError: no such profile.
        PapermillExecutionError: a cell failed.
    """
    from asyt.errors import lookup
    from asyt.knobs import PROFILE, written

    source = build.BOOK / f"{page}.md"
    names = [file.stem for file in build.BOOK.glob("*.md") if build.is_notebook(file)]
    lookup(page, names, "page")
    values = written(texts, knobs_of(jupytext.read(source)))
    os.environ["ASYT_PROFILE"] = str(values.pop(PROFILE, os.environ["ASYT_PROFILE"]))
    build.check_settings()
    output = OWN / f"{page}.ipynb"
    build.execute(source, output, OWN / "run", values)
    return output


def site(page: str, notebook: Path) -> Path:
    """Build a site of that page alone and return its address."""
    stage = OWN / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    left_out = shutil.ignore_patterns("_build", "_stage", "*.ipynb", "*.py", "*.md")
    shutil.copytree(build.BOOK, stage, ignore=left_out)
    shutil.copy(notebook, stage)
    shutil.copytree(build.ROOT / "figures", stage / "figures")
    toc = {"format": "jb-book", "root": page}
    (stage / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    program = Path(sys.executable).with_name("jupyter-book")
    command = [program, "build", stage, "--path-output", OWN, "--all", "-q"]
    built = subprocess.run(
        command, check=False, capture_output=True, text=True, env=build.with_extensions()
    )
    if built.returncode:
        raise build.BuildError(f"the page could not be built:\n{built.stderr}")
    shutil.copytree(stage / "figures", OWN / "_build/html/figures", dirs_exist_ok=True)
    import dress  # beside this script

    dress.site(OWN / "_build/html", build.ROOT)
    return OWN / "_build/html" / f"{page}.html"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("page", help="name of a page, such as mnist")
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("KNOB", "VALUE"))
    options = parser.parse_args()
    build.isolate()
    from asyt.errors import AsytError

    try:
        notebook = execute(options.page, dict(options.p))
        address = site(options.page, notebook)
    except (AsytError, build.BuildError, PapermillExecutionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"The executed notebook: {os.path.relpath(notebook)}")
    print(f"The page:              {os.path.relpath(address)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
