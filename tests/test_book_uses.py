"""book/recorder and book/record.py: what a page used is found, and a change of it is noticed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).resolve().parents[1] / "book"


@pytest.fixture(scope="module")
def record():
    """The module of the book's build, which its pages' records come from."""
    sys.path.insert(0, str(BOOK / "recorder"))
    spec = importlib.util.spec_from_file_location("book_record", BOOK / "record.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["book_record"] = module
    spec.loader.exec_module(module)
    return module


TOOLS = '''"""Tools."""
from __future__ import annotations
import contextlib, functools
CONSTANT = 1
PICK = lambda: "lambda"

def registered(function):
    """A decorator: runs at import."""
    function.label = "label"
    return function

@registered
def used(x=10, *, y: int = 20):
    """Says what."""
    def inner():
        return "inner"
    return x, y, inner()

def unused():
    return "unused"

def steps():
    yield "step"

def plain_steps():
    return iter("plain")

@contextlib.contextmanager
def context():
    yield "context"

@functools.cache
def cached():
    return "cached"

async def awaited():
    return "awaited"

class Tool:
    attribute = "attribute"

    class Part:
        def made(self):
            return "part"

    def __init__(self):
        self.size = "size"

    @property
    def length(self):
        return "getter"

    @length.setter
    def length(self, value):
        self.size = "setter"

    @classmethod
    def build(cls):
        return cls()

    def __len__(self):
        return 7

if CONSTANT:
    def branch():
        return "branch"
'''


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a package, a table, and an environment variable."""
    for folder in ("src/lib/figures", "data", "figures/a", "run"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("__init__", "used", "unused", "figures/__init__", "figures/one"):
        (tmp_path / f"src/lib/{name}.py").write_text("A = 1\n")
    (tmp_path / "src/lib/tools.py").write_text(TOOLS)
    (tmp_path / "src/lib/broken.py").write_text("def f(:\n")
    (tmp_path / "src/lib/tool.py").write_text("import sys\nprint(sys.argv)\n")
    (tmp_path / "data/table.csv").write_text("a\n1\n")
    link(tmp_path / "data/link.csv", "table.csv")
    (tmp_path / "data/claims.yml").write_text("a: 1\n")
    (tmp_path / "figures/a/a.csv").write_text("x\n1\n")
    monkeypatch.setenv("SETTING", "one")
    return tmp_path


@pytest.fixture
def ran(record, project):
    """Runs code as a page's process is run, and returns its record."""

    def run(code, fails=False):
        lines = project / "run/page.uses"
        lines.unlink(missing_ok=True)
        env = {
            **os.environ,
            "ASYT_BOOK_RECORD": str(lines),
            "ASYT_BOOK_KEPT": os.pathsep.join(str(project / n) for n in ("figures", "data", "src")),
            "PYTHONPATH": os.pathsep.join([str(BOOK / "recorder"), str(project / "src")]),
        }
        script = project / "run/page.py"
        script.write_text(code)
        command = [sys.executable, str(script)]
        done = subprocess.run(command, env=env, cwd=project, capture_output=True, text=True)
        assert bool(done.returncode) == fails, done.stderr
        record.forget()
        return record.made(lines, "base", 1.0, project)

    return run


CHILD = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}], check=True)"
WORKER = """
import multiprocessing
def work(_):
    import lib.used
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(work, [0])
"""
FORKED = WORKER.replace("spawn", "fork")
SCRIPT = """
import os, subprocess, sys
from pathlib import Path
command = Path("run/command")
command.write_text(f"#!{sys.executable}\\nimport lib.used\\n")
command.chmod(0o755)
subprocess.run(["run/command"], check=True)
"""
REGISTRY = """
import importlib, pkgutil, lib.figures
for entry in pkgutil.iter_modules(lib.figures.__path__, "lib.figures."):
    importlib.import_module(entry.name)
"""
READS_TABLE = "print(open('data/table.csv').read())"


def write(name, text="changed = 2\n"):
    return lambda project, _: (project / name).write_text(text)


def link(path, target):
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def delete(name):
    return lambda project, _: (project / name).unlink()


def setting(value):
    return lambda _, monkeypatch: monkeypatch.setenv("SETTING", value)


def edit(old, new, name="src/lib/tools.py"):
    """Replaces the one place where a module says something."""

    def change(project, _):
        file = project / name
        assert file.read_text().count(old) == 1
        file.write_text(file.read_text().replace(old, new))

    return change


TOOL = "src/lib/tool.py"
GENERATOR = "from lib.tools import steps\nlist(steps())"
IN_A_CHILD = CHILD.format(code="import lib.tools; lib.tools.used()")
FORKS = """
import os
from lib import tools
if not (child := os.fork()):
    tools.used()
    os._exit(0)
os.waitpid(child, 0)
"""
POOL = """
import concurrent.futures
from lib.tools import used
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    pool.submit(used).result()
"""
RAN = {
    "function": ("from lib.tools import used\nused()", edit("return x, y", "return y, x")),
    "function in a function": ("from lib.tools import used\nused()", edit('"inner"', "1")),
    "default": ("import lib.tools", edit("x=10", "x=11")),
    "default by name": ("import lib.tools", edit("int = 20", "int = 21")),
    "annotation": ("import lib.tools", edit("y: int", "y: float")),
    "decorator": ("import lib.tools", edit("@functools.cache", "@functools.lru_cache")),
    "body of a decorator": ("import lib.tools", edit('"label"', '"other"')),
    "docstring": ("import lib.tools", edit("Says what", "Says that")),
    "constant": ("import lib.tools", edit("CONSTANT = 1", "CONSTANT = 2")),
    "lambda": ("import lib.tools", edit('"lambda"', '"other"')),
    "attribute of a class": ("import lib.tools", edit('"attribute"', '"other"')),
    "new function": ("import lib.tools", edit("def unused", "def new(): 1\ndef unused")),
    "generator": (GENERATOR, edit('"step"', '"other"')),
    "generator no more": (
        "from lib.tools import steps\nsteps()",
        edit('yield "step"', 'return print("step")'),
    ),
    "generator from now": (
        "from lib.tools import plain_steps\nprint(hasattr(plain_steps, 'x'))",
        edit('return iter("plain")', 'yield "plain"'),
    ),
    "context": ("from lib.tools import context\nwith context(): 1", edit('"context"', "1")),
    "cached": ("from lib.tools import cached\ncached(), cached()", edit('"cached"', "1")),
    "awaited": (
        "import asyncio\nfrom lib.tools import awaited\nasyncio.run(awaited())",
        edit('"awaited"', "1"),
    ),
    "constructor": ("from lib.tools import Tool\nTool()", edit('"size"', "1")),
    "property": ("from lib.tools import Tool\nTool().length", edit('"getter"', "1")),
    "setter": ("from lib.tools import Tool\nTool().length = 1", edit('"setter"', "1")),
    "class method": ("from lib.tools import Tool\nTool.build()", edit("return cls()", "1")),
    "special method": ("from lib.tools import Tool\nlen(Tool())", edit("return 7", "return 8")),
    "class in a class": ("from lib.tools import Tool\nTool.Part().made()", edit('"part"', "1")),
    "branch": ("from lib.tools import branch\nbranch()", edit('"branch"', "1")),
    "thread": (POOL, edit("return x, y", "return y, x")),
    "child": (IN_A_CHILD, edit("return x, y", "return y, x")),
    "forked child": (FORKS, edit("return x, y", "return y, x")),
    "source read": (
        "import inspect\nfrom lib import tools\ninspect.getsource(tools.used)",
        edit('"unused"', '"other"'),
    ),
    "source of a neighbour": (
        "import ast, lib\nfrom pathlib import Path\nPath(lib.__file__, '../tools.py').resolve()"
        ".read_text()",
        edit('"unused"', '"other"'),
    ),
    "resource": (
        "import importlib.resources as r\nr.files('lib').joinpath('tools.py').read_bytes()",
        edit('"unused"', '"other"'),
    ),
    "traceback": (
        "import traceback\nfrom lib import tools\ntry:\n    tools.used(z=1)\nexcept TypeError:\n"
        "    traceback.format_exc()\ntry:\n    tools.used(*[1])\n    tools.Tool().length.none\n"
        "except AttributeError:\n    traceback.format_exc()",
        edit('"getter"', "1"),
    ),
    "script": (CHILD.replace("'-c', {code!r}", f"{TOOL!r}"), write(TOOL)),
    "module as a script": (
        CHILD.replace("'-c', {code!r}", "'-m', 'lib.tool'"),
        edit("print(sys.argv)", "print()", TOOL),
    ),
    "run by path": (f"import runpy\nrunpy.run_path({TOOL!r})", edit("print", "str", TOOL)),
    "loaded by path": (
        "import importlib.util as u\ns = u.spec_from_file_location('own', 'src/lib/tools.py')\n"
        "m = u.module_from_spec(s)\ns.loader.exec_module(m)\nm.unused()",
        edit('"unused"', '"other"'),
    ),
    "reloaded": (
        "import importlib, lib.tools as t\nt.used()\nimportlib.reload(t).unused()",
        edit('"unused"', '"other"'),
    ),
    "broken": (
        "try:\n    import lib.broken\nexcept SyntaxError:\n    1",
        write("src/lib/broken.py"),
    ),
}
CHANGES = {
    **{f"module: {name}": case for name, case in RAN.items()},
    "import": ("import lib.used", write("src/lib/used.py")),
    "lazy import": ("def f():\n    from lib import used\nf()", write("src/lib/used.py")),
    "package": ("import lib.used", write("src/lib/__init__.py")),
    "import by name": (
        "import importlib\nimportlib.import_module('lib.used')",
        write("src/lib/used.py"),
    ),
    "forgotten import": (
        "import sys, lib.used\ndel sys.modules['lib.used']",
        write("src/lib/used.py"),
    ),
    "source as text": ("open('src/lib/unused.py').read()", write("src/lib/unused.py")),
    "table": (READS_TABLE, write("data/table.csv")),
    "deleted table": (READS_TABLE, delete("data/table.csv")),
    "table by pandas": (
        "import pandas\npandas.read_csv('data/table.csv')",
        write("data/table.csv", "a\n2\n"),
    ),
    "table by numpy": (
        "import numpy\nnumpy.fromfile('data/table.csv', 'u1')",
        write("data/table.csv"),
    ),
    "published figure": (
        "from pathlib import Path\nPath('figures/a/a.csv').read_bytes()",
        write("figures/a/a.csv"),
    ),
    "constants": ("import yaml\nyaml.safe_load(open('data/claims.yml'))", write("data/claims.yml")),
    "opened in vain": (
        "try:\n    open('data/new.csv')\nexcept OSError:\n    pass",
        write("data/new.csv"),
    ),
    "asked for in vain": (
        "from pathlib import Path\nprint(Path('data/new.csv').exists())",
        write("data/new.csv"),
    ),
    "asked os.path": ("import os\nos.path.isfile('data/new.csv')", write("data/new.csv")),
    "size": ("import os\nos.path.getsize('data/table.csv')", write("data/table.csv")),
    "size by stat": (
        "from pathlib import Path\nPath('data/table.csv').stat().st_size",
        write("data/table.csv"),
    ),
    "asked and then read": (
        "from pathlib import Path\np = Path('data/table.csv')\np.exists() and p.read_text()",
        write("data/table.csv"),
    ),
    "link": (
        "import os\nos.path.realpath('data/link.csv')",
        lambda project, _: link(project / "data/link.csv", "../run"),
    ),
    "folder": ("import os\nos.listdir('data')", write("data/new.csv")),
    "glob": ("from pathlib import Path\nlist(Path('data').glob('*.csv'))", write("data/new.csv")),
    "walk": ("import os\nlist(os.walk('data'))", delete("data/table.csv")),
    "registry": (REGISTRY, write("src/lib/figures/two.py")),
    "file of a registry": (REGISTRY, write("src/lib/figures/one.py")),
    "environment": ("import os\nprint(os.environ['SETTING'])", setting("two")),
    "getenv": ("import os\nprint(os.getenv('SETTING', 'x'))", setting("two")),
    "child": (CHILD.format(code="import lib.used"), write("src/lib/used.py")),
    "child's setting": (
        CHILD.format(code="import os; os.getenv('SETTING')"),
        setting("two"),
    ),
    "worker": (WORKER, write("src/lib/used.py")),
    "forked worker": (FORKED, write("src/lib/used.py")),
    "command": (SCRIPT, write("src/lib/used.py")),
    "other program": (
        "import subprocess\nsubprocess.run(['cat', 'data/table.csv'])",
        write("data/table.csv"),
    ),
    "shell": ("import os\nos.system('cat data/table.csv')", write("data/table.csv")),
    "python that is not recorded": (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'open(\"data/table.csv\")'], env={})",
        write("data/table.csv"),
    ),
}


@pytest.mark.parametrize(("code", "change"), CHANGES.values(), ids=CHANGES)
def test_change_of_what_a_page_used_is_noticed(ran, record, project, monkeypatch, code, change):
    found = ran(code)
    assert found.changed("base", project) == ""
    change(project, monkeypatch)
    record.forget()
    assert found.changed("base", project)


WHAT_IT_IS = """
import inspect, os
from pathlib import Path
table = Path("data/table.csv")
table.exists(), table.is_file(), table.is_dir(), table.is_symlink(), table.resolve()
os.path.exists(table), os.path.isfile(table), os.path.isdir(table), os.path.realpath(table)
"""
KEPT = {
    "what a file is": (WHAT_IT_IS, write("data/table.csv")),
    "modules that another's source was looked for among": (
        "import inspect, lib.tools, lib.used\ninspect.getmodule(inspect.currentframe())",
        edit('"unused"', '"other"'),
    ),
    "other function": (
        "from lib.tools import used, Tool\nused(), Tool()",
        edit('return "unused"', 'x = 2\n    return "other"'),
    ),
    "other method": ("from lib.tools import Tool\nTool()", edit("return 7", "return 8")),
    "method that nobody called": ("import lib.tools", edit('"size"', "1")),
    "generator that nobody asked": ("from lib.tools import steps\nsteps()", edit('"step"', "1")),
    "comment": (
        "from lib.tools import used\nused()",
        edit("CONSTANT = 1", "# What counts.\nCONSTANT = 1"),
    ),
    "lines": ("from lib.tools import used\nused()", edit("def unused", "\n\ndef unused")),
    "other module": ("import lib.used", write("src/lib/unused.py")),
    "other table": (READS_TABLE, write("data/claims.yml")),
    "new module beside": ("import lib.used", write("src/lib/three.py")),
    "other setting": ("import os\nprint(os.environ.get('OTHER'))", setting("two")),
    "own setting": ("import os\nos.environ['SETTING'] = 'x'\nos.environ['SETTING']", setting("y")),
    "setting of a child": (
        "import os, subprocess, sys\nsubprocess.run([sys.executable, '-c', "
        "'import os; os.environ[\"GIVEN\"]'], env={**os.environ, 'GIVEN': '1'}, check=True)",
        write("src/lib/unused.py"),
    ),
    "own file": (
        "open('run/own', 'w').write('x')\nopen('run/own').read()",
        write("src/lib/unused.py"),
    ),
    "looked for, then written": (
        "import os\nif not os.path.exists('run/own'):\n    open('run/own', 'w').write('x')",
        write("src/lib/unused.py"),
    ),
    "temporary folder": (
        "import tempfile\nwith tempfile.TemporaryDirectory() as f:\n"
        "    open(f + '/a', 'w').close()\n    open(f + '/a').read()",
        write("src/lib/unused.py"),
    ),
}


@pytest.mark.parametrize(("code", "change"), KEPT.values(), ids=KEPT)
def test_change_of_what_a_page_did_not_use_is_none(ran, record, project, monkeypatch, code, change):
    found = ran(code)
    assert found.everything == ""
    change(project, monkeypatch)
    record.forget()
    assert found.changed("base", project) == ""


def test_state_is_that_of_when_it_was_read(ran, project):
    edits = "import subprocess\nsubprocess.run(['sh', '-c', 'echo b > data/table.csv'])"
    code = f"{READS_TABLE}\n{edits}"
    found = ran(code)
    assert (project / "data/table.csv").read_text() == "b\n"
    assert "table.csv changed" in found.changed("base", project)


def test_record_that_nobody_wrote_stands_for_the_project(record, project):
    found = record.made(project / "none.uses", "base", 1.0, project)
    assert found.changed("base", project) == ""
    (project / "data/table.csv").write_text("b\n")
    record.forget()
    assert "the project changed" in found.changed("base", project)


@pytest.mark.parametrize(
    "code",
    [
        "open('figures/a/a.csv', 'w')",
        "open('data/table.csv', 'a')",
        "import os\nos.mkdir('figures/b')",
        "import os\nos.replace('run/page.py', 'figures/a/a.csv')",
        "import os\nos.remove('figures/a/a.csv')",
        "import shutil\nshutil.rmtree('figures')",
        CHILD.format(code="open('figures/a/a.csv', 'w')"),
    ],
)
def test_page_cannot_write_what_the_project_publishes(ran, project, code):
    ran(code, fails=True)
    assert (project / "figures/a/a.csv").read_text() == "x\n1\n"
    assert (project / "data/table.csv").read_text() == "a\n1\n"
    assert [folder.name for folder in (project / "figures").iterdir()] == ["a"]


def test_record_is_read_as_it_was_written(ran, record, project):
    found = ran("import lib.used")
    found.write(project / "page.json")
    assert record.read(project / "page.json") == found
    for text in ("", "[]", '{"base": 1, "other": 2}', '{"base"'):
        (project / "page.json").write_text(text)
        assert record.read(project / "page.json") is None


def page(*sources, kind=nbformat.v4.new_code_cell):
    return nbformat.v4.new_notebook(cells=[kind(source) for source in sources])


def test_base_changes_with_code_packages_settings_and_threads(record, monkeypatch):
    before = record.base_of(page("1"), {"ASYT_PROFILE": "paper"})
    assert record.base_of(page("1"), {"ASYT_PROFILE": "paper"}) == before
    assert record.base_of(page("2"), {"ASYT_PROFILE": "paper"}) != before
    assert record.base_of(page("1"), {"ASYT_PROFILE": "smoke"}) != before
    with monkeypatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "7")
        assert record.base_of(page("1"), {"ASYT_PROFILE": "paper"}) != before
    monkeypatch.setattr(record, "packages", lambda: ["torch 9.0"])
    assert record.base_of(page("1"), {"ASYT_PROFILE": "paper"}) != before


def test_base_does_not_change_with_prose(record):
    one, two = (page("1") for _ in range(2))
    two.cells.insert(0, nbformat.v4.new_markdown_cell("prose"))
    assert record.base_of(one, {}) == record.base_of(two, {})


MODULE = b"def f(x):\n    'Doc.'\n\n    raise ValueError(x)\n"


@pytest.fixture(scope="module")
def marks(record):
    """The module that takes modules apart."""
    return record.marks


def test_marked_code_has_the_lines_and_docstrings_of_its_source(marks):
    module = {marks.MARKS: {"f": None}}
    exec(marks.taken_apart("m.py", MODULE).code, module)
    with pytest.raises(ValueError, match="7") as raised:
        module["f"](7)
    assert raised.traceback[-1].lineno == 3
    assert (module["f"].__doc__, module["f"].__code__.co_filename) == ("Doc.", "m.py")


def test_parts_are_kept_until_the_source_changes_or_the_cache_is_damaged(
    marks, tmp_path, monkeypatch
):
    monkeypatch.setenv(marks.CACHE, str(tmp_path))
    first = marks.parts("m.py", MODULE)
    with monkeypatch.context() as patch:
        patch.setattr(marks, "taken_apart", None)
        marks.parts.cache_clear()
        assert marks.parts("m.py", MODULE) == first
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    for source in (MODULE, MODULE.replace(b"(x)\n", b"(2)\n")):
        marks.parts.cache_clear()
        assert marks.parts("m.py", source).bodies == marks.taken_apart("m.py", source).bodies
    assert [file.name for file in tmp_path.iterdir()] == [kept.name]
