"""Executes the notebooks of the book and builds the site (`make book` calls this).

Each page with a kernel goes text -> jupytext -> papermill -> `_build/executed/`; then everything is
laid out in `_stage/` and Sphinx runs once, with warnings as errors and execution off. A page is
executed again only if its source, the library, the data it may read, the pins, the profile or the
device changed, or with --force.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import papermill
import yaml
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
BUILD = BOOK / "_build"
STAGE = BOOK / "_stage"

INPUTS = (
    "src/asyt/**/*.py",
    "examples/**/*.py",
    "data/claims.yml",
    "data/readings.yml",
    "data/results/**/*",
    "constraints.txt",
)
"""What a page may depend on besides its own text; a change in these executes every page again."""

MATHJAX = ("tex-chtml.js", "input/tex", "output/chtml", "ui", "a11y", "sre")
"""What a page loads, or its menu can ask for, of the 24 MB of MathJax."""

FIGURE_CELL = re.compile(r"""pages\.figure\(["'](?P<id>[^"']*)["'](, *[\w.]+)?\)""")
"""A cell that shows a figure."""

MISSING_DATA = "data could not be had.**"
"""What `asyt.pages` says where a data set is missing."""

NEEDS = "needs-"
"""Beginning of the tag of a cell that cannot run without a data set."""

PROFILES = ("smoke", "quick", "paper")


class BuildError(Exception):
    """The book cannot be built; the message says what to do."""


def toc_pages(toc: Path) -> list[str]:
    """Page names (no suffix) in the order of the table of contents."""

    def walk(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (node[k] for k in ("root", "file") if k in node)
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return list(walk(yaml.safe_load(toc.read_text(encoding="utf-8"))))


def is_notebook(source: Path) -> bool:
    """Whether a MyST file's header names a kernel."""
    text = source.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        return False
    return "kernelspec" in (yaml.safe_load(text[4:].split("\n---\n", 1)[0]) or {})


def page_key(source: Path) -> str:
    """16 hex digits that change with anything the page's results may depend on."""
    digest = hashlib.sha256()
    for name in ("ASYT_PROFILE", "ASYT_COMPUTE"):
        digest.update(f"{name}={os.environ.get(name)}\n".encode())
    files: set[Path] = set()
    for pattern in INPUTS:
        files.update(filter(Path.is_file, ROOT.glob(pattern)))
    for file in [source, *sorted(files)]:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(ROOT)} {content}\n".encode())
    return digest.hexdigest()[:16]


def check_pair(source: Path) -> None:
    """See that no edit is left behind in the page's .ipynb half.

    Raises:
        BuildError: if that half says something else than the text half.
    """
    pair = source.with_suffix(".ipynb")
    if pair.exists() and text_of(pair) != text_of(source):
        raise BuildError(
            f"{pair.name} and {source.name} say different things: 'make notebooks' carries the "
            "later over to the other, or says that both were edited."
        )


def text_of(page: Path) -> str:
    """A page as MyST text, whichever half it is in, without its header."""
    return jupytext.writes(jupytext.read(page), "md:myst").split("\n---\n", 1)[1]


def strip(notebook: NotebookNode) -> NotebookNode:
    """Remove the paths and times that papermill leaves in the metadata."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return notebook


def supplied(notebook: NotebookNode) -> NotebookNode:
    """Put a visible notice in place of cells whose tag `needs-NAME` names a data set not had."""
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            name = tag.removeprefix(NEEDS)
            if name != tag and not available(name):
                cell.source = f'from asyt import pages\n\npages.missing("{name}")'
    return notebook


@functools.cache
def available(name: str) -> bool:
    """Whether a data set can be had here."""
    from asyt import datasets
    from asyt.errors import DataError

    try:
        datasets.load(name)
    except DataError:
        return False
    return True


def captioned(notebook: NotebookNode) -> NotebookNode:
    """Give every cell that shows a figure the caption and alternative text of the figure's file.

    Raises:
        BuildError: no such figure, or a cell without `mystnb: figure: name:`, so without an anchor.
    """
    for cell in notebook.cells:
        match = FIGURE_CELL.fullmatch(cell.source.strip())
        if cell.cell_type == "code" and match:
            drawing = _drawing(match["id"])
            shown = cell.metadata.get("mystnb", {})
            if not shown.get("figure", {}).get("name"):
                raise BuildError(
                    f"the cell of figure '{match['id']}' has no name: give it "
                    f"'mystnb: {{figure: {{name: fig-{match['id']}}}}}' in its header."
                )
            shown["figure"] = {**shown["figure"], "caption": drawing.CAPTION}
            shown["image"] = {**shown.get("image", {}), "alt": drawing.ALT}
    return notebook


def _drawing(figure_id: str) -> Any:
    from asyt.errors import UnknownNameError  # not before `isolate`: it imports matplotlib
    from asyt.figures.drawing import find

    try:
        return find(figure_id)
    except UnknownNameError as error:
        raise BuildError(f"a page shows a figure that does not exist: {error}") from error


def execute(source: Path, output: Path, cwd: Path, knobs: dict[str, object] | None = None) -> float:
    """Run one page and keep its notebook at `output`, which appears only if every cell succeeds.

    `knobs` are put over those of the page's first cell; the published build has none.

    Returns:
        Wall time in seconds.

    Raises:
        BuildError: if a cell of a figure is wrong.
        PapermillExecutionError: if a cell raises.
    """
    cwd.mkdir(parents=True, exist_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    part = output.with_suffix(".part.ipynb")
    notebook = papermill.execute_notebook(
        supplied(captioned(jupytext.read(source))),
        str(part),
        parameters=knobs,
        kernel_name="python3",
        progress_bar=False,
        cwd=str(cwd),
    )
    seconds = time.perf_counter() - started
    notebook.metadata["asyt"] = {
        "seconds": round(seconds, 1),
        "executed": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M"),
        "profile": os.environ["ASYT_PROFILE"],
        "compute": os.environ.get("ASYT_COMPUTE", "cpu"),
    }
    nbformat.write(strip(notebook), part)
    part.replace(output)
    return seconds


def whole(output: Path) -> bool:
    """Whether an executed page had all its data; one that had not is executed again."""
    return MISSING_DATA not in output.read_text(encoding="utf-8")


def execute_pages(pages: list[str], force: bool) -> dict[str, tuple[Path, bool]]:
    """Execute what changed.

    Returns:
        For each notebook page its executed file, and whether this call ran it.

    Raises:
        BuildError: naming each page that failed, after all pages were tried.
    """
    folder, done, failed = BUILD / "executed", {}, []
    for page in pages:
        source = BOOK / f"{page}.md"
        if not source.is_file():
            raise BuildError(
                f"_toc.yml lists '{page}' but there is no {source.name}: write it or unlist it."
            )
        if not is_notebook(source):
            continue
        check_pair(source)
        scale = f"{os.environ['ASYT_PROFILE']}-{os.environ.get('ASYT_COMPUTE', 'cpu')}"
        output = folder / f"{page}-{scale}-{page_key(source)}.ipynb"
        if output.exists() and not force and whole(output):
            print(f"{page}: unchanged, its executed notebook is reused", flush=True)
            done[page] = (output, False)
            continue
        print(f"{page}: executing ...", flush=True)
        try:
            seconds = execute(source, output, STAGE)
        except (BuildError, PapermillExecutionError) as error:
            print(f"{page}: FAILED\n{error}", file=sys.stderr, flush=True)
            failed.append(page)
            continue
        for old in set(folder.glob(f"{page}-{scale}-{'?' * 16}*.ipynb")) - {output}:
            old.unlink()
        print(f"{page}: {seconds:.1f} s", flush=True)
        done[page] = (output, True)
    if failed:
        raise BuildError(
            f"these pages failed, see the messages above: {', '.join(failed)}. The cells that ran "
            "are in "
            f"{folder.relative_to(ROOT)}/*.part.ipynb; mend the page or the library and build "
            "again."
        )
    return done


def status(executed: dict[str, tuple[Path, bool]]) -> str:
    """The tables of the status page, in Markdown."""
    lines = [
        "| Page | Executed (UTC) | Seconds | Profile | Device | This build |",
        "|---|---|---|---|---|---|",
    ]
    for page, (file, fresh) in executed.items():
        run = nbformat.read(file, as_version=4).metadata["asyt"]
        lines.append(
            f"| {{doc}}`{page}` | {run['executed']} | {run['seconds']} | {run['profile']} | "
            f"{run['compute']} "
            f"| {'executed' if fresh else 'reused'} |"
        )
    git = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    commit = git.stdout.strip() if git.returncode == 0 else "unknown (no git checkout)"
    rows = {"Commit": commit, "Python": platform.python_version(), "System": platform.platform()}
    rows["Processors"] = str(os.cpu_count())
    for package in (
        "asyt",
        "torch",
        "numpy",
        "scikit-learn",
        "matplotlib",
        "jupyter-book",
        "Sphinx",
    ):
        rows[package] = importlib.metadata.version(package)
    lines += [
        "",
        "| Environment | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows.items()),
    ]
    return "\n".join(lines) + "\n"


def stage(executed: dict[str, tuple[Path, bool]]) -> None:
    """Lay out what Sphinx reads: the book, with executed notebooks for their text, and figures/."""
    shutil.rmtree(STAGE, ignore_errors=True)
    ignored = shutil.ignore_patterns(
        "_build", "_stage", "*.ipynb", "*.py", "__pycache__", ".ipynb_checkpoints"
    )
    shutil.copytree(BOOK, STAGE, ignore=ignored)
    for page, (file, _) in executed.items():
        (STAGE / f"{page}.md").unlink()
        shutil.copy(file, STAGE / f"{page}.ipynb")
    (STAGE / "_status.md").write_text(status(executed), encoding="utf-8")
    (ROOT / "figures").mkdir(exist_ok=True)
    shutil.copytree(ROOT / "figures", STAGE / "figures")


def sphinx(builder: str) -> None:
    """Build the staged book from scratch, strictly; add figures/, drop what no page can load.

    Raises:
        BuildError: on any warning of Sphinx.
    """
    site = BUILD / builder
    shutil.rmtree(site, ignore_errors=True)
    command = [
        Path(sys.executable).with_name("jupyter-book"),
        "build",
        STAGE,
        "--path-output",
        BOOK,
    ]
    options = ["--builder", builder, "--all", "-W", "-n", "--keep-going", "-q"]
    if subprocess.run([*command, *options], check=False).returncode:
        raise BuildError("Sphinx reported the warnings above; each is an error here.")
    shutil.copytree(ROOT / "figures", site / "figures", dirs_exist_ok=True)
    mathjax = site / "_static" / "mathjax"
    keep = [mathjax / name for name in MATHJAX]
    for file in [f for f in mathjax.rglob("*") if f.is_file()]:
        if not any(file == k or k in file.parents for k in keep):
            file.unlink()


def check_settings() -> None:
    """See that the profile and the processor exist, before a page is executed.

    Raises:
        BuildError: one of them does not.
    """
    for name, values in (("ASYT_PROFILE", PROFILES), ("ASYT_COMPUTE", ("cpu", "cuda"))):
        if os.environ[name] not in values:
            raise BuildError(f"{name}={os.environ[name]}: choose one of {', '.join(values)}.")


def isolate() -> None:
    """Point Jupyter, IPython and matplotlib at this environment, not at the user's settings."""
    os.environ.setdefault("ASYT_PROFILE", "paper")
    os.environ.setdefault("ASYT_COMPUTE", "cpu")
    os.environ["JUPYTER_PATH"] = str(
        Path(sys.prefix) / "share" / "jupyter"
    )  # the kernel is this Python
    ours = str(BOOK / "sphinxext")
    os.environ["PYTHONPATH"] = os.pathsep.join([ours, os.environ.get("PYTHONPATH", "")])
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        folder = BUILD / "settings" / name.lower()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    import matplotlib.font_manager  # noqa: F401  builds the font cache here, not in a page's output


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--force", action="store_true", help="execute every page, changed or not")
    parser.add_argument("--builder", choices=["html", "singlehtml"], default="html")
    options = parser.parse_args()
    isolate()
    import anywhere  # beside this script
    import plots
    import reference
    import trainer

    try:
        check_settings()
        executed = execute_pages(toc_pages(BOOK / "_toc.yml"), options.force)
        stage(executed)
        anywhere.prepare(STAGE)
        plots.write(STAGE / "_static", STAGE / "extra")
        reference.write(STAGE)
        trainer.write(STAGE / "extra" / "trainer")
        anywhere.lay_out(STAGE, BUILD / "notebooks")
        sphinx(options.builder)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\nSeconds a page took when it was executed:")
    for page, (file, fresh) in executed.items():
        seconds = nbformat.read(file, as_version=4).metadata["asyt"]["seconds"]
        print(f"  {page:24} {seconds:8.1f}{'' if fresh else '  (reused)'}")
    print(f"\nThe book: {(BUILD / options.builder).relative_to(ROOT)}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
