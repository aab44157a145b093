"""The wheel, unpacked away from any checkout, is a library with its claims, tables, references."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from asyt.claims.published import register

ROOT = Path(__file__).resolve().parents[1]
FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "LICENSE-CONTENT")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Folder with the unpacked wheel, built from a copy of the sources."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("src", "data", "examples"):
        ignored = shutil.ignore_patterns("raw", "__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    (source / "book").mkdir()
    for name in (*FILES, "book/references.bib"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", out, source], check=True)
    [wheel] = out.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(out)
    return out


@pytest.fixture
def asyt(site, tmp_path):
    """Runs a command in an empty folder, and gives what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASYT_")}
    own = {"PYTHONPATH": str(site), "ASYT_CACHE_DIR": str(tmp_path / "cache"), "HOME": "/nowhere"}
    code = "import asyt; from asyt.cli import app; print(asyt.__file__); app()"

    def run(*command):
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            env=kept | own,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        where, _, printed = done.stdout.partition("\n")
        assert where == str(site / "asyt" / "__init__.py")
        return printed

    return run


def test_claims_are_those_of_the_checkout(asyt):
    shown = json.loads(asyt("claims", "--format", "json"))
    assert {row["id"] for row in shown} == set(register().claims)


def test_figure_is_drawn_from_the_tables_in_the_wheel(asyt, tmp_path):
    asyt("figure", "asyt-fig5a", "--out", str(tmp_path))
    drawn = {path.suffix for path in (tmp_path / "figures" / "asyt-fig5a").iterdir()}
    assert drawn == {".svg", ".pdf", ".png", ".csv", ".json"}


def test_stored_timing_and_references_are_read(asyt):
    assert "thread" in asyt("bench", "--last")
    assert "@article" in asyt("cite", "asyt")


def test_runs_are_kept_in_the_cache_and_not_beside_the_library(asyt, site, tmp_path):
    published = sorted(site.rglob("*.csv"))
    asyt("run", "iris", "--profile", "smoke", "--only", "seed 0")
    assert list((tmp_path / "cache").rglob("*.csv"))
    assert sorted(site.rglob("*.csv")) == published


def test_programs_that_pages_run_are_there(site):
    name = "examples/instrument.py"
    assert (site / "asyt/_published" / name).read_bytes() == (ROOT / name).read_bytes()
