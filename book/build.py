"""Executes the notebooks of the book and builds the site (`make book` calls this).

Each page with a kernel goes text -> jupytext -> papermill -> `_build/executed/`; then everything is
laid out in `_stage/` and Sphinx runs once, with warnings as errors and execution off. Pages run
side by side, as many as there are cores. A page is executed again only if its code, or anything
that it used when it ran, is other than it was (record.py), or with --force.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import jupytext
import nbformat
import papermill
import yaml
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

BOOK = Path(__file__).resolve().parent
sys.path[:0] = [str(BOOK), str(BOOK / "recorder")]  # its neighbours, wherever it is loaded from

import again  # noqa: E402
import kernels  # noqa: E402
import laid  # noqa: E402
import record  # noqa: E402
from marks import CACHE  # noqa: E402

ROOT = BOOK.parent
BUILD = BOOK / "_build"
STAGE = BOOK / "_stage"


FIGURE_CELL = re.compile(r"""pages\.figure\(["'](?P<id>[^"']*)["'](, *[\w."']+)?\)""")
"""A cell that shows a figure."""

MISSING_DATA = "data could not be had.**"
"""What `asyt.pages` says where a data set is missing."""

NEEDS = "needs-"
"""Beginning of the tag of a cell that cannot run without a data set."""

PROFILES = ("smoke", "quick", "paper")
PRODUCTS = ("plots", "trainer")
"""Scripts of this folder that write what pages load."""


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
    """Give every cell that shows a figure its caption, with its id, and its alternative text.

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
            said = f"{drawing.CAPTION} (`{match['id']}`)"
            shown["figure"] = {**shown["figure"], "caption": said}
            shown["image"] = {**shown.get("image", {}), "alt": drawing.ALT}
    return notebook


def _drawing(figure_id: str) -> Any:
    from asyt.errors import UnknownNameError  # not before `isolate`: it imports matplotlib
    from asyt.figures.drawing import find

    try:
        return find(figure_id)
    except UnknownNameError as error:
        raise BuildError(f"a page shows a figure that does not exist: {error}") from error


def prepared(source: Path) -> NotebookNode:
    """A page as it is executed: with captions, and notices in place of what lacks its data."""
    return supplied(captioned(jupytext.read(source)))


def execute(source: Path, output: Path, cwd: Path, knobs: dict[str, object] | None = None) -> float:
    """Run one page and keep its notebook at `output`, which appears only if every cell succeeds.

    `knobs` are put over those of the page's first cell; the published build has none. What the page
    used is written beside it, `output` with suffix .uses.

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
        prepared(source),
        str(part),
        parameters=knobs,
        kernel_name="python3",
        kernel_manager_class=kernels.recorded(output.with_suffix(".uses"), ROOT, BUILD),
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


class Page(NamedTuple):
    """A notebook page of this build."""

    name: str
    source: Path
    output: Path  # its executed notebook; its record lies beside it
    base: str  # of its code, see `record.base_of`
    notebook: NotebookNode  # as it would be executed

    @property
    def record(self) -> record.Record | None:
        """What it used when it was executed last."""
        return record.read(self.output.with_suffix(".json"))

    def why(self) -> str:
        """Why it has to be executed, in words; empty if it need not."""
        kept = self.record
        if kept is None or not self.output.exists():
            return "new"
        if not whole(self.output):
            return "it lacked data"
        return kept.changed(self.base, ROOT)


def find_pages(names: list[str]) -> list[Page]:
    """The pages with a kernel among these.

    Raises:
        BuildError: a page is not there, or an edit of its .ipynb half is left behind.
    """
    settings = {name: os.environ.get(name, "cpu") for name in ("ASYT_PROFILE", "ASYT_COMPUTE")}
    scale = "-".join(settings.values())
    found = []
    for name in names:
        source = BOOK / f"{name}.md"
        if not source.is_file():
            raise BuildError(
                f"_toc.yml lists '{name}' but there is no {source.name}: write it or unlist it."
            )
        if is_notebook(source):
            check_pair(source)
            notebook = prepared(source)
            base = record.base_of(notebook, settings)
            output = BUILD / "executed" / f"{name}-{scale}.ipynb"
            found.append(Page(name, source, output, base, notebook))
    return found


def run_page(page: Page) -> float:
    """Execute a page, then store its record; returns the seconds it took. Raises as `execute`."""
    page.output.with_suffix(".json").unlink(missing_ok=True)
    lines = page.output.with_suffix(".uses")
    try:
        seconds = execute(page.source, page.output, STAGE)
        record.made(lines, page.base, seconds, ROOT).write(page.output.with_suffix(".json"))
    finally:
        lines.unlink(missing_ok=True)
    return seconds


def execute_pages(
    pages: list[str], force: bool, at_once: int | None = None
) -> dict[str, tuple[Path, bool]]:
    """Execute what changed, `at_once` pages side by side, by default as many as there are cores.

    Returns:
        For each notebook page its executed file, and whether this call ran it.

    Raises:
        BuildError: naming each page that failed, after all pages were tried.
    """
    record.forget()
    shutil.rmtree(STAGE, ignore_errors=True)
    STAGE.mkdir(parents=True)  # empty: what Sphinx reads is laid out after the pages have run
    found = find_pages(pages)
    waiting = []
    for page in found:
        why = "--force" if force else page.why()
        if why:
            print(f"{page.name}: to execute ({why})", flush=True)
            waiting.append(page)
        else:
            print(f"{page.name}: unchanged, its executed notebook is reused", flush=True)
            refresh(page)
    failed = side_by_side(waiting, at_once or cores())
    if failed:
        raise BuildError(
            f"these pages failed, see the messages above: {', '.join(failed)}. The cells that ran "
            "are in "
            f"{(BUILD / 'executed').relative_to(ROOT)}/*.part.ipynb; mend the page or the library "
            "and build again."
        )
    return {page.name: (page.output, page in waiting) for page in found}


def refresh(page: Page) -> None:
    """Put the outputs of an executed page below its text of today."""
    before = nbformat.read(page.output, as_version=4)
    now = record.with_outputs(page.notebook, before)
    part = page.output.with_suffix(".part.ipynb")
    nbformat.write(now, part)
    part.replace(page.output)


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(pages: list[Page], at_once: int) -> list[str]:
    """Execute pages, those that took longest the last time first; returns the names of failed ones.

    An interruption ends the pages that run and keeps those that are done.
    """
    failed: list[str] = []
    started: list[str] = []
    ended: list[str] = []

    def begin(page: Page) -> float:
        started.append(page.name)
        try:
            return run_page(page)
        finally:
            ensure_event_loop().close()  # nbclient leaves that of a thread open

    def tell(page: Page, future: Future[float]) -> None:
        ended.append(page.name)
        try:
            said = f"{future.result():.1f} s"
        except (BuildError, PapermillExecutionError, DeadKernelError) as error:
            print(f"{page.name}: FAILED\n{error}", file=sys.stderr, flush=True)
            failed.append(page.name)
            said = "FAILED"
        running = [name for name in started if name not in ended]
        left = len(pages) - len(started)
        count = f"{len(ended)} done, {left} left"
        print(f"{page.name}: {said} [{count}; running: {', '.join(running) or '-'}]", flush=True)

    pool = ThreadPoolExecutor(at_once)
    with contextlib.chdir(STAGE):  # papermill's own change of folder would be that of all threads
        try:
            futures = {pool.submit(begin, page): page for page in sorted(pages, key=_duration)}
            for future in as_completed(futures):
                tell(futures[future], future)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.end_all()
            raise
        finally:
            pool.shutdown()
    return failed


def _duration(page: Page) -> float:
    """Sorts pages: the longest first, and first of all those that nobody has timed."""
    kept = page.record
    return -kept.seconds if kept else float("-inf")


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
        "_build", "_stage", "*.ipynb", "*.py", "__pycache__", ".ipynb_checkpoints", "recorder"
    )
    shutil.copytree(BOOK, STAGE, ignore=ignored)
    for page, (file, _) in executed.items():
        (STAGE / f"{page}.md").unlink()
        shutil.copy(file, STAGE / f"{page}.ipynb")
    (STAGE / "_status.md").write_text(status(executed), encoding="utf-8")
    (ROOT / "figures").mkdir(exist_ok=True)
    shutil.copytree(ROOT / "figures", STAGE / "figures")


def with_extensions() -> dict[str, str]:
    """The environment, in which Sphinx finds the extensions of this folder."""
    folders = [str(BOOK), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}


def sphinx(builder: str, force: bool = False) -> None:
    """Build the staged book strictly; add figures/, make its pages light and usable.

    A page is read again if its text or what it includes is other than it was, all are with `force`
    or where something else changed that reading depends on. All pages are written again.

    Raises:
        BuildError: on any warning of Sphinx.
    """
    source, output = BUILD / "source", BUILD / "sphinx" / builder
    laid.update(source, STAGE)
    read = laid.Read(output, source, ROOT)
    if force or not read.usable():
        read.forget()
    read.begin()
    written, site = output / "_build" / builder, BUILD / builder
    for folder in (written, site):
        shutil.rmtree(folder, ignore_errors=True)
    command = [Path(sys.executable).with_name("jupyter-book"), "build", source]
    options = ["--path-output", output, "--builder", builder, "-W", "-n", "--keep-going", "-q"]
    if subprocess.run([*command, *options], check=False, env=with_extensions()).returncode:
        raise BuildError("Sphinx reported the warnings above; each is an error here.")
    read.done()
    written.rename(site)
    shutil.copytree(ROOT / "figures", site / "figures", dirs_exist_ok=True)
    import dress  # beside this script

    dress.site(site, ROOT, again.Kept(BUILD / "dressed").made)


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
    os.environ[CACHE] = str(kernels.marked(BUILD))
    import matplotlib.font_manager  # noqa: F401  builds the font cache here, not in a page's output


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--force", action="store_true", help="execute every page, changed or not")
    parser.add_argument("--builder", choices=["html", "singlehtml"], default="html")
    parser.add_argument("--at-once", type=int, help="pages side by side; by default one a core")
    options = parser.parse_args()
    isolate()
    import anywhere  # beside this script
    import product
    import reference

    try:
        check_settings()
        executed = execute_pages(toc_pages(BOOK / "_toc.yml"), options.force, options.at_once)
        stage(executed)
        anywhere.prepare(STAGE)
        for name in PRODUCTS:
            product.add(name, STAGE, BUILD)
        reference.write(STAGE)
        anywhere.lay_out(STAGE, BUILD / "notebooks")
        sphinx(options.builder, options.force)
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
