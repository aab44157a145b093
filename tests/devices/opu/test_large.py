"""A projection that is made piece by piece."""

import json

import numpy as np
import pytest

from asyt.devices.opu import large, medium
from asyt.errors import AsytError, ResultError

INPUT = large.dense_input(5000, 0)


def outputs(folder):
    return np.fromfile(folder / "values.f4", "<f4")


def test_a_projection_resumes_to_the_same_numbers(tmp_path):
    assert large.project(INPUT, range(600), 0, tmp_path, seconds=1e-9)["done"] == medium.ROWS
    assert large.project(INPUT, range(600), 0, tmp_path)["done"] == 600
    large.project(INPUT, range(300, 400), 0, tmp_path / "again")
    np.testing.assert_array_equal(outputs(tmp_path / "again"), outputs(tmp_path)[300:400])


def test_a_folder_of_another_projection_is_refused(tmp_path):
    large.project(INPUT, range(300), 0, tmp_path, seconds=1e-9)
    with pytest.raises(ResultError, match="another projection"):
        large.project(INPUT, range(301), 0, tmp_path)


def test_nothing_to_project_is_refused(tmp_path):
    with pytest.raises(AsytError, match="at least 1"):
        large.project(INPUT, range(0), 0, tmp_path)


def test_the_command_line_says_what_was_done(tmp_path, capsys):
    large.main(["--inputs", "40", "--first", "3", "--last", "9", "--folder", str(tmp_path)])
    assert json.loads(capsys.readouterr().out)["rows"] == [3, 9]
    assert len(outputs(tmp_path)) == 6
