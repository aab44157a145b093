"""The site after an edit: as one from nothing, with as little of it made again as is safe."""

import importlib.util
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[1] / "book"
TEXT = {
    "_toc.yml": "format: jb-book\nroot: one\nchapters:\n- file: two\n- file: three\n",
    "_config.yml": (BOOK / "_config.yml").read_text(encoding="utf-8"),
    "references.bib": (BOOK / "references.bib").read_text(encoding="utf-8"),
    "_status.md": "Executed yesterday.\n",
    "one.md": "# First\n\nSee {doc}`two` and {eq}`eq-a`.\n\n```{glossary}\nchip\n  A chip.\n```\n",
    "two.md": "# Second\n\n## Part\n\n$$a = b$$ (eq-a)\n\nA {term}`chip`.\n",
    "three.md": "(here)=\n# Third\n\n```{include} _status.md\n```\n\nBack to {ref}`here`.\n",
}


def loaded(name: str):
    """A script of the book as a module, beside its neighbours."""
    sys.path[:0] = [str(BOOK), str(BOOK / "recorder")]
    spec = importlib.util.spec_from_file_location(f"site_test_{name}", BOOK / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def build(tmp_path, monkeypatch):
    """The build script, with a small book laid out in a project of its own."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    module = loaded("build")
    folders = {"ROOT": "", "BOOK": "book", "BUILD": "book/_build", "STAGE": "book/_stage"}
    for name, folder in folders.items():
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.setattr(module, name, tmp_path / folder)
    figures = tmp_path / "figures/f"
    figures.mkdir(parents=True)
    (figures / "f.svg").write_text("<svg/>\n")
    for name, text in TEXT.items():
        (module.STAGE / name).write_text(text, encoding="utf-8")
    for name in ("_static", "extra"):
        (module.STAGE / name).mkdir()
        (module.STAGE / name / f"{name}.js").write_text("1")
    for name in ("logo.svg", "favicon.svg"):
        shutil.copy(BOOK / name, module.STAGE)
    paths = [BOOK / "sphinxext", BOOK, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, paths)))
    return module


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def read_anew(build) -> set[str]:
    """The pages that the last build read."""
    trees = (build.BUILD / "sphinx").rglob("*.doctree")
    began = (build.BUILD / "began").stat().st_mtime_ns
    return {tree.stem for tree in trees if tree.stat().st_mtime_ns > began}


def built(build, force: bool = False) -> dict[str, bytes]:
    """The site, each page of which knows nothing of when it was built."""
    (build.BUILD / "began").touch()
    time.sleep(0.01)
    build.sphinx("html", force)
    return contents(build.BUILD / "html")


def test_site_after_edits_is_one_from_nothing(build):
    first = built(build)
    assert built(build) == first
    assert read_anew(build) == set()
    edits = {
        "two.md": TEXT["two.md"].replace("Second", "Other") + "\n$$a = c$$ (eq-b)\n",
        "_status.md": "Executed today.\n",
    }
    for name, text in edits.items():
        (build.STAGE / name).write_text(text, encoding="utf-8")
        os.utime(build.STAGE / name, (1, 1))  # its time does not matter
    after = built(build)
    assert read_anew(build) == {"two", "three"}
    assert b"Other" in after["one.html"]
    assert b"Executed today" in after["three.html"]
    again = built(build, force=True)
    assert read_anew(build) == {"one", "two", "three"}
    assert {name for name in after if after[name] != again.get(name)} == set()
    assert set(after) == set(again)


def test_warning_is_told_until_it_is_mended(build):
    (build.STAGE / "two.md").write_text("# Second\n\n{term}`unknown` {doc}`nowhere`\n")
    for _ in range(2):
        with pytest.raises(build.BuildError, match="reported the warnings above"):
            build.sphinx("html")


@pytest.fixture
def laid(build):
    """The module that lays out what Sphinx reads."""
    return build.laid


def test_laid_out_anew_is_only_what_changed(laid, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        (folder / "a").mkdir(parents=True)
        for name in ("same", "a/other", f"{folder.name} only"):
            (folder / name).write_text("1")
            os.utime(folder / name, (1, 1))
    (new / "a/other").write_text("2")
    os.utime(new / "a/other", (0, 0))
    laid.update(old, new)
    assert contents(old) == contents(new)
    assert (old / "same").stat().st_mtime == 1
    assert (old / "a/other").stat().st_mtime > 1


@pytest.mark.parametrize("changed", ["src/asyt/a.py", "book/references.bib", "source/_config.yml"])
def test_nothing_that_was_read_is_used_after_a_change_of_its_ground(laid, tmp_path, changed):
    for name in ("src/asyt/a.py", "book/references.bib", "source/_config.yml", "source/page.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    read = laid.Read(tmp_path / "read", tmp_path / "source", tmp_path)
    read.forget()
    assert not read.usable()
    read.done()
    (tmp_path / "source/page.md").write_text("2")
    assert read.usable()
    (tmp_path / changed).write_text("2")
    laid.record.forget()
    assert not read.usable()
    read.done()
    (tmp_path / "source/new.md").write_text("1")
    assert not read.usable()


SCRIPT = "import sys\nfrom pathlib import Path\nimport mine\nmine.write(Path(sys.argv[1]))\n"
MINE = "def write(folder):\n    (folder / 'a').write_text('1')\ndef other():\n    return '3'\n"


def test_product_is_made_again_only_after_a_change_of_what_its_script_used(build, monkeypatch):
    product = loaded("product")
    monkeypatch.setattr(product, "BOOK", build.BOOK)
    mine = build.BOOK / "mine.py"
    (build.BOOK / "words.py").write_text(SCRIPT)
    edits = {"": "1", "'3'": "1", "'1'": "2"}  # of nothing, a function nobody calls, the used one
    times = []
    for old, expected in edits.items():
        mine.write_text(MINE.replace(old, "'2'") if old else MINE)
        product.record.forget()
        product.add("words", build.STAGE, build.BUILD)
        times.append((build.BUILD / "products/words/a").stat().st_mtime_ns)
        assert (build.STAGE / "a").read_text() == expected
    assert times[0] == times[1] < times[2]


def test_kept_result_is_made_again_when_it_is_of_another_or_damaged(tmp_path):
    kept = loaded("again").Kept(tmp_path)
    made = []

    def make():
        made.append(len(made))
        return str(made[-1]).encode()

    assert [kept.made("a", of, make) for of in (b"x", b"x", b"y")] == [b"0", b"0", b"1"]
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:-1])
    assert kept.made("a", b"y", make) == b"2"
