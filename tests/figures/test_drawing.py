"""Every citable figure: its files, its page, and the results they were made from."""

import hashlib
import json
import re

import pytest
import yaml

from asyt import experiments, paths, results
from asyt.errors import UnknownNameError
from asyt.figures import EXPERIMENTS, drawing

PAGES = {path.stem: path.read_text() for path in sorted((paths.home() / "book").glob("*.md"))}
CELL = re.compile(r"```\{code-cell\} ipython3\n---\n(.*?)---\n(.*?)```", re.S)


def cells():
    """(figure id, cell metadata) of every figure cell of the book."""
    for text in PAGES.values():
        for header, body in CELL.findall(text):
            if match := re.search(r'pages\.figure\("([^"]+)"[,)]', body):
                yield match[1], yaml.safe_load(header)["mystnb"]


def words(text):
    return " ".join(text.split())


def test_every_figure_stands_on_a_page_with_its_own_caption_and_text_for_the_blind():
    shown = dict(cells())
    assert set(shown) == set(drawing.FIGURES)
    for figure_id, cell in shown.items():
        spec = drawing.FIGURES[figure_id]
        assert words(cell["figure"]["caption"]) == words(spec.caption), figure_id
        assert words(cell["image"]["alt"]) == words(spec.alt), figure_id


def test_unknown_figure_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="asyt-fig5a'"):
        drawing.drawing("asyt-fg5a")


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_published_run_is_stored_under_the_hash_of_its_configuration(experiment):
    for config in experiments.jobs(experiment, "paper"):
        found = results.load(
            experiment, config, experiments.place(experiment, config), profile="paper"
        )
        assert found.provenance["config"] == results.plain(config)
        assert len(found.table) > 0


@pytest.mark.parametrize("figure_id", drawing.FIGURES)
def test_committed_figure_was_made_from_the_current_results(figure_id):
    folder = paths.home() / "figures" / figure_id
    record = json.loads((folder / f"{figure_id}.json").read_text())
    runs = experiments.jobs(drawing.FIGURES[figure_id].experiment, "paper")
    assert record["results"] == [results.config_hash(config) for config in runs]
    assert words(record["caption"]) == words(drawing.FIGURES[figure_id].caption)
    for kind in ("svg", "pdf", "png", "csv"):
        assert (folder / f"{figure_id}.{kind}").stat().st_size > 0
    for name, digest in hashes(record["files"]):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def hashes(files):
    """(file name, sha256), however the record nests them."""
    return [
        (name, value["sha256"] if isinstance(value, dict) else value)
        for name, value in files.items()
    ]
