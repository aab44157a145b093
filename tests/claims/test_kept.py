"""asyt.claims.kept: verdicts are judged once, and again after any change of what they come from."""

import shutil

import pytest

from asyt import claims, paths
from asyt.claims import kept


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """How often the register was judged, in a project of its own with one table and one module."""
    library = tmp_path / "library"
    (tmp_path / "home/data/results/iris").mkdir(parents=True)
    library.mkdir()
    (library / "module.py").write_text("A = 1\n")
    (tmp_path / "home/data/results/iris/t.csv").write_text("a\n1\n")
    for name in ("claims.yml", "readings.yml"):
        shutil.copy(paths.published() / "data" / name, tmp_path / "home/data")
    monkeypatch.setenv("ASYT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "LIBRARY", library)
    calls = []
    monkeypatch.setattr(kept, "collect", lambda: calls.append(1) or [])
    return calls


def test_rows_are_those_that_are_judged(judged):
    fresh = kept.all_rows()
    assert fresh == claims.rows([])
    assert kept.all_rows() == fresh
    assert claims.as_json(kept.all_rows()) == claims.as_json(claims.rows([]))
    assert len(judged) == 1


@pytest.mark.parametrize(
    "changed",
    [
        "library/module.py",
        "library/new.py",
        "home/data/claims.yml",
        "home/data/readings.yml",
        "home/data/results/iris/t.csv",
        "home/data/results/dfa.csv",
        "cache/results/iris/t.csv",
    ],
)
def test_any_change_is_judged_again(judged, tmp_path, changed):
    kept.all_rows()
    file = tmp_path / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text() if file.exists() else ""
    file.write_text(before + "\n# changed\n")
    kept.all_rows()
    assert len(judged) == 2


def test_deleted_table_and_other_package_are_judged_again(judged, tmp_path, monkeypatch):
    kept.all_rows()
    (tmp_path / "home/data/results/iris/t.csv").unlink()
    kept.all_rows()
    monkeypatch.setattr(kept.importlib.metadata, "version", lambda _: "9.0")
    kept.all_rows()
    assert len(judged) == 3


def test_damaged_cache_is_judged_again_and_old_ones_go(judged, tmp_path):
    kept.all_rows()
    (file,) = (tmp_path / "cache/claims").iterdir()
    file.write_text(file.read_text()[:-5])
    kept.all_rows()
    assert len(judged) == 2
    (tmp_path / "library/module.py").write_text("A = 2\n")
    kept.all_rows()
    assert len(list((tmp_path / "cache/claims").iterdir())) == 1


def test_one_changed_digit_in_the_cache_is_judged_again(judged, tmp_path):
    fresh = kept.all_rows()
    (file,) = (tmp_path / "cache/claims").iterdir()
    text = file.read_text()
    at = max(place for place, letter in enumerate(text) if letter.isdigit())
    file.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])
    assert kept.all_rows() == fresh
    assert len(judged) == 2


def test_cache_that_cannot_be_written_costs_no_verdict(judged, tmp_path):
    (tmp_path / "cache").write_text("a file")
    assert kept.all_rows() == kept.all_rows()
    assert len(judged) == 2


def test_published_rows_are_believed_while_they_are_of_what_is_here(judged, tmp_path):
    fresh = kept.all_rows()
    folder = kept.publish()
    shutil.rmtree(tmp_path / "cache")
    assert kept.all_rows() == fresh
    assert len(judged) == 1
    (tmp_path / "library/module.py").write_text("A = 3\n")
    kept.all_rows()
    assert len(judged) == 2
    kept.publish()
    file = folder / "claims.json"
    file.write_text(file.read_text().replace('"asyt-5a-bp"', '"asyt-5a-bq"'))
    shutil.rmtree(tmp_path / "cache")
    assert kept.all_rows() == fresh
    assert len(judged) == 3


def test_whoever_has_tables_of_their_own_is_judged(judged, tmp_path):
    kept.all_rows()
    kept.publish()
    shutil.rmtree(tmp_path / "cache")
    own = tmp_path / "cache/results/kmnist/t.csv"
    own.parent.mkdir(parents=True)
    own.write_text("a\n1\n")
    kept.all_rows()
    assert len(judged) == 2
    shutil.rmtree(tmp_path / "cache")
    kept.all_rows()
    assert len(judged) == 2


@pytest.mark.usefixtures("judged")
def test_a_project_elsewhere_is_the_same(tmp_path, monkeypatch):
    before = kept.fingerprint()
    shutil.copytree(tmp_path / "home", tmp_path / "other")
    monkeypatch.setenv("ASYT_HOME", str(tmp_path / "other"))
    assert kept.fingerprint() == before
