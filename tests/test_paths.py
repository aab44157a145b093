"""Where what is published is read, and where new files are written."""

from pathlib import Path

import pandas as pd
import pytest

from asyt import experiments, paths, results
from asyt.errors import DataError


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The library in a folder that is no checkout, as after an installation; its package folder."""
    package = tmp_path / "lib" / "site-packages" / "asyt"
    package.mkdir(parents=True)
    monkeypatch.delenv("ASYT_HOME", raising=False)
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    monkeypatch.setattr(paths, "PACKAGED", package / "_published")
    return package


def test_checkout_is_read_and_written(monkeypatch):
    monkeypatch.delenv("ASYT_HOME", raising=False)
    assert paths.home() == paths.published() == Path(__file__).parents[1]


def test_asyt_home_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    assert paths.home() == paths.published() == tmp_path


def test_installed_library_reads_what_it_carries_and_writes_where_it_is_called(
    installed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (installed / "_published").mkdir()
    assert paths.published() == installed / "_published"
    assert paths.home() == tmp_path


@pytest.mark.usefixtures("installed")
def test_installation_without_published_files_names_the_remedy():
    with pytest.raises(DataError, match=r"_published is not there.*ASYT_HOME"):
        paths.published()


def test_cache_is_the_users_or_the_one_named(monkeypatch):
    monkeypatch.setenv("ASYT_CACHE_DIR", "/somewhere")
    assert paths.cache() == Path("/somewhere")
    monkeypatch.delenv("ASYT_CACHE_DIR")
    assert paths.cache().name == "asyt"


def test_published_run_that_is_computed_again_goes_to_the_cache(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    brought = installed / "_published" / "data" / "results"
    brought.mkdir(parents=True)
    run, own = experiments.jobs("iris", "paper")[0], tmp_path / "cache" / "results"
    assert experiments.place("iris", run) == brought
    assert experiments.place("iris", run, write=True) == own
    table = pd.DataFrame({"accuracy": [0.9]})
    results.save("iris", run, table, seeds=0, wall_time_s=1.0, root=own)
    assert experiments.place("iris", run) == own
