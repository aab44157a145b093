"""The command line: names, exit codes, what it prints and what it imports."""

import json
import re
import shutil
import subprocess
import sys

import pytest
import typer.testing

from asyt import cli, experiments, paths, results, stopping
from asyt.errors import AsytError
from asyt.figures import drawing

KEYS = [
    "id",
    "source",
    "figure",
    "kind",
    "reported",
    "reading",
    "measured",
    "low",
    "high",
    "n",
    "verdict",
    "place",
    "percentile",
    "wide",
    "note",
    "page",
    "readings",
]


def run(*words):
    return typer.testing.CliRunner().invoke(cli.app, list(words))


@pytest.fixture
def own_folders(tmp_path, monkeypatch):
    """A project folder that holds the register only, and an empty cache."""
    (tmp_path / "home" / "data").mkdir(parents=True)
    for name in ("claims.yml", "readings.yml"):
        shutil.copy(paths.home() / "data" / name, tmp_path / "home" / "data")
    monkeypatch.setenv("ASYT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["run", "mnits"], "unknown experiment 'mnits': did you mean 'mnist'?"),
        (
            ["run", "xyz"],
            f"unknown experiment 'xyz': choose one of {', '.join(sorted(experiments.registry()))}.",
        ),
        (["run", "iris", "--profile", "smok"], "unknown profile 'smok': did you mean 'smoke'?"),
        (
            ["run", "iris", "--profile", "smoke", "--compute", "cuba"],
            "unknown compute 'cuba': did you mean 'cuda'?",
        ),
        (
            ["run", "iris", "--profile", "smoke", "--only", "nothing"],
            "no run has 'nothing' in its label",
        ),
        (
            ["run", "iris", "--set", "distorsion=1"],
            "field 'distorsion': did you mean 'distortion'?",
        ),
        (["run", "iris", "--set", "epochs=1.5"], "epochs=1.5: epochs takes a whole number."),
        (["figure", "asyt-fig5a", "--set", "epoch=1"], "field 'epoch': did you mean 'epochs'?"),
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
    [
        *(["run"], ["nonsense"], ["claims", "--format", "xml"], ["run", "iris", "--seed", "one"]),
        ["bench", "--rounds", "0"],
    ],
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


@pytest.mark.parametrize(
    ("stop", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "asyt: interrupted; nothing is half-written"),
        (stopping.Terminated(), 143, "asyt: terminated; nothing is half-written"),
        (stopping.Terminated("terminated 'seed 1'"), 143, "asyt: terminated 'seed 1'"),
    ],
)
def test_what_stops_a_command_is_told(capsys, stop, code, told):
    @cli.told
    def stopped():
        raise stop

    with pytest.raises(cli.typer.Exit) as caught:
        stopped()
    assert caught.value.exit_code == code
    assert capsys.readouterr().err.strip() == told


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


@pytest.mark.usefixtures("own_folders")
def test_claims_are_printed_as_json():
    shown = run("claims", "--format", "json")
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert len(rows) > 20
    assert all(list(row) == KEYS for row in rows)
    mnist = next(row for row in rows if row["id"] == "asyt-5a-asyt")
    assert (mnist["reported"], mnist["measured"], mnist["verdict"]) == (95.8, None, "not-measured")


@pytest.mark.parametrize("form", ["table", "markdown"])
@pytest.mark.usefixtures("own_folders")
def test_claims_are_printed_for_people(form):
    shown = run("claims", "--format", form)
    assert shown.exit_code == 0, shown.output
    assert "asyt-5a" in shown.stdout


@pytest.mark.usefixtures("own_folders")
def test_run_of_an_experiment_is_stored_and_drawn(tmp_path):
    own = ("--profile", "smoke", "--seed", "3", "--devices", "2")
    done = run("run", "iris", *own)
    assert done.exit_code == 0, done.output
    (csv,) = (tmp_path / "cache").rglob("*.csv")
    config = json.loads(csv.with_suffix(".json").read_text())["config"]
    assert (config["seed"], config["devices"]) == (3, 2)
    assert results.config_hash(config) == csv.stem
    drawn = run("figure", "iris-ten-minutes", *own, "--out", str(tmp_path))
    assert drawn.exit_code == 0, drawn.output
    assert (tmp_path / "figures/iris-ten-minutes/iris-ten-minutes.csv").is_file()


FIGURE, TABLES = "iris-ten-minutes", {}
WITHOUT_CHIPS = [name for name, held in experiments.registry().items() if not held.population]
RUN = ("run", "toy", "--profile", "smoke", "--only", "seed 1")


def test_run_stores_a_table_once(toy):
    first = run(*RUN)
    assert first.exit_code == 0, first.output
    (csv,) = (paths.cache() / "results").rglob("*.csv")
    assert str(csv) in first.output.replace("\n", "")
    again = run(*RUN)
    assert (again.exit_code, len(toy.calls)) == (0, 1)
    assert f"seed 1: stored already ({csv.stem}); --force computes it again" in again.output
    forced = run(*RUN, "--force")
    assert (forced.exit_code, len(toy.calls)) == (0, 2)
    assert "stored already" not in forced.output


@pytest.mark.usefixtures("toy")
def test_run_with_settings_is_kept_apart_and_says_what_was_found():
    shown = run("run", "toy", "--profile", "smoke", "--set", "size=4")
    assert shown.exit_code == 0, shown.output
    assert "What was found:" in shown.output
    stored = [json.loads(file.read_text())["config"] for file in paths.cache().rglob("*.json")]
    assert [config["size"] for config in stored] == [4, 4]
    assert not (paths.home() / "data").exists()


@pytest.mark.usefixtures("own_folders")
def test_run_ends_with_an_accuracy_and_its_interval_a_method():
    told = run("run", "iris", "--profile", "smoke", "--set", "distortion=0.1").output
    rows = [line.split("│") for line in told.splitlines() if line.startswith("│")]
    assert {row[1].strip() for row in rows} >= {"ideal-bp", "asyt", "insilico-bp"}
    assert all(re.search(r"\d+\.\d\d to \d+\.\d\d", "│".join(row)) for row in rows)
    again = run("run", "iris", "--profile", "smoke", "--set", "distortion=0.1").output
    assert "stored already" in again and "What was found:" in again


@pytest.mark.usefixtures("own_folders")
def test_own_runs_are_drawn_beside_the_published_ones(monkeypatch):
    monkeypatch.setattr(drawing, "draw", lambda *_: drawing.drawn(drawing.find(FIGURE), TABLES))
    TABLES["iris"] = experiments.collected("iris", "smoke")
    shown = run("figure", FIGURE, "--profile", "smoke", "--set", "distortion=0.1")
    assert shown.exit_code == 0, shown.output
    folder = paths.cache() / "own" / "figures" / FIGURE
    assert shown.output.strip() == str(folder)
    assert "Yours: distortion=0.1" in (folder / f"{FIGURE}.json").read_text()
    assert not (paths.home() / "figures").exists()


@pytest.mark.usefixtures("toy")
def test_run_says_that_a_stored_table_is_of_other_code(monkeypatch):
    run(*RUN)
    monkeypatch.setattr("asyt.experiments.sources.code", lambda _: "0" * 16)
    said = run(*RUN).output
    assert "seed 1: stored already, computed at commit" in said
    assert "by other code than this" in said and "--force computes it again" in said


@pytest.mark.usefixtures("toy")
def test_run_tells_a_damaged_table():
    run(*RUN)
    (csv,) = (paths.cache() / "results").rglob("*.csv")
    csv.write_text("damaged")
    shown = run(*RUN)
    assert shown.exit_code == 2
    assert "damaged result" in shown.output and "--force" in shown.output
    assert run(*RUN, "--force").exit_code == 0


def test_interrupted_run_says_how_to_go_on_and_is_not_dropped(toy):
    words = ("run", "toy", "--profile", "smoke", "--devices", "13", "--seed", "1")
    stopped = run(*words)
    assert stopped.exit_code == 130
    assert "interrupted 'seed 1'; --resume continues it" in stopped.output
    refused = run(*words)
    assert refused.exit_code == 2
    assert "continue it with --resume, or start again with --force" in refused.output
    run(*words, "--resume")
    assert [state for _, _, state in toy.calls] == [None, {"epoch": 7}]


@pytest.mark.usefixtures("own_folders")
@pytest.mark.parametrize("name", WITHOUT_CHIPS)
def test_devices_are_refused_where_there_are_none_to_vary(name):
    shown = run("run", name, "--profile", "smoke", "--devices", "2")
    assert shown.exit_code == 2
    assert f"--devices 2: '{name}' has no number of chips to vary" in shown.output


@pytest.mark.usefixtures("own_folders")
def test_small_figure_does_not_replace_the_published_one():
    shown = run("figure", "asyt-fig5a", "--profile", "smoke")
    assert shown.exit_code == 2
    assert "would replace the published one" in shown.output and "--out" in shown.output


def test_unusable_processor_is_told_even_where_the_table_is_stored(toy, monkeypatch):
    assert run(*RUN).exit_code == 0
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    shown = run(*RUN, "--compute", "cuda")
    assert (shown.exit_code, len(toy.calls)) == (2, 1)
    assert "has no CUDA device; use --compute cpu" in shown.output


def test_a_cache_that_cannot_be_written_is_told_before_the_run(toy, monkeypatch):
    monkeypatch.setenv("ASYT_CACHE_DIR", "/dev/null/cache")
    shown = run(*RUN)
    assert (shown.exit_code, toy.calls) == (2, [])
    assert "cannot write" in shown.output


@pytest.mark.parametrize("seed", ["-1", str(2**32)])
@pytest.mark.usefixtures("own_folders")
def test_impossible_seed_is_told(seed):
    shown = run("run", "mnist-demo", "--profile", "smoke", "--seed", seed)
    assert shown.exit_code == 2
    assert seed in shown.output


@pytest.mark.usefixtures("own_folders")
def test_data_sets_are_listed():
    shown = run("data", "list")
    assert shown.exit_code == 0
    assert all(name in shown.output for name in ("mnist", "iris"))


def test_lists_in_a_pipe_are_not_cut(tmp_path, monkeypatch):
    folder = tmp_path / ("a-long-name-" * 15) / "vowels"
    folder.mkdir(parents=True)
    (folder / "wright2022_vowels_259.csv").write_text("x")
    monkeypatch.setenv("ASYT_DATA_DIR", str(folder.parent))
    assert str(folder) in run("data", "list").output
