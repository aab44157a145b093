"""The data sets as arrays: shapes, types, splits, hashes; real files where they are held."""

import gzip
import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from asyt import datasets, fetching, idx
from asyt.catalogue import CATALOGUE
from asyt.errors import DataError, UnknownNameError


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty cache and no data folder."""
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ASYT_DATA_DIR", raising=False)
    return tmp_path


@pytest.fixture
def toy(empty, monkeypatch):
    """A set of four tiny IDX files that stands in for mnist, held in the data folder only."""
    rng = np.random.default_rng(0)
    arrays = {
        "train-images-idx3-ubyte.gz": rng.integers(0, 256, (6, 28, 28), dtype=np.uint8),
        "train-labels-idx1-ubyte.gz": np.array([0, 9, 1, 8, 2, 7], dtype=np.uint8),
        "t10k-images-idx3-ubyte.gz": rng.integers(0, 256, (3, 28, 28), dtype=np.uint8),
        "t10k-labels-idx1-ubyte.gz": np.array([3, 6, 4], dtype=np.uint8),
    }
    folder = empty / "mine" / "toy"
    folder.mkdir(parents=True)
    files = []
    for name, array in arrays.items():
        content = idx.dump(array)
        (folder / name).write_bytes(gzip.compress(content))
        files.append(
            fetching.DataFile("toy", name, hashlib.sha256(content).hexdigest(), axes=array.ndim)
        )
    monkeypatch.setitem(CATALOGUE, "mnist", replace(CATALOGUE["mnist"], files=tuple(files)))
    monkeypatch.setenv("ASYT_DATA_DIR", str(empty / "mine"))
    return arrays


def held(name):
    """Load a real data set that the cache or the data folder holds, or skip."""
    row = {row.name: row for row in datasets.status()}[name]
    if not row.held:
        pytest.skip(f"needs the files of {name} in the cache or in $ASYT_DATA_DIR: {row.where}")
    return datasets.load(name)


def test_images_become_flat_rows_in_unit_range(toy):
    data = datasets.load("mnist")
    expected = toy["train-images-idx3-ubyte.gz"].reshape(6, 784) / 255
    np.testing.assert_allclose(data.train_x, expected, rtol=1e-7)
    assert (data.train_x.dtype, data.test_x.dtype) == (np.float32, np.float32)
    assert (data.train_y.dtype, data.test_y.dtype) == (np.int64, np.int64)
    assert (data.train_y.tolist(), data.test_y.tolist()) == ([0, 9, 1, 8, 2, 7], [3, 6, 4])
    assert (data.test_x.shape, data.source) == ((3, 784), "data folder")


@pytest.mark.usefixtures("toy")
def test_source_names_every_way_the_files_came():
    fetching.obtain(CATALOGUE["mnist"].files[:1], keep=True)
    assert datasets.load("mnist").source == "cache + data folder"


def test_fetch_fills_the_cache_and_status_and_verify_see_it(toy, empty, monkeypatch):
    cached = datasets.fetch("mnist")
    assert cached == [empty / "cache" / "data" / "toy" / name for name in toy]
    monkeypatch.delenv("ASYT_DATA_DIR")
    assert datasets.verify("mnist") == cached
    row = datasets.status()[0]
    assert (row.name, row.held, row.where) == ("mnist", True, str(empty / "cache" / "data" / "toy"))
    assert datasets.load("mnist").source == "cache"


def test_verify_names_each_damaged_and_each_missing_file(toy, empty):
    damaged, missing = list(toy)[:2]
    (empty / "mine" / "toy" / damaged).write_bytes(gzip.compress(b"no"))
    (empty / "mine" / "toy" / missing).unlink()
    with pytest.raises(DataError) as caught:
        datasets.verify("mnist")
    first, *problems = str(caught.value).splitlines()
    assert first == "mnist is not intact:"
    assert damaged in problems[0]
    assert "truncated" in problems[0]
    assert problems[1] == f"  - toy/{missing}: not held; asyt data fetch mnist gets it"
    assert len(problems) == 2


@pytest.mark.usefixtures("empty")
def test_status_lists_every_set_and_what_is_missing():
    rows = datasets.status()
    assert tuple(row.name for row in rows) == datasets.NAMES
    assert {row.name for row in rows if row.held} == {"iris", "digits"}
    assert rows[datasets.NAMES.index("vowels")].where == "missing: wright2022_vowels_259.csv"


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(
        UnknownNameError, match="unknown data set 'fashion_mnist': did you mean 'fashion-mnist'"
    ):
        datasets.load("fashion_mnist")


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("choice", [{"split_seed": 1}, {"test_size": 0.5}])
def test_split_of_a_set_with_an_official_one_is_refused(choice):
    with pytest.raises(DataError, match="mnist has a fixed split"):
        datasets.load("mnist", **choice)


@pytest.mark.usefixtures("empty")
def test_missing_vowels_say_that_no_address_is_known():
    with pytest.raises(
        DataError, match=r"(?s)wright2022_vowels_259\.csv could not be had.*no download address"
    ):
        datasets.load("vowels")


@pytest.mark.usefixtures("empty")
def test_missing_kmnist_points_to_the_substitute(monkeypatch):
    offline = tuple(replace(file, urls=()) for file in CATALOGUE["kmnist"].files)
    monkeypatch.setitem(CATALOGUE, "kmnist", replace(CATALOGUE["kmnist"], files=offline))
    with pytest.raises(
        DataError, match=r"(?s)kmnist/train-images.* could not be had.*'kmnist-substitute'"
    ):
        datasets.load("kmnist")


@pytest.mark.parametrize(
    ("name", "train", "test", "features"), [("iris", 100, 50, 4), ("digits", 1198, 599, 64)]
)
def test_bundled_sets_split_by_class(name, train, test, features):
    data = datasets.load(name)
    assert (data.train_x.shape, data.test_x.shape) == ((train, features), (test, features))
    assert (data.train_x.dtype, data.train_y.dtype) == (np.float32, np.int64)
    whole = np.bincount(np.concatenate([data.train_y, data.test_y]))
    np.testing.assert_allclose(np.bincount(data.test_y), whole / 3, atol=1)
    assert len(data.classes) == len(whole)


def test_digits_are_in_unit_range_and_iris_in_centimetres():
    digits = datasets.load("digits").train_x
    assert (digits.min(), digits.max()) == (0.0, 1.0)
    iris = datasets.load("iris")
    assert max(iris.train_x.max(), iris.test_x.max()) == np.float32(7.9)


def test_split_seed_and_test_size_choose_the_split():
    first, again, other = (
        datasets.load("iris", split_seed=seed, test_size=30) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.train_x, again.train_x)
    np.testing.assert_array_equal(first.test_y, again.test_y)
    assert not np.array_equal(first.train_x, other.train_x)
    assert len(first.test_y) == 30


@pytest.mark.parametrize("size", [0, 1.5, 2, 150, "many"])
def test_impossible_split_is_named(size):
    with pytest.raises(DataError, match=f"iris cannot be split with test_size={size}"):
        datasets.load("iris", test_size=size)


def test_bundled_arrays_are_checked_by_hash(monkeypatch):
    monkeypatch.setitem(CATALOGUE, "iris", replace(CATALOGUE["iris"], array_sha256="0" * 64))
    with pytest.raises(DataError, match="iris: the arrays of this scikit-learn have sha256"):
        datasets.verify("iris")


def test_l2_rows_normalises_and_leaves_dark_rows_dark():
    rows = datasets.l2_rows(np.array([[3, 4], [0, 0], [1e-30, 0]], dtype=np.float32))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0], [1, 0]], rtol=1e-7)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("bad", [np.ones(3), np.ones((2, 2), dtype=int), np.array([[1.0, np.nan]])])
def test_l2_rows_refuses_what_it_cannot_normalise(bad):
    with pytest.raises(DataError, match="l2_rows needs a finite floating-point matrix"):
        datasets.l2_rows(bad)


def test_importing_is_cheap():
    heavy = "{'urllib.request', 'pandas', 'sklearn', 'torch'}"
    code = f"import sys, asyt.datasets; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_real_images(name):
    data = held(name)
    assert (data.train_x.shape, data.test_x.shape) == ((60000, 784), (10000, 784))
    assert (data.train_x.min(), data.train_x.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(np.unique(data.train_y), np.arange(10))


def test_real_mnist_begins_with_five_zero_four():
    assert held("mnist").train_y[:3].tolist() == [5, 0, 4]


def test_substitute_holds_every_test_image_once_and_is_labelled():
    data = held("kmnist-substitute")
    assert (data.train_x.shape, data.test_x.shape) == ((8000, 784), (2000, 784))
    assert np.bincount(data.test_y).tolist() == [200] * 10
    assert data.note.startswith("SUBSTITUTE")
    official = [file.content for file in fetching.obtain(CATALOGUE["kmnist-substitute"].files)]
    images = idx.parse(official[0], "images", 3).reshape(10000, 784)
    both = np.rint(np.concatenate([data.train_x, data.test_x]) * 255).astype(np.uint8)
    assert sorted(row.tobytes() for row in both) == sorted(row.tobytes() for row in images)


def test_substitute_split_never_changes():
    data = held("kmnist-substitute")
    pixels = np.rint(data.test_x * 255).astype(np.uint8).tobytes()
    digest = hashlib.sha256(pixels).hexdigest()
    assert digest == "0fc5d68c03aa14c3908fae524fae7b6272ffea98f319b3943f44d76fe28dcd3a"


def test_real_vowels_keep_the_published_split_and_order():
    data = held("vowels")
    assert (data.train_x.shape, data.test_x.shape) == ((210, 12), (49, 12))
    assert np.bincount(np.concatenate([data.train_y, data.test_y])).tolist() == [37] * 7
    first_row = "474 2362 2830 474 2362 2830 565 2170 2869 587 1973 2938"
    np.testing.assert_array_equal(data.train_x[199], np.array(first_row.split(), np.float32))
    assert data.classes[data.train_y[199]] == "ih"
    assert data.test_x[32, 0] == 489
    assert data.classes[data.test_y[32]] == "iy"
