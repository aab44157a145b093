"""Own runs beside the published ones: labelled, from changed settings or from a file."""

import json
from dataclasses import dataclass, replace

import pandas as pd
import pytest
from toy_figure import Line, of_toy

from asyt import experiments, paths
from asyt.errors import AsytError, ResultError, SettingError, UnknownNameError
from asyt.experiments import store
from asyt.experiments.base import Config
from asyt.figures import beside, drawing
from asyt.figures._style import FigureError


@pytest.fixture
def line(toy, monkeypatch):
    """Figure "line", whose published tables are stored in the project's folder."""
    monkeypatch.setitem(drawing.figures(), "line", of_toy())
    return toy


def files(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")}


@pytest.mark.usefixtures("line")
def test_changed_runs_are_drawn_beside_the_published_and_apart():
    before = files(paths.home())
    folder = beside.publish("line", beside.Own("smoke", settings=["size=7"]))
    assert files(paths.home()) == before
    assert folder == paths.cache() / "own" / "figures" / "line"
    plotted = pd.read_csv(folder / "line.csv")
    label = "Yours: size=7 (smoke profile)"
    assert plotted.groupby("runs").value.unique().map(list).to_dict() == {
        "published": [100],
        label: [7],
    }
    record = json.loads((folder / "line.json").read_text())
    assert record["own"] == label
    assert label in record["caption"]
    assert [config["size"] for config in record["configurations"]] == [7, 7]


@pytest.mark.usefixtures("line")
def test_stored_table_is_drawn_with_the_columns_of_its_run(tmp_path, config):
    experiments.compute("toy", config(9, 5))
    (csv,) = (paths.cache() / "results").rglob("*.csv")
    folder = beside.publish("line", beside.Own(tables=[csv]), tmp_path)
    plotted = pd.read_csv(folder / "line.csv")
    assert plotted[plotted.runs == f"Yours: {csv.name}"][["seed", "value"]].to_numpy().tolist() == [
        [5, 9]
    ]


@pytest.mark.usefixtures("line")
def test_table_without_a_record_says_its_runs_in_its_columns(tmp_path):
    file = tmp_path / "mine.csv"
    pd.DataFrame({"seed": [3, 4], "value": [8, 9]}).to_csv(file, index=False)
    folder = beside.publish("line", beside.Own(tables=[file]), tmp_path)
    plotted = pd.read_csv(folder / "line.csv")
    assert plotted[plotted.runs == "Yours: mine.csv"].value.tolist() == [8, 9]


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("text", "hint"),
    [("value\n3\n", "lacks the columns seed"), ("", "is no table"), ("a,b\n1\n2,3,4\n", "table")],
)
def test_file_that_is_no_table_of_the_experiment_is_told(tmp_path, text, hint):
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(ResultError, match=hint):
        beside.publish("line", beside.Own(tables=[tmp_path / "mine.csv"]), tmp_path)


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("own", "error", "hint"),
    [
        ({"settings": ["size=7"]}, ResultError, "`asyt run toy --profile paper --set size=7`"),
        ({"settings": ["sizes=7"]}, UnknownNameError, "did you mean 'size'"),
        ({"settings": ["size=big"]}, SettingError, "size takes a whole number"),
        ({"profile": "smoke", "settings": ["size=50"]}, FigureError, "cannot show these runs"),
        ({"tables": ["none.csv"]}, ResultError, "there is no table none.csv"),
    ],
)
def test_runs_that_cannot_be_drawn_are_told(own, error, hint):
    own["tables"] = [paths.Path(table) for table in own.get("tables", ())]
    with pytest.raises(error, match=hint):
        beside.publish("line", beside.Own(**own))
    assert not (paths.cache() / "own" / "figures").exists()


@pytest.mark.usefixtures("line")
def test_published_figures_are_never_replaced():
    with pytest.raises(FigureError, match="would replace the published one"):
        beside.publish("line", beside.Own(settings=["size=7"]), paths.home())


def test_schematic_has_no_runs():
    with pytest.raises(FigureError, match="schematic: no run changes it"):
        beside.publish("asyt-fig2-hardware", beside.Own(settings=["size=7"]))


@pytest.mark.usefixtures("line")
def test_table_of_another_experiment_is_told(tmp_path):
    experiments.compute("iris", experiments.jobs("iris", "smoke")[0])
    (csv,) = (paths.cache() / "results" / "iris").rglob("*.csv")
    with pytest.raises(AsytError, match="is a table of 'iris', not of 'toy'"):
        beside.publish("line", beside.Own(tables=[csv]), tmp_path)


def both(monkeypatch):
    """Figure "both", of the toy experiment and of another without a `size`."""
    other = replace(
        experiments.find("toy"), name="other", profiles=dict.fromkeys(("smoke", "paper"), Seeded())
    )
    other = replace(other, plan=lambda *_: [Seeded()], run=lambda *_: pd.DataFrame({"value": [1]}))
    monkeypatch.setitem(store.EXTRA, "other", other)
    found = Line()
    found.EXPERIMENT = (experiments.find("toy"), other)
    found.draw = lambda one, two: Line().draw(pd.concat([one, two]))
    monkeypatch.setitem(drawing.figures(), "both", found)


@dataclass(frozen=True)
class Seeded(Config):
    seed: int = 0


@pytest.mark.usefixtures("line")
def test_a_setting_changes_the_runs_that_have_its_field(monkeypatch):
    both(monkeypatch)
    own = beside.Own("smoke", settings=["size=7"])
    monkeypatch.setattr(drawing, "draw", lambda *_: Line().draw(pd.DataFrame({"value": [100]})))
    plotted = pd.read_csv(beside.publish("both", own) / "both.csv")
    assert sorted(plotted[plotted.runs != "published"].value) == [1, 7, 7]
