"""book/build.py: what is executed again, what is kept, and how a page that fails is reported."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jupytext
import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError

from asyt import pages
from asyt.errors import AsytError, DataError
from asyt.figures import asyt_fig5a as fig5a

BUILD_PY = Path(__file__).resolve().parents[1] / "book" / "build.py"
HEADER = """---
jupytext:
  formats: ipynb,md:myst
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

"""


def cell(code: str) -> str:
    return f"```{{code-cell}} ipython3\n{code}\n```\n"


@pytest.fixture
def build(tmp_path, monkeypatch):
    """The build script, at work in a project of its own."""
    spec = importlib.util.spec_from_file_location("book_build_under_test", BUILD_PY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, folder in {
        "ROOT": "",
        "BOOK": "book",
        "BUILD": "book/_build",
        "STAGE": "book/_stage",
    }.items():
        monkeypatch.setattr(module, name, tmp_path / folder)
    for folder in ("book", "src/mine", "data/results", "figures"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("__init__", "first", "second"):
        (tmp_path / f"src/mine/{name}.py").write_text("A = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "src"))
    for name, folder in {
        "IPYTHONDIR": "i",
        "JUPYTER_RUNTIME_DIR": "j",
        "MPLCONFIGDIR": "m",
    }.items():
        (tmp_path / "settings" / folder).mkdir(parents=True)
        monkeypatch.setenv(name, str(tmp_path / "settings" / folder))
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    monkeypatch.setenv("ASYT_COMPUTE", "cpu")
    return module


def test_toc_pages_come_in_reading_order(build, tmp_path):
    toc = tmp_path / "_toc.yml"
    toc.write_text(
        "root: a\nparts:\n- chapters:\n  - file: b\n    sections:\n    - file: c\n  - file: d\n"
    )
    assert build.toc_pages(toc) == ["a", "b", "c", "d"]


def test_only_pages_with_a_kernel_are_notebooks(build, tmp_path):
    plain, notebook = tmp_path / "p.md", tmp_path / "n.md"
    plain.write_text("---\ntitle: x\n---\n# T\n")
    notebook.write_text(HEADER)
    assert not build.is_notebook(plain)
    assert build.is_notebook(notebook)


@pytest.fixture
def edit_pair(tmp_path):
    """Writes a page that says `1`, and a later .ipynb half that says `code`."""

    def write(code):
        page = tmp_path / "book/p.md"
        page.write_text(HEADER + cell("1"))
        notebook = jupytext.read(page)
        notebook.cells[0].source = code
        nbformat.write(notebook, page.with_suffix(".ipynb"))
        return page

    return write


@pytest.mark.parametrize("later", ["p.md", "p.ipynb"])
def test_edit_of_the_notebook_half_is_not_ignored(build, edit_pair, later):
    build.check_pair(edit_pair("1"))
    page = edit_pair("2")
    for half in (page, page.with_suffix(".ipynb")):
        os.utime(half, (1, 1 + (half.name == later)))
    with pytest.raises(build.BuildError, match="'make notebooks' carries the later over"):
        build.check_pair(page)


def test_page_is_executed_once_and_then_reused(build, tmp_path):
    (tmp_path / "book/p.md").write_text(
        HEADER + cell("import os\nprint(os.environ['ASYT_PROFILE'], 6 * 7)")
    )
    (tmp_path / "book/q.md").write_text("# Plain\n")
    first = build.execute_pages(["p", "q"], force=False)
    again = build.execute_pages(["p", "q"], force=False)
    assert list(first) == ["p"]
    assert [fresh for _, fresh in first.values()] == [True]
    assert [fresh for _, fresh in again.values()] == [False]
    notebook = nbformat.read(first["p"][0], as_version=4)
    assert notebook.cells[0].outputs[0]["text"] == "smoke 42\n"
    assert notebook.metadata["asyt"]["profile"] == "smoke"
    assert str(tmp_path) not in first["p"][0].read_text()


def printed(notebook):
    return [o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o]


def fresh(build, *pages, **options):
    """Which of some pages a build executes."""
    made = build.execute_pages(list(pages), force=False, **options)
    return [page for page, (_, executed) in made.items() if executed]


def write_pages(tmp_path, **codes):
    for name, code in codes.items():
        (tmp_path / f"book/{name}.md").write_text(HEADER + "Words.\n\n" + cell(code))


def test_only_pages_that_used_a_module_or_table_are_executed_again(build, tmp_path, monkeypatch):
    table = tmp_path / "data/results/t.csv"
    table.write_text("1")
    write_pages(
        tmp_path,
        one="import mine.first\nprint(mine.first.A)",
        two="def later():\n    from mine import second\nlater()",
        three=f"open({str(table)!r}).read()",
        four="import os\nos.environ.get('OURS')",
        five="6 * 7",
    )
    pages = ("one", "two", "three", "four", "five")
    assert fresh(build, *pages) == list(pages)
    assert fresh(build, *pages) == []
    (tmp_path / "src/mine/second.py").write_text("A = 2\n")
    table.write_text("2")
    assert fresh(build, *pages) == ["two", "three"]
    (tmp_path / "src/mine/first.py").write_text("A = 2000\n")
    monkeypatch.setenv("OURS", "1")
    assert fresh(build, *pages) == ["one", "four"]
    printed_now = nbformat.read(tmp_path / "book/_build/executed/one-smoke-cpu.ipynb", as_version=4)
    assert printed(printed_now) == ["2000\n"]


def test_prose_is_new_and_outputs_are_kept(build, tmp_path):
    write_pages(tmp_path, p="print(6 * 7)")
    assert fresh(build, "p") == ["p"]
    source = tmp_path / "book/p.md"
    source.write_text(source.read_text().replace("Words.", "Other words.") + "\nAn end.\n")
    assert fresh(build, "p") == []
    shown = nbformat.read(tmp_path / "book/_build/executed/p-smoke-cpu.ipynb", as_version=4)
    assert [made.source for made in shown.cells] == ["Other words.", "print(6 * 7)", "An end."]
    assert printed(shown) == ["42\n"]
    assert shown.metadata["asyt"]["profile"] == "smoke"
    source.write_text(source.read_text().replace("6 * 7", "6 * 8"))
    assert fresh(build, "p") == ["p"]


def test_pages_run_side_by_side_and_progress_is_told(build, tmp_path, capsys):
    meet = """
import pathlib, time
pathlib.Path("{own}").touch()
while not pathlib.Path("{other}").exists():
    time.sleep(0.1)
"""
    write_pages(tmp_path, a=meet.format(own="a", other="b"), b=meet.format(own="b", other="a"))
    assert fresh(build, "a", "b", at_once=2) == ["a", "b"]
    told = capsys.readouterr().out
    assert "1 done, 0 left; running: " in told
    assert "2 done, 0 left; running: -" in told


def test_pages_compute_with_one_thread(build, tmp_path):
    write_pages(tmp_path, p="import torch\nprint(torch.get_num_threads())")
    output, _ = build.execute_pages(["p"], force=False)["p"]
    assert printed(nbformat.read(output, as_version=4)) == ["1\n"]


def test_longest_pages_begin_first(build, tmp_path, monkeypatch):
    write_pages(tmp_path, short="1", long="1", new="1")
    build.execute_pages(["short", "long"], force=False, at_once=1)
    for name, seconds in (("short", 1.0), ("long", 2.0)):
        (kept,) = (tmp_path / "book/_build").rglob(f"{name}-*.json")
        kept.write_text(json.dumps({**json.loads(kept.read_text()), "seconds": seconds}))
    begun = []
    monkeypatch.setattr(build, "run_page", lambda page: begun.append(page.name) or 0.0)
    build.execute_pages(["short", "long", "new"], force=True, at_once=1)
    assert begun == ["new", "long", "short"]


INTERRUPTED = """
import sys
sys.path.insert(0, {book!r})
import build
from pathlib import Path
root = Path({root!r})
build.ROOT, build.BOOK = root, root / "book"
build.BUILD, build.STAGE = root / "book/_build", root / "book/_stage"
build.execute_pages(["quick", "endless"], force=False, at_once=1)
"""


def test_interrupted_build_keeps_pages_that_are_done(build, tmp_path):
    endless = "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)"
    write_pages(tmp_path, quick="1", endless=endless)
    script = INTERRUPTED.format(book=str(BUILD_PY.parent), root=str(tmp_path))
    running = subprocess.Popen([sys.executable, "-c", script])
    while not (tmp_path / "book/_stage/begun").exists():
        assert running.poll() is None
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    assert running.wait(60) != 0
    write_pages(tmp_path, endless="2")
    assert fresh(build, "quick", "endless") == ["endless"]


def test_page_cannot_replace_a_published_figure(build, tmp_path, capsys):
    figure = tmp_path / "figures/a/a.csv"
    figure.parent.mkdir()
    figure.write_text("published")
    write_pages(tmp_path, p=f"open({str(figure)!r}, 'w')")
    with pytest.raises(build.BuildError, match="p"):
        build.execute_pages(["p"], force=False)
    assert "a page of the book writes nothing to the project" in capsys.readouterr().err
    assert figure.read_text() == "published"


def test_failing_page_is_named_and_leaves_no_notebook(build, tmp_path, capsys):
    (tmp_path / "book/bad.md").write_text(HEADER + cell("1 / 0"))
    with pytest.raises(build.BuildError, match="bad"):
        build.execute_pages(["bad"], force=False)
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert [
        f.name for f in (tmp_path / "book/_build/executed").glob("bad-*") if ".part." not in f.name
    ] == []


def test_execute_raises_what_the_cell_raised(build, tmp_path):
    page = tmp_path / "book/bad.md"
    page.write_text(HEADER + cell("raise ValueError('27 volts')"))
    with pytest.raises(PapermillExecutionError, match="27 volts"):
        build.execute(page, tmp_path / "out.ipynb", tmp_path)


def test_pages_of_another_profile_are_kept(build, tmp_path, monkeypatch):
    (tmp_path / "book/p.md").write_text(HEADER + cell("1"))
    build.execute_pages(["p"], force=False)
    monkeypatch.setenv("ASYT_PROFILE", "quick")
    assert build.execute_pages(["p"], force=False)["p"][1]
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    assert not build.execute_pages(["p"], force=False)["p"][1]


def test_page_without_its_data_is_executed_again(build, tmp_path, monkeypatch):
    def missing(name):
        raise DataError(f"{name} is missing")

    shown = []
    monkeypatch.setattr(pages.datasets, "load", missing)
    monkeypatch.setattr(pages, "display", shown.append)
    pages.profile("mnist")
    said = cell(f"from IPython.display import Markdown\nMarkdown({shown[0].data!r})")
    (tmp_path / "book/p.md").write_text(HEADER + said)
    for _ in range(2):
        assert build.execute_pages(["p"], force=False)["p"][1]


@pytest.mark.parametrize(("name", "value"), [("ASYT_PROFILE", "papre"), ("ASYT_COMPUTE", "mps")])
def test_wrong_settings_are_refused_before_a_page_is_executed(build, monkeypatch, name, value):
    build.check_settings()
    monkeypatch.setenv(name, value)
    with pytest.raises(build.BuildError, match=f"{name}={value}: choose one of"):
        build.check_settings()


#: A caption in the book ends with the id by which the figure is cited.
SAID = f"{fig5a.CAPTION} (`asyt-fig5a`)"


def figure_page(tmp_path, header="mystnb: {figure: {name: fig-a}}", figure_id="asyt-fig5a"):
    page = tmp_path / "book/p.md"
    code = f'---\n{header}\n---\npages.figure("{figure_id}")'
    page.write_text(HEADER + cell(code) + "\n" + cell("pages.files('asyt-fig5a')"))
    return jupytext.read(page)


@pytest.mark.parametrize("source", ['pages.figure("asyt-fig5a")', "pages.figure('asyt-fig5a', p)"])
def test_cell_of_a_figure_gets_its_caption_and_text(build, tmp_path, source):
    notebook = figure_page(tmp_path)
    notebook.cells[0].source = source
    first, second = build.captioned(notebook).cells
    assert first.metadata.mystnb.figure == {"name": "fig-a", "caption": SAID}
    assert first.metadata.mystnb.image == {"alt": fig5a.ALT}
    assert "mystnb" not in second.metadata


def test_caption_of_the_page_does_not_count(build, tmp_path):
    notebook = figure_page(tmp_path, "mystnb: {figure: {name: a, caption: own}, image: {alt: b}}")
    shown = build.captioned(notebook).cells[0].metadata.mystnb
    assert (shown.figure.caption, shown.image.alt) == (SAID, fig5a.ALT)


def test_figure_without_a_name_or_a_file_is_refused(build, tmp_path):
    with pytest.raises(build.BuildError, match="cell of figure 'asyt-fig5a' has no name"):
        build.captioned(figure_page(tmp_path, "tags: [remove-input]"))
    with pytest.raises(build.BuildError, match="did you mean 'asyt-fig5a'"):
        build.captioned(figure_page(tmp_path, figure_id="asyt-fig5aa"))


def test_build_adds_captions_to_what_it_executes(build, tmp_path):
    figure_page(tmp_path)
    page = tmp_path / "book/p.md"
    define = "class pages:\n    figure = files = print"
    page.write_text(page.read_text().replace(HEADER, HEADER + cell(define) + "\n"))
    output, _ = build.execute_pages(["p"], force=False)["p"]
    shown = nbformat.read(output, as_version=4).cells[1]
    assert shown.metadata.mystnb.figure.caption == SAID
    assert list((tmp_path / "figures").iterdir()) == []


def test_a_cell_whose_data_cannot_be_had_becomes_a_notice(build, monkeypatch):
    monkeypatch.setattr(build, "available", lambda name: name == "iris")
    cells = [nbformat.v4.new_code_cell("1 / 0") for _ in range(3)]
    for made, tags in zip(cells, ([], ["needs-iris"], ["needs-vowels"]), strict=True):
        made.metadata.tags = tags
    shown = build.supplied(nbformat.v4.new_notebook(cells=cells)).cells
    assert [made.source == "1 / 0" for made in shown] == [True, True, False]
    assert 'pages.missing("vowels")' in shown[2].source


KNOBS = """```{code-cell} ipython3
:tags: [parameters]

chips = 20
```

```{code-cell} ipython3
from asyt import pages
pages.knobs(chips=20)
```

```{code-cell} ipython3
print(chips, "chips")
```
"""


@pytest.fixture
def page(build, tmp_path, monkeypatch):
    """The script of `make page`, in a project whose page "p" has the knob chips."""
    monkeypatch.setitem(sys.modules, "build", build)
    spec = importlib.util.spec_from_file_location("page", BUILD_PY.with_name("page.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "book/p.md").write_text(HEADER + KNOBS)
    (tmp_path / "book/plain.md").write_text("# No notebook")
    return module


def test_page_is_executed_with_other_knobs_apart_from_the_book(page, build):
    (published, _) = build.execute_pages(["p"], force=False)["p"]
    before = published.read_bytes()
    own = page.execute("p", {"chips": "5"})
    assert printed(nbformat.read(own, as_version=4)) == ["5 chips\n"]
    assert "chips 5 (published 20)" in own.read_text()
    assert printed(nbformat.read(published, as_version=4)) == ["20 chips\n"]
    assert published.read_bytes() == before
    assert not build.execute_pages(["p"], force=False)["p"][1]


@pytest.mark.usefixtures("page")
def test_published_page_has_nothing_put_in(build):
    (published, _) = build.execute_pages(["p"], force=False)["p"]
    cells = nbformat.read(published, as_version=4).cells
    assert len(cells) == 3
    assert not any("injected" in str(cell.metadata) for cell in cells)


@pytest.mark.usefixtures("build")
@pytest.mark.parametrize(
    ("name", "texts", "hint"),
    [
        ("p", {"chip": "5"}, "unknown knob 'chip': did you mean 'chips'"),
        ("p", {"chips": "five"}, "chips=five: chips takes a whole number"),
        ("p", {"profile": "smok"}, "ASYT_PROFILE=smok: choose one of"),
        ("q", {}, "unknown page 'q'"),
        ("plain", {}, "unknown page 'plain'"),
    ],
)
def test_wrong_page_or_knob_is_told_before_anything_runs(page, name, texts, hint):
    with pytest.raises((AsytError, page.build.BuildError), match=hint):
        page.execute(name, texts)
    assert not page.OWN.exists()


def test_unwritten_page_is_named(build):
    with pytest.raises(build.BuildError, match="nowhere"):
        build.execute_pages(["nowhere"], force=False)
