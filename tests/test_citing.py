"""What is cited for a run."""

import itertools
import json
import re
import subprocess
import sys

import pytest
import typer.testing
import yaml

import asyt
from asyt import citing, cli, datasets, devices, paths
from asyt.errors import DataError, UnknownNameError
from asyt.methods import LOOKS


def keys(text):
    return re.findall(r"^@\w+\{([^,]+),", text, re.M)


def test_a_run_is_cited_by_method_device_data_and_software_each_once():
    assert keys(asyt.cite("asyt", "distorted", "mnist")) == [
        "wang2025",
        "wang2025code",
        "lecun1998",
        "paszke2019",
        "asyt-companion",
    ]
    assert keys(asyt.cite("dfa-optical", "optical-unit")) == [
        "launay2020",
        "paszke2019",
        "asyt-companion",
    ]


def test_the_companion_is_cited_as_its_citation_file_says():
    told = yaml.safe_load((paths.home() / "CITATION.cff").read_text())
    entry = citing.COMPANION.replace("{AsyT}", "AsyT")
    assert told["title"] in entry
    assert told["authors"][0]["name"] in entry
    assert f"Version {told['version']}" in entry


def test_every_method_data_set_and_device_says_what_it_cites():
    assert set(citing.METHODS) == set(LOOKS)
    assert set(citing.DATASETS) == {*datasets.NAMES, "own"}
    kinds = [vars(devices)[name] for name in devices.__all__ if name.endswith(("Device", "Unit"))]
    assert set(citing.DEVICES) == {kind.kind for kind in kinds} | {"unsteady"}
    assert [kind for kind in kinds if not kind.cites] == [devices.Device]


def test_every_key_is_in_the_bibliography_and_every_entry_is_whole():
    known = citing.bibliography()
    tables = (citing.METHODS, citing.DEVICES, citing.DATASETS)
    cited = itertools.chain.from_iterable(table.values() for table in tables)
    assert set(itertools.chain.from_iterable(cited)) <= set(known)
    text = (paths.home() / "book" / "references.bib").read_text()
    assert sorted(known) == sorted(keys(text))
    assert all(entry.count("{") == entry.count("}") for entry in known.values())


def test_unknown_names_and_a_missing_bibliography_are_told(tmp_path, monkeypatch):
    with pytest.raises(UnknownNameError, match="did you mean 'asyt'"):
        asyt.cite("asty")
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    with pytest.raises(DataError, match="ASYT_HOME"):
        asyt.cite("asyt")


def test_command_prints_what_the_function_returns():
    told = typer.testing.CliRunner().invoke(cli.app, ["cite", "dfa", "--dataset", "mnist"])
    assert told.exit_code == 0
    assert told.stdout.strip() == asyt.cite("dfa", dataset="mnist")
    assert typer.testing.CliRunner().invoke(cli.app, ["cite", "dfs"]).exit_code == 2


def test_importing_the_package_needs_no_torch():
    code = "import sys, asyt; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_training_needs_neither_pandas_nor_scipy():
    parts = ["training", "devices", "methods", "twins"]
    code = f"import sys, {', '.join(f'asyt.{part}' for part in parts)};"
    code += "sys.exit(bool({'pandas', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("figure_id", "original"),
    [
        ("asyt-fig5a", ("wang2025", "5a")),
        ("asyt-fig6ab", ("wang2025", "6a, b")),
        ("asyt-fig2-headroom", ("wang2025", "2")),
        ("asyt-alignment", ("wang2025", "")),
        ("opu-training", ("launay2020", "")),
        ("methods-matrix", None),
    ],
)
def test_a_figure_names_the_work_it_is_after(figure_id, original):
    assert citing.original(figure_id) == original
    entries = citing.figure(figure_id).split("\n\n")
    assert entries[0].startswith(f"@misc{{{figure_id},")
    assert f"figures.html#{figure_id}" in entries[0]
    assert len(entries) == (2 if original else 1)
    if original:
        key, number = original
        assert f"{'after Fig. ' + number + ' of' if number else 'about'} doi:10." in entries[0]
        assert key in entries[1]


def test_doi_of_an_archived_release_has_a_place(monkeypatch):
    assert "doi     =" not in citing.figure("methods-matrix")
    monkeypatch.setattr(citing, "DOI", "10.5281/zenodo.1")
    assert "  doi     = {10.5281/zenodo.1},\n" in citing.figure("methods-matrix")


def test_archive_and_citation_file_say_the_same():
    root = paths.home()
    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    zenodo = json.loads((root / ".zenodo.json").read_text(encoding="utf-8"))
    assert (zenodo["title"], zenodo["version"]) == (cff["title"], cff["version"])
    assert zenodo["license"] == cff["license"]
    assert [one["name"] for one in zenodo["creators"]] == [one["name"] for one in cff["authors"]]
    related = {one["identifier"] for one in zenodo["related_identifiers"]}
    assert related == {one["doi"] for one in cff["references"]}
    assert cff.get("doi", "") == citing.DOI


def test_a_figure_is_cited_on_the_command_line():
    runner = typer.testing.CliRunner()
    told = runner.invoke(cli.app, ["cite", "--figure", "asyt-fig5a"])
    assert told.stdout.strip() == citing.figure("asyt-fig5a")
    assert runner.invoke(cli.app, ["cite", "--figure", "asyt-fig5z"]).exit_code == 2
    assert runner.invoke(cli.app, ["cite"]).exit_code == 2
