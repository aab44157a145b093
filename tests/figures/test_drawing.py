"""Every citable figure: its files, its page, its record, and the tables it was drawn from."""

import hashlib
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
import yaml
from toy_figure import Line, of_toy

from asyt import experiments, paths, results
from asyt.errors import UnknownNameError
from asyt.experiments import _live, store
from asyt.figures import drawing
from asyt.figures._style import FigureError

FIGURES = drawing.figures()
PAGES = {path.stem: path.read_text() for path in sorted((paths.home() / "book").glob("*.md"))}
CELL = re.compile(r"```\{code-cell\} ipython3\n---\n(.*?)---\n(.*?)```", re.S)
SHOWS = re.compile(r'pages\.figure\("([^"]+)"[,)]')


def cells():
    """(figure id, cell metadata) of every figure cell of the book."""
    for text in PAGES.values():
        for header, body in CELL.findall(text):
            if match := SHOWS.search(body):
                yield match[1], yaml.safe_load(header)["mystnb"]


def test_every_figure_stands_on_one_page_under_a_name_of_its_own():
    shown = list(cells())
    names = [cell["figure"]["name"] for _, cell in shown]
    assert sorted(figure_id for figure_id, _ in shown) == list(FIGURES)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("figure_id", "cell"), list(cells()))
def test_caption_and_alternative_text_stand_with_the_figure_alone(figure_id, cell):
    assert set(cell) == {"figure"}, figure_id
    assert set(cell["figure"]) == {"name"}, figure_id


@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_figure_has_a_caption_and_an_alternative_text(figure_id):
    assert FIGURES[figure_id].CAPTION.strip()
    assert FIGURES[figure_id].ALT.strip()


def test_unknown_figure_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="asyt-fig5a'"):
        drawing.find("asyt-fg5a")


@pytest.mark.parametrize("name", ["drawing", "-style", "../asyt", ""])
def test_other_files_of_the_folder_are_no_figures(name):
    with pytest.raises(UnknownNameError, match="unknown figure"):
        drawing.find(name)


#: Of the 25 MB of the whole site, which its pages and the book as one file share.
FIGURES_BYTES = 12_800_000


@pytest.mark.parametrize("experiment", experiments.registry())
def test_every_published_run_is_stored_under_the_hash_of_its_configuration(experiment):
    for config in experiments.jobs(experiment, "paper"):
        found = results.load(
            experiment, config, experiments.place(experiment, config), profile="paper"
        )
        assert found.provenance["config"] == results.plain(config)
        assert len(found.table) > 0


@pytest.mark.parametrize("figure_id", FIGURES)
def test_committed_figure_shows_the_stored_tables(figure_id):
    folder = paths.home() / "figures" / figure_id
    assert outdated(folder) == []


def test_published_figures_leave_the_site_room_for_its_pages():
    files = [file for file in (paths.home() / "figures").rglob("*") if file.is_file()]
    sizes = sorted(((file.stat().st_size, file.name) for file in files), reverse=True)
    assert sum(size for size, _ in sizes) < FIGURES_BYTES, sizes[:8]


@pytest.mark.parametrize("figure_id", FIGURES)
def test_committed_record_tells_the_configuration_of_every_table(figure_id):
    record = json.loads((paths.home() / "figures" / figure_id / f"{figure_id}.json").read_text())
    values = record["values"]
    for digest, table in record["tables"].items():
        config = {**record["configuration"], **table["configuration"]}
        for key in config:
            if isinstance(config[key], str) and config[key] in values:
                config[key] = values[config[key]]
        assert results.config_hash(config) == digest


def outdated(folder):
    """What is wrong with a published figure: other tables than the stored ones, other files."""
    record = json.loads((folder / f"{folder.name}.json").read_text())
    drawn = {digest: table["sha256"] for digest, table in record.get("tables", {}).items()}
    wrong = [name for name, digest in record["files"].items() if sha256(folder / name) != digest]
    if drawn != stored(FIGURES[folder.name]):
        wrong.append(f"drawn from other tables: run `asyt figure {folder.name}`")
    if record["caption"].split() != FIGURES[folder.name].CAPTION.split():
        wrong.append("caption")
    return wrong


def stored(figure):
    """Configuration hash -> sha256 of each published table that a figure shows."""
    found = {}
    for experiment in drawing.sources(figure):
        for config in experiment.jobs("paper"):
            kept = results.load(experiment.name, config, experiments.place(experiment, config))
            found[results.config_hash(config)] = kept.provenance["csv_sha256"]
    return found


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def line(toy, monkeypatch):
    """Figure "line", whose published tables are stored."""
    found = of_toy()
    monkeypatch.setitem(FIGURES, "line", found)
    assert len(toy.calls) == 2
    return found


@pytest.mark.usefixtures("line")
def test_drawing_writes_nothing():
    _, plotted = drawing.draw("line", "paper")
    assert plotted.value.tolist() == [100, 100]
    assert not (paths.home() / "figures").exists()


def record_of(folder):
    return json.loads((folder / "line.json").read_text())


@pytest.mark.usefixtures("line")
def test_record_says_what_a_figure_was_drawn_from(config):
    folder = drawing.publish("line")
    record = record_of(folder)
    hashes = [results.config_hash(config(100, seed)) for seed in (0, 1)]
    assert folder == paths.home() / "figures" / "line"
    assert (record["experiment"], record["profile"]) == ("toy", "paper")
    assert list(record["tables"]) == hashes
    assert record["configuration"] == {"size": 100}
    assert record["tables"][hashes[1]]["configuration"] == {"seed": 1}
    assert record["seeds"] == [0, 1]
    assert [set(entry) for entry in record["versions"]] == [
        {"version", "commit", "dirty", "packages"}
    ]
    assert record["command"] == "asyt run toy --profile paper && asyt figure line"
    for digest, table in record["tables"].items():
        file = paths.home() / "data" / "results" / "toy" / f"{digest}.csv"
        assert (table["sha256"], table["live"]) == (sha256(file), False)


@pytest.mark.usefixtures("line")
def test_publishing_again_changes_nothing(tmp_path):
    one, two = drawing.publish("line"), drawing.publish("line", root=tmp_path)
    for file in one.iterdir():
        assert (two / file.name).read_bytes() == file.read_bytes()


@pytest.mark.usefixtures("line")
def test_a_table_that_moved_on_is_noticed(config):
    folder = drawing.publish("line")
    assert outdated(folder) == []
    file = experiments.place("toy", config(100, 0)) / "toy"
    results.save("toy", config(100, 0), pd.DataFrame({"value": [99]}), seeds=0, wall_time_s=1.0)
    assert outdated(folder) == ["drawn from other tables: run `asyt figure line`"]
    (folder / "line.csv").write_text("edited")
    assert outdated(folder)[0] == "line.csv"
    assert file.is_dir()


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"profile": "smoke"}, "--profile smoke"),
        ({"seeds": (5,)}, "--seed 5"),
        ({"devices": 3}, "--devices 3"),
    ],
)
def test_only_published_tables_replace_a_published_figure(line, tmp_path, other, named):
    folder = drawing.publish("line")
    before = record_of(folder)
    for root in (None, paths.home()):
        with pytest.raises(FigureError, match=f"{named} would replace .* give another folder with"):
            drawing.publish("line", **other, root=root)
    assert record_of(folder) == before
    if "profile" in other:
        elsewhere = record_of(drawing.publish("line", **other, root=tmp_path))
        assert elsewhere["profile"] == "smoke"
        assert "asyt figure line --profile smoke --out FOLDER" in elsewhere["command"]
        assert line.EXPERIMENT.name == elsewhere["experiment"]


@pytest.mark.usefixtures("line")
def test_tables_computed_live_are_marked_and_not_published(config, monkeypatch, tmp_path):
    stored_record = record_of(drawing.publish("line", root=tmp_path))
    digest = results.config_hash(config(100, 0))
    monkeypatch.setitem(_live, ("toy", digest), pd.DataFrame({"value": [99]}))
    with pytest.raises(FigureError, match="tables computed live would replace"):
        drawing.publish("line")
    record = record_of(drawing.publish("line", root=tmp_path))
    assert record["tables"][digest]["live"]
    assert record["tables"][digest]["sha256"] != stored_record["tables"][digest]["sha256"]


@pytest.mark.usefixtures("line")
def test_tables_of_other_code_are_named(monkeypatch):
    assert drawing.origins("line", "smoke") == []
    monkeypatch.setattr("asyt.experiments.sources.code", lambda _: "0" * 16)
    notes = drawing.origins("line", "smoke")
    assert len(notes) == 2
    assert notes[0].startswith("the table of 'seed 0' was computed at commit")


def test_a_figure_of_two_experiments_gets_a_table_of_each(line, monkeypatch, tmp_path):
    toy = line.EXPERIMENT
    seen = []

    def draw(*tables):
        seen.append([len(table) for table in tables])
        return of_toy().draw(tables[-1])

    monkeypatch.setattr(line, "draw", draw, raising=False)
    line.EXPERIMENT = (replace(toy, name="toy"), replace(toy, name="other"))
    monkeypatch.setitem(store.EXTRA, "other", line.EXPERIMENT[1])
    record = record_of(drawing.publish("line", "smoke", tmp_path))
    assert record["experiment"] == "toy and other"
    assert seen == [[2, 2]]


@pytest.mark.usefixtures("toy")
def test_a_schematic_is_drawn_from_no_table(monkeypatch):
    monkeypatch.setitem(FIGURES, "line", Line())
    record = record_of(drawing.publish("line"))
    assert (record["experiment"], record["tables"]) == (None, {})
    assert record["command"] == "asyt figure line"
