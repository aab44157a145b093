"""The command line: names, exit codes, what it prints and what it imports."""

import json
import shutil
import subprocess
import sys

import pytest
import typer.testing

from asyt import cli, paths, results
from asyt.errors import AsytError
from asyt.figures import EXPERIMENTS

KEYS = "id source figure kind reported measured low high n verdict reading page".split()


def run(*words):
    return typer.testing.CliRunner().invoke(cli.app, list(words))


@pytest.fixture
def own_folders(tmp_path, monkeypatch):
    """A project folder that holds the register only, and an empty cache."""
    (tmp_path / "home" / "data").mkdir(parents=True)
    shutil.copy(paths.home() / "data" / "claims.yml", tmp_path / "home" / "data")
    monkeypatch.setenv("ASYT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["run", "mnits"], "unknown experiment 'mnits': did you mean 'mnist'?"),
        (
            ["run", "xyz"],
            f"unknown experiment 'xyz': choose one of {', '.join(sorted(EXPERIMENTS))}.",
        ),
        (["run", "iris", "--profile", "smok"], "unknown profile 'smok': did you mean 'smoke'?"),
        (
            ["run", "iris", "--profile", "smoke", "--device", "cuba"],
            "unknown compute device 'cuba': did you mean 'cuda'?",
        ),
        (
            ["run", "iris", "--profile", "smoke", "--only", "nothing"],
            "no run of 'iris' at profile 'smoke' has 'nothing'",
        ),
        (["figure", "asyt-figg1"], "did you mean 'asyt-fig1'?"),
        (["data", "fetch", "mnits"], "did you mean 'mnist'?"),
        (["data", "verify", "iriss"], "did you mean 'iris'?"),
    ],
)
def test_unknown_name_suggests_the_nearest_and_exits_with_2(own_folders, words, hint):
    shown = run(*words)
    assert shown.exit_code == 2
    assert hint in shown.output
    assert shown.output.startswith("asyt: ")
    assert not list((own_folders / "cache").rglob("*.csv"))


@pytest.mark.parametrize(
    "words",
    [["run"], ["nonsense"], ["claims", "--format", "xml"], ["run", "iris", "--seed", "one"]],
)
def test_wrong_use_exits_with_2(words):
    assert run(*words).exit_code == 2


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["reference", "--help"], ["data", "--help"]]
)
def test_help_imports_nothing_heavy(words):
    code = (
        "import sys; from asyt.cli import app; import atexit;"
        "atexit.register(lambda: print([m for m in ('torch', 'pandas', 'matplotlib', 'numpy') if m "
        "in sys.modules]));"
        f"sys.argv = ['asyt', *{words}]; app()"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in found.stdout
    assert found.stdout.rstrip().endswith("[]")


def test_help_lists_the_commands():
    shown = run("--help").output
    assert all(command in shown for command in ("data", "run", "figure", "claims", "reference"))


def test_only_expected_errors_become_one_line():
    @cli.told
    def expected():
        raise AsytError("as told")

    @cli.told
    def bug():
        raise ZeroDivisionError

    with pytest.raises(cli.typer.Exit) as stop:
        expected()
    assert stop.value.exit_code == 2
    with pytest.raises(ZeroDivisionError):
        bug()


def test_claims_are_printed_as_json(own_folders):
    shown = run("claims", "--format", "json")
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert len(rows) > 20
    assert all(list(row) == KEYS for row in rows)
    mnist = next(row for row in rows if row["id"] == "asyt-5a-asyt")
    assert (mnist["reported"], mnist["measured"], mnist["verdict"]) == (95.8, None, "not-measured")


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_claims_are_printed_for_people(own_folders, form):
    shown = run("claims", "--format", form)
    assert shown.exit_code == 0, shown.output
    assert "asyt-5a" in shown.stdout


def test_run_stores_a_table_once(own_folders):
    words = ("run", "iris", "--profile", "smoke", "--seed", "3", "--devices", "2")
    first = run(*words)
    assert first.exit_code == 0, first.output
    (csv,) = (own_folders / "cache").rglob("*.csv")
    assert str(csv) in first.output.replace("\n", "")
    assert csv.parent.name == "iris"
    record = json.loads(csv.with_suffix(".json").read_text())
    assert (record["config"]["seed"], record["config"]["devices"]) == (3, 2)
    assert results.config_hash(record["config"]) == csv.stem
    before = csv.stat().st_mtime_ns

    second = run(*words)
    assert second.exit_code == 0
    assert f"stored already ({csv.stem})" in second.output
    assert csv.stat().st_mtime_ns == before

    table = csv.read_bytes()
    third = run(*words, "--force")
    assert third.exit_code == 0
    assert "stored already" not in third.output
    assert csv.stat().st_mtime_ns != before
    assert csv.read_bytes() == table  # the same numbers


def test_unusable_device_is_told_even_where_the_table_is_stored(own_folders, monkeypatch):
    words = ("run", "iris", "--profile", "smoke", "--seed", "0")
    assert run(*words).exit_code == 0
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    shown = run(*words, "--device", "cuda")
    assert shown.exit_code == 2
    assert "has no CUDA device; use --device cpu" in shown.output


@pytest.mark.parametrize("seed", ["-1", str(2**32)])
def test_impossible_seed_is_told(own_folders, seed):
    shown = run("run", "mnist-demo", "--profile", "smoke", "--seed", seed)
    assert shown.exit_code == 2
    assert seed in shown.output


def test_data_sets_are_listed(own_folders):
    shown = run("data", "list")
    assert shown.exit_code == 0
    assert all(name in shown.output for name in ("mnist", "iris"))
