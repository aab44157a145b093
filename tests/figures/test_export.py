import hashlib
import json
from importlib import metadata

import pandas
import pytest
from matplotlib.figure import Figure
from PIL import Image

from asyt import paths
from asyt.figures import _style as style
from asyt.figures import export as module
from asyt.figures.export import cite, export

TABLE = pandas.DataFrame({"epoch": [0, 1, 2], "accuracy": [0.1, 1 / 3, 0.9]})
SUFFIXES = ("svg", "pdf", "png", "csv", "json")


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    monkeypatch.setattr(module.metadata, "version", lambda name: {"asyt": "1.2.3"}[name])


def draw():
    figure = Figure(figsize=(style.COLUMN, 2), layout="constrained")
    ax = figure.add_subplot(xlabel="Epoch", ylabel="Accuracy")
    style.band(
        ax, TABLE.epoch, TABLE.accuracy, TABLE.accuracy - 0.05, TABLE.accuracy + 0.05, "asyt", n=3
    )
    ax.legend()
    return figure


def save(
    root,
    figure_id="mnist-accuracy",
    table=TABLE,
    provenance=None,
    alt="Accuracy rises.",
    caption="Accuracy.",
):
    provenance = {"config": "abc", "seeds": [1, 2]} if provenance is None else provenance
    return export(draw(), figure_id, table, provenance, alt=alt, caption=caption, root=root)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_writes_five_files_and_nothing_else(tmp_path):
    folder = save(tmp_path)
    assert folder == tmp_path / "figures" / "mnist-accuracy"
    assert set(contents(folder)) == {f"mnist-accuracy.{suffix}" for suffix in SUFFIXES}
    assert list(folder.parent.iterdir()) == [folder]


def test_same_input_gives_the_same_bytes(tmp_path):
    first = contents(save(tmp_path / "first"))
    assert contents(save(tmp_path / "second")) == first
    assert contents(save(tmp_path / "first")) == first


def test_provenance_names_every_file_with_its_hash(tmp_path):
    folder = save(tmp_path)
    record = json.loads((folder / "mnist-accuracy.json").read_text(encoding="utf-8"))
    assert record["config"] == "abc"
    assert record["seeds"] == [1, 2]
    assert record["figure"] == "mnist-accuracy"
    assert record["alt"] == "Accuracy rises."
    assert record["caption"] == "Accuracy."
    assert record["cite"] == cite("mnist-accuracy")
    expected = {
        name: hashlib.sha256(data).hexdigest()
        for name, data in contents(folder).items()
        if not name.endswith(".json")
    }
    assert record["files"] == expected
    assert len(expected) == 4


def test_table_is_the_plotted_numbers(tmp_path):
    text = (save(tmp_path) / "mnist-accuracy.csv").read_text(encoding="utf-8")
    assert text == "epoch,accuracy\n0,0.1\n1,0.3333333333\n2,0.9\n"


def test_vector_files_carry_their_fonts(tmp_path):
    files = contents(save(tmp_path))
    assert b"<text" not in files["mnist-accuracy.svg"]
    assert b"/FontFile2" in files["mnist-accuracy.pdf"]


def test_png_has_300_dots_an_inch(tmp_path):
    data = contents(save(tmp_path))["mnist-accuracy.png"]
    assert int.from_bytes(data[16:20], "big") == int(style.COLUMN * 300)


def test_png_has_few_colours_and_says_what_it_shows(tmp_path):
    with Image.open(save(tmp_path) / "mnist-accuracy.png") as picture:
        assert picture.mode == "P"
        assert set(picture.info) >= {"Title", "Description", "dpi"}
        assert picture.info["Title"] == "mnist-accuracy"
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_default_root_is_the_project(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "home", lambda: tmp_path)
    assert save(None) == tmp_path / "figures" / "mnist-accuracy"


@pytest.mark.parametrize("figure_id", ["", "../x", "Fig 1", "a--b", "-a", "a/b"])
def test_bad_id_is_refused(tmp_path, figure_id):
    with pytest.raises(style.FigureError, match="lower-case"):
        save(tmp_path, figure_id)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"alt": " "}, "alternative text"),
        ({"caption": ""}, "caption"),
        ({"table": TABLE[:0]}, "empty table"),
        ({"provenance": {"loss": float("nan")}}, "not JSON"),
        ({"provenance": {"config": object()}}, "not JSON"),
        ({"provenance": {"files": []}}, "reserved keys"),
    ],
)
def test_incomplete_figure_is_refused(tmp_path, wrong, message):
    with pytest.raises(style.FigureError, match=message):
        save(tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


def test_failure_while_writing_keeps_the_old_files(tmp_path, monkeypatch):
    before = contents(save(tmp_path))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pandas.DataFrame, "to_csv", full)
    with pytest.raises(style.FigureError, match="No space left"):
        save(tmp_path, provenance={"config": "other"})
    assert contents(tmp_path / "figures" / "mnist-accuracy") == before
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["mnist-accuracy"]


def test_root_that_is_a_file(tmp_path):
    (tmp_path / "figures").write_text("in the way", encoding="utf-8")
    with pytest.raises(style.FigureError, match="mnist-accuracy"):
        save(tmp_path)


def test_cite_names_title_version_figure_and_licence():
    line = cite("mnist-accuracy")
    for part in (module.TITLE, "1.2.3", "'mnist-accuracy'", "CC BY 4.0"):
        assert part in line


def test_cite_without_an_installed_package(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(module.metadata, "version", missing)
    with pytest.raises(style.FigureError, match="pip install"):
        cite("a")
