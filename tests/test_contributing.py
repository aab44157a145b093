"""CONTRIBUTING.md is carried out as written, on a copy of the library."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: Files that the page extends, and the line after which its text goes; "" is their end.
EXTENDED = {"data/claims.yml": "", "src/asyt/methods/gradient.py": "_ROWS = (\n"}


def blocks() -> dict[str, str]:
    """Path -> text of every fenced block that names a file."""
    found = re.findall(r"^```\w+ (\S+/\S+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    return dict(found)


def inserted(whole: str, text: str, line: str) -> str:
    """The file with a text after a line of it, or at its end."""
    at = whole.index(line) + len(line) if line else len(whole)
    return whole[:at] + text + whole[at:]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the library with all that the page adds, and what runs a command in it."""
    home = tmp_path_factory.mktemp("house")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", home / "src", ignore=ignored)
    (home / "data").mkdir()
    (home / "book").mkdir()
    for name in ("claims.yml", "readings.yml"):
        shutil.copy(ROOT / "data" / name, home / "data")
    shutil.copy(ROOT / "book/references.bib", home / "book")
    for name, text in blocks().items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name in EXTENDED:
            text = inserted(file.read_text(encoding="utf-8"), text, EXTENDED[name])
        file.write_text(text, encoding="utf-8")
    settings = {"PYTHONPATH": str(home / "src"), "ASYT_HOME": str(home)}
    environment = {**os.environ, **settings, "ASYT_CACHE_DIR": str(home / "cache")}

    def call(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)

    return call


def asyt(house, *arguments: str) -> str:
    """What a command of the added experiment prints."""
    done = house("-c", "from asyt.cli import app; app()", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_added_device_keeps_the_contract(house):
    done = house("-m", "pytest", "-q", "tests/devices/test_faded.py")
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_added_experiment_figure_and_claim_go_from_run_to_verdict(house):
    assert "seed 2" in asyt(house, "run", "faded-iris", "--profile", "paper")
    folder = Path(asyt(house, "figure", "own-faded-iris").split()[-1])
    assert (folder / "own-faded-iris.svg").is_file()
    rows = json.loads(asyt(house, "claims", "--format", "json"))
    (row,) = [row for row in rows if row["id"] == "own-faded"]
    assert row["n"] == 15 and row["verdict"] in ("reproduced", "not-reproduced")


def test_the_added_method_has_a_look_and_a_citation(house):
    look = (
        "from asyt.methods import LOOKS, method; print(LOOKS[method('asyt-quarter').name].colour)"
    )
    assert house("-c", look).stdout.strip() == "#2E8BC0"
    assert "Asymmetrical" in asyt(house, "cite", "asyt-quarter")


def test_what_cannot_be_varied_is_refused_and_what_can_is_varied(house):
    asyt(house, "run", "faded-iris", "--profile", "smoke", "--devices", "3", "--seed", "5")
    done = house(
        "-c", "from asyt.cli import app; app()", "run", "mnist-distortion", "--devices", "3"
    )
    assert done.returncode == 2 and "mnist-distortion" in done.stderr


@pytest.mark.parametrize("what", ["device", "experiment", "figure", "claim", "method"])
def test_each_kind_of_addition_fits_on_a_page(what):
    section = re.search(rf"^## Add an? {what}\n(.*?)(?=^## |\Z)", PAGE, flags=re.M | re.S)
    assert section, f"no section 'Add a {what}'"
    assert len(section[1].splitlines()) <= 80
