"""book/releases.py: books of releases stay, each in its folder, and are listed."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[1] / "book" / "releases.py"
spec = importlib.util.spec_from_file_location("book_releases", FILE)
releases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(releases)


@pytest.fixture
def site(tmp_path):
    """A built book, and an empty folder of releases."""
    site, kept = tmp_path / "html", tmp_path / "kept"
    site.mkdir()
    kept.mkdir()
    (site / "index.html").write_text("first")
    return site, kept


def test_releases_are_kept_and_listed_newest_first(site):
    built, kept = site
    releases.keep(built, kept, "v0.9.0")
    releases.place(built, kept)
    (built / "index.html").write_text("second")
    releases.keep(built, kept, "v0.10.0")
    assert releases.place(built, kept) == ["v0.10.0", "v0.9.0"]
    assert (built / "releases/v0.9.0/index.html").read_text() == "first"
    assert (built / "releases/v0.10.0/index.html").read_text() == "second"
    assert not (kept / "v0.10.0/releases").exists()
    listed = (built / "releases/index.html").read_text()
    assert listed.index('"v0.10.0/index.html"') < listed.index('"v0.9.0/index.html"')


def test_a_published_release_does_not_change(site):
    built, kept = site
    releases.keep(built, kept, "v1.0.0")
    with pytest.raises(SystemExit, match="published already"):
        releases.keep(built, kept, "v1.0.0")


@pytest.mark.parametrize("name", ["1.0.0", "v1.0", "vier", "../v1.0.0x"])
def test_other_names_are_refused(site, name):
    with pytest.raises(SystemExit, match=r"call it like v0\.2\.0"):
        releases.keep(*site, name)


def test_without_a_release_there_is_an_empty_list(site):
    assert releases.place(*site) == []
    assert "newest" in (site[0] / "releases/index.html").read_text()
