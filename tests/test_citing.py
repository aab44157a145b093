"""What is cited for a run."""

import re
import subprocess
import sys

import pytest
import typer.testing

import asyt
from asyt import citing, cli, datasets, devices, paths
from asyt.errors import DataError, UnknownNameError
from asyt.methods import NAMES


def keys(text):
    return re.findall(r"^@\w+\{([^,]+),", text, re.M)


def test_a_run_is_cited_by_method_device_data_and_software_each_once():
    assert keys(asyt.cite("asyt", "distorted", "mnist")) == [
        "wang2025",
        "wang2025code",
        "lecun1998",
        "paszke2019",
    ]
    assert keys(asyt.cite("pat", dataset="vowels")) == [
        "wright2022",
        "hillenbrand1995",
        "paszke2019",
    ]


def test_every_method_data_set_and_device_has_its_entries():
    assert set(citing.METHODS) == set(NAMES)
    assert set(citing.DATASETS) == {*datasets.NAMES, "own"}
    kinds = {
        name.removesuffix("Device").lower()
        for name in devices.__all__
        if name.endswith("Device") or name == "Unsteady"
    }
    assert set(citing.DEVICES) == {*(kinds - {""}), "optical-unit", "own"}
    known = citing.bibliography()
    tables = (citing.METHODS, citing.DEVICES, citing.DATASETS)
    used = {key for table in tables for found in table.values() for key in found}
    assert used <= set(known)
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


def test_importing_the_package_and_citing_need_no_torch():
    code = "import sys, asyt; asyt.cite('asyt'); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
