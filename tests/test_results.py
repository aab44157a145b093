"""The store of tables: exact, checked, atomic."""

import dataclasses
import errno
import hashlib
import json
import math
import os

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyt import provenance, results
from asyt.errors import ResultError


@dataclasses.dataclass(frozen=True)
class Config:
    layers: tuple[int, ...] = (4, 4, 3)
    rate: float = 0.1
    noise: str | None = None


TABLE = pd.DataFrame(
    {
        "method": ["AsyT", "NA", None],
        "epoch": [0, 1, 2],
        "accuracy": [0.1 + 0.2, float("nan"), 1e-300],
        "diverged": [False, True, False],
        "loss": np.array([1 / 3, 2.5, -np.inf], dtype=np.float32),
    }
)


def save(root, config=Config(), table=TABLE, **more):
    return results.save("iris", config, table, seeds=[0, 1], wall_time_s=1.5, root=root, **more)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_hash_is_that_of_canonical_json():
    text = b'{"layers":[4,4,3],"noise":null,"rate":0.1}'
    assert results.config_hash(Config()) == hashlib.sha256(text).hexdigest()[:16]


def test_hash_ignores_key_order_and_the_kind_of_container():
    config = {"noise": None, "rate": np.float64(0.1), "layers": [4, np.int64(4), 3]}
    assert results.config_hash(config) == results.config_hash(Config())


@pytest.mark.parametrize(
    "changed", [{"rate": math.nextafter(0.1, 1)}, {"noise": "None"}, {"layers": (4, 43)}]
)
def test_hash_tells_configurations_apart(changed):
    assert results.config_hash(Config(**changed)) != results.config_hash(Config())


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"a": {"b": [0, float("nan")]}}, r"config\.a\.b\[1\] is nan"),
        ({"a": torch.float32}, "torch.float32"),
        ({1: "a"}, "key 1"),
        ({"a": {1, 2}}, "set"),
    ],
)
def test_hash_refuses_what_json_cannot_hold(config, named):
    with pytest.raises(ResultError, match=named):
        results.config_hash(config)


def test_table_comes_back_exactly(tmp_path):
    save(tmp_path)
    pd.testing.assert_frame_equal(
        results.load("iris", Config(), tmp_path).table, TABLE, check_exact=True
    )


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_float_comes_back_exactly(tmp_path, values):
    save(tmp_path, table=pd.DataFrame({"x": values}))
    assert results.load("iris", Config(), tmp_path).table["x"].tolist() == values


def test_files_are_named_by_the_hash_and_tidy(tmp_path):
    path = save(tmp_path)
    digest = results.config_hash(Config())
    assert path == tmp_path / "iris" / f"{digest}.csv"
    assert set(files(tmp_path)) == {f"{digest}.csv", f"{digest}.json"}
    assert path.read_bytes().splitlines()[:2] == [
        b"method,epoch,accuracy,diverged,loss",
        b"AsyT,0,0.30000000000000004,False,0.33333334",
    ]
    assert b"\r" not in path.read_bytes()


def test_provenance_says_where_a_table_comes_from(tmp_path):
    path = save(tmp_path)
    record = results.load("iris", Config(), tmp_path).provenance
    assert record["config"] == {"layers": [4, 4, 3], "rate": 0.1, "noise": None}
    assert record["config_hash"] == path.stem
    assert record["experiment"] == "iris"
    assert record["seeds"] == [0, 1]
    assert record["wall_time_s"] == 1.5
    assert record["csv_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record["device"] == provenance.cpu_name() != ""
    assert record["threads"] == torch.get_num_threads()
    assert record["packages"]["numpy"] == np.__version__
    assert torch.__version__.startswith(record["packages"]["torch"])  # "+cu130" may follow
    assert pd.Timestamp(record["created"]).tz is not None
    assert {"version", "commit", "dirty"} <= set(record)


def test_code_is_recorded(tmp_path):
    save(tmp_path, code="0123")
    assert results.load("iris", Config(), tmp_path).provenance["code"] == "0123"


def test_sha256_of_a_table_is_that_of_its_file(tmp_path):
    path = save(tmp_path)
    assert results.sha256(TABLE) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_gpu_name_is_kept(tmp_path):
    save(tmp_path, device_name="Some GPU")
    assert results.load("iris", Config(), tmp_path).provenance["device"] == "Some GPU"


def test_default_root_is_the_committed_store(tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    assert save(None).parent == tmp_path / "data" / "results" / "iris"
    assert len(results.load("iris", Config()).table) == 3


def test_missing_result_names_hash_neighbours_and_command(tmp_path):
    save(tmp_path, config=Config(rate=0.5))
    with pytest.raises(ResultError) as caught:
        results.load("iris", Config(), tmp_path, profile="quick")
    message = str(caught.value)
    assert results.config_hash(Config()) in message
    assert f"{results.config_hash(Config(rate=0.5))} (rate=0.5 not 0.1)" in message
    assert "`asyt run iris --profile quick`" in message


def test_missing_result_names_the_nearest_first_and_cuts_long_values(tmp_path):
    wanted = {"rate": 0.1, "cells": [0] * 100, "seed": 0}
    for other in (
        {"cells": [1] * 100},
        {"rate": 0.2, "cells": [2] * 100},
        {"rate": 0.3, "cells": [], "seed": 1},
    ):
        save(tmp_path, config={**wanted, **other})
    with pytest.raises(ResultError) as caught:
        results.load("iris", wanted, tmp_path)
    message = str(caught.value)
    cut = ("(cells=[1", "(cells=[2", "(cells=[] ")
    assert [message.index(text) for text in cut] == sorted(message.index(text) for text in cut)
    assert "... not [0, 0" in message
    assert len(message) < 900


def test_missing_result_of_an_unknown_experiment_says_nothing_is_stored(tmp_path):
    with pytest.raises(ResultError, match="stored for 'vowels': nothing"):
        results.load("vowels", Config(), tmp_path)


@pytest.mark.parametrize("name", ["../iris", "", "a/b", ".hidden"])
def test_experiment_names_stay_inside_the_store(tmp_path, name):
    with pytest.raises(ResultError, match="experiment name"):
        results.load(name, Config(), tmp_path)


def damage_table(csv, _):
    csv.write_bytes(csv.read_bytes().replace(b"AsyT", b"AsyU"))


def damage_config(_, record):
    record.write_text(record.read_text().replace('"rate": 0.1', '"rate": 0.2'))


def truncate_record(_, record):
    record.write_text(record.read_text()[:40])


def drop_table(csv, _):
    csv.unlink()


def drop_sha(_, record):
    content = json.loads(record.read_text())
    del content["csv_sha256"]
    record.write_text(json.dumps(content))


def rename_columns(_, record):
    record.write_text(record.read_text().replace('"columns"', '"colvmns"'))


def unknown_type(_, record):
    record.write_text(record.read_text().replace('"int64"', '"int65"'))


def forget_columns(_, record):
    content = json.loads(record.read_text())
    record.write_text(json.dumps({**content, "columns": {}}))


def list_as_record(_, record):
    record.write_text("[1]")


def endless_record(_, record):
    record.write_text("[" * 100_000)


def not_text(_, record):
    record.write_bytes(b"\xff\xfe")


DAMAGES = [
    *(damage_table, damage_config, truncate_record, drop_table, drop_sha, rename_columns),
    *(unknown_type, forget_columns, list_as_record, endless_record, not_text),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_result_is_refused(tmp_path, damage):
    path = save(tmp_path)
    damage(path, path.with_suffix(".json"))
    with pytest.raises(ResultError, match=f"damaged result .*{path.stem}.*asyt run iris --force"):
        results.load("iris", Config(), tmp_path)


@pytest.mark.parametrize(
    ("table", "named"),
    [
        (TABLE.set_index("epoch"), "epoch.*reset_index"),
        (TABLE.head(0), r"shape \(0, 5\)"),
        (pd.DataFrame({"x": ["", "a"]}), "non-empty strings"),
        (pd.DataFrame({"x": [pd.Timestamp("2025-01-01")]}), "numbers, booleans"),
        (pd.DataFrame({"x": [1, "a"]}), "numbers, booleans"),
    ],
)
def test_table_that_would_change_is_refused(tmp_path, table, named):
    with pytest.raises(ResultError, match=named):
        save(tmp_path, table=table)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_full_disk_leaves_the_older_result(tmp_path, monkeypatch, call):
    save(tmp_path)
    before = files(tmp_path)
    monkeypatch.setattr(os, call, no_space)
    with pytest.raises(ResultError, match=r"cannot write .*No space left"):
        save(tmp_path, table=TABLE.head(2))
    assert files(tmp_path) == before


def test_full_disk_on_the_second_file_leaves_nothing(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", lambda number: no_space() if calls else calls.append(number))
    with pytest.raises(ResultError, match=r"cannot write .*json"):
        save(tmp_path)
    assert files(tmp_path) == {}


def test_really_full_file_is_reported(tmp_path):
    resource = pytest.importorskip("resource", reason="file size limits need a POSIX system")
    save(tmp_path)
    before = files(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(ResultError, match=r"cannot write .*File too large"):
            save(tmp_path, table=pd.DataFrame({"x": np.arange(5000.0)}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path) == before


def test_store_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ResultError, match=r"cannot write .*ASYT_CACHE_DIR"):
        save(tmp_path / "file")


def test_table_without_its_record_does_not_count(tmp_path):
    save(tmp_path).with_suffix(".json").unlink()
    with pytest.raises(ResultError, match="no result of 'iris'"):
        results.load("iris", Config(), tmp_path)
