"""Damaged and hostile files: accepted as they are, or refused by name; never anything else."""

import gzip
import io
import json
import pickle
import shutil
import tracemalloc
import zipfile

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from readers import DIGEST, GZ, MOST, READERS, RECORD, Finding, Reader, check

from asyt import claims, fetching, paths, reference
from asyt.errors import AsytError

quietly = settings(
    deadline=None, max_examples=150, suppress_health_check=list(HealthCheck), derandomize=True
)
#: Where a file is changed (a share of its length), how many bytes go, and what comes instead.
CUTS = st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12))
#: What JSON and YAML can say.
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


def changed(content, cuts):
    for share, length, new in cuts:
        start = int(share * len(content))
        content = content[:start] + new + content[start + length :]
    return content


@pytest.mark.parametrize("name", READERS)
def test_valid_files_are_accepted(name, tmp_path):
    assert check(READERS[name], READERS[name].seeds[0], tmp_path)


@pytest.mark.parametrize("name", READERS)
@quietly
@given(cuts=st.lists(CUTS, min_size=1, max_size=3))
def test_changed_files(name, tmp_path, cuts):
    check(READERS[name], changed(READERS[name].seeds[0], cuts), tmp_path)


@pytest.mark.parametrize("name", ["record", "table", "checkpoint", "hash"])
@quietly
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_never_gives_another_number(name, tmp_path, place, bit):
    content = bytearray(READERS[name].seeds[0])
    content[int(place * len(content))] ^= 1 << bit
    check(READERS[name], bytes(content), tmp_path)


@pytest.mark.parametrize("name", READERS)
@quietly
@given(content=st.binary(max_size=64))
def test_any_bytes(name, tmp_path, content):
    check(READERS[name], content, tmp_path)


@quietly
@given(key=st.sampled_from(sorted(json.loads(RECORD))), value=PLAIN)
@example("columns", {"method": "str", "epoch": "int64", "accuracy": "object"})
@example("config", None)
@example("csv_sha256", [])
def test_records_with_another_value(tmp_path, key, value):
    content = json.dumps({**json.loads(RECORD), key: value}).encode()
    check(READERS["record"], content, tmp_path)


@pytest.mark.parametrize("name", ["claims", "readings"])
@quietly
@given(keys=st.lists(st.integers(0, 5), max_size=5), value=PLAIN)
def test_registers_with_another_value(name, tmp_path, keys, value):
    content = yaml.safe_load(READERS[name].seeds[0])
    check(READERS[name], yaml.safe_dump(put(content, keys, value)).encode(), tmp_path)


def put(held, keys, value):
    """The content with a value in place of what a path of positions leads to."""
    if not keys or not isinstance(held, (dict, list)) or not held:
        return value
    places = list(held) if isinstance(held, dict) else range(len(held))
    place = places[keys[0] % len(places)]
    held[place] = put(held[place], keys[1:], value)
    return held


@pytest.mark.parametrize(
    "text", ["!!int ''", "!!timestamp x", "!!float ''", "!!binary 1", "1:99999", "? [a]\n: b"]
)
@pytest.mark.parametrize("name", ["claims", "readings"])
def test_yaml_of_broken_types(name, text, tmp_path):
    assert not check(READERS[name], f"sources: {text}\ngroups: {text}\n".encode(), tmp_path)


def bombs():
    """Small files that claim much."""
    nested = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))
    alias = f"a0: &a0 [x]\n{nested}\n".encode()
    stream = io.BytesIO()
    archive = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("layers.npy", "w", force_zip64=True) as file:
        for _ in range(40):
            file.write(bytes(2**20))
    return {
        "gz": gzip.compress(bytes(2**25)),
        "npz": stream.getvalue(),
        "claims": alias,
        "readings": alias,
        "hash": gzip.compress(bytes(2**25)),
    }


@pytest.mark.parametrize("name", ["gz", "npz", "claims", "readings", "hash"])
def test_a_bomb_is_refused_within_bounded_memory(name, tmp_path, monkeypatch):
    content = bombs()[name]
    for limited in (reference, fetching):
        monkeypatch.setattr(limited, "LARGEST", MOST)
    tracemalloc.start()
    assert not check(READERS[name], content, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MOST


@pytest.mark.parametrize("name", ["claims", "readings"])
def test_a_register_of_more_than_it_may_have_is_refused(name, tmp_path):
    assert not check(READERS[name], b"# " + b"x" * 2**22, tmp_path)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with the register and the tables of one experiment."""
    home, ours = tmp_path_factory.mktemp("home"), paths.home() / "data"
    shutil.copytree(ours / "results" / "access", home / "data" / "results" / "access")
    for name in ("claims.yml", "readings.yml"):
        shutil.copy(ours / name, home / "data")
    return home


@settings(quietly, max_examples=30)
@given(place=st.floats(0, 1, exclude_max=True), letter=st.sampled_from('x"{9\0'))
def test_a_damaged_letter_of_a_record_costs_at_most_its_own_rows(project, place, letter):
    (record,) = (project / "data" / "results" / "access").glob("*.json")
    whole = record.read_text()
    start = int(place * len(whole))
    record.write_text(whole[:start] + letter + whole[start + 1 :])
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ASYT_HOME", str(project))
            rows = {row["id"]: row for row in claims.rows(claims.collect("asyt-6a", "opu-"))}
    finally:
        record.write_text(whole)
    ours = rows["asyt-6a-access"]
    assert ours["verdict"] != "not-measured" or f"damaged result {record}" in ours["note"]
    assert len(rows) > 20


class Evil:
    """Unpickling it leaves a trace."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


@pytest.mark.parametrize("name", READERS)
def test_nothing_is_unpickled(name, tmp_path):
    trace = tmp_path / "trace"
    stream = io.BytesIO()
    np.savez(stream, layers=np.array([Evil(trace)], dtype=object))
    for content in (pickle.dumps(Evil(trace)), stream.getvalue()):
        assert name == "own" or not check(READERS[name], content, tmp_path)
        assert not trace.exists()


def test_a_record_cannot_lead_out_of_the_store(tmp_path):
    outside = tmp_path.parent / f"{DIGEST}.csv"
    record = json.loads(RECORD) | {"config_hash": f"../{DIGEST}"}
    assert not check(READERS["record"], json.dumps(record).encode(), tmp_path)
    assert not outside.exists()


def test_the_check_of_this_folder_finds_what_it_looks_for(tmp_path):
    def crash(_):
        raise ZeroDivisionError

    def unnamed(_):
        raise AsytError("something is wrong")

    seen = []
    for read in (crash, unnamed):
        with pytest.raises(Finding):
            check(Reader("some-file", (b"",), read), b"", tmp_path)
    other = Reader("some-file", (b"a",), lambda path: path.read_bytes(), exact=True)
    with pytest.raises(Finding, match="another value"):
        check(other, b"b", tmp_path)
    assert seen == [] and GZ
