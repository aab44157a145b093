"""What stands under every figure: its files, how to cite it, how it was made."""

import json
import re

import pytest

from asyt import citing, paths
from asyt.figures import drawing, index, under

FIGURES = list(drawing.figures())


@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_figure_has_its_files_its_citation_and_its_command(figure_id):
    html = under.html(figure_id)
    for kind in under.KINDS:
        assert (paths.home() / under.file(figure_id, kind)).is_file()
        assert f'href="{under.file(figure_id, kind)}"' in html
    assert f"@misc{{{figure_id}," in html
    assert f"asyt figure {figure_id}</pre>" in html
    assert "None" not in html


def test_origin_of_a_figure_comes_from_its_record(monkeypatch):
    record = {
        "profile": "paper",
        "seeds": [0, 1],
        "configuration": {"devices": 5},
        "versions": [
            {"version": "0.1", "commit": "a" * 40, "dirty": True, "packages": {"torch": "2"}},
            {"version": "0.1", "commit": "b" * 40, "dirty": False, "packages": {"torch": "3"}},
        ],
        "machines": ["EPYC"],
        "wall_time_s": 600,
        "data": {"iris": {"features and labels": "c" * 64}},
        "tables": {"t1": {"configuration": {"population": 20}, "sha256": "d" * 64}},
        "files": {"f.svg": "e" * 64},
    }
    monkeypatch.setattr(under, "record", lambda _: record)
    html = under.html("asyt-fig3")
    facts = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html))
    assert facts["seeds"] == "0, 1"
    assert facts["devices"] == "devices = 5, population = 20"
    assert facts["commit"] == f"{'a' * 12} with changes, {'b' * 12}"
    assert facts["versions"] == "asyt 0.1, torch 2, torch 3"
    assert (facts["machine"], facts["wall time"]) == ("EPYC", "10 minutes in all")
    assert "c" * 16 in facts["data"] and "d" * 16 in facts["tables"] and "e" * 16 in facts["files"]


def test_figure_without_a_record_is_shown_without_facts(monkeypatch):
    monkeypatch.setattr(under, "record", lambda _: {})
    assert "<dl>" not in under.html("asyt-fig3")


def test_many_values_are_counted():
    assert under._short(range(3), most=2) == "0, 1 and 1 more"  # noqa: SLF001


def test_index_has_every_figure_under_its_own_anchor():
    html = index.entries()
    assert re.findall('<h2 id="([^"]+)">', html) == FIGURES
    small = index.thumbnails(FIGURES[:2])
    assert re.findall('href="([^"]+)"', small) == [citing.anchor(name) for name in FIGURES[:2]]
    assert all(f'src="{index.thumbnail(name)}"' in small for name in FIGURES[:2])


@pytest.mark.parametrize("figure_id", FIGURES)
def test_record_is_json_with_a_line_a_table(figure_id):
    file = paths.home() / under.file(figure_id, "json")
    record = json.loads(file.read_text(encoding="utf-8"))
    assert record["figure"] == figure_id
