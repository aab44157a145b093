"""IDX files: what is written reads back, and every kind of damage is named."""

import gzip

import numpy as np
import pytest

from asyt import idx
from asyt.errors import DataError

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
GOOD = idx.dump(IMAGES)


def test_dump_is_the_published_layout():
    assert GOOD[:16].hex() == "00000803" + "00000002" + "00000003" + "00000004"
    assert GOOD[16:] == bytes(range(24))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_read_returns_what_was_dumped(tmp_path, suffix):
    path = tmp_path / f"images{suffix}"
    path.write_bytes(gzip.compress(GOOD) if suffix else GOOD)
    np.testing.assert_array_equal(idx.read(path, 3), IMAGES)


@pytest.mark.parametrize(
    ("content", "axes", "message"),
    [
        (b"", 3, "truncated: 0 bytes"),
        (GOOD[:10], 3, "truncated: 10 bytes, an IDX header of 3 axes has 16"),
        (b"\x01" + GOOD[1:], 3, "wrong IDX magic 0x01000803, expected 0x00000803"),
        (GOOD[:2] + b"\x0d" + GOOD[3:], 3, "type code 0x0d, expected 0x08"),
        (GOOD, 1, "header states 3 axes, expected 1"),
        (GOOD[:-1], 3, r"truncated: IDX shape \(2, 3, 4\) needs 24 values, the file holds 23"),
        (
            GOOD + b"\0",
            3,
            r"trailing bytes: IDX shape \(2, 3, 4\) needs 24 values, the file holds 25",
        ),
        (GOOD[:4] + b"\xff" * 12 + GOOD[16:], 3, "needs 79228162458924105385300197375 values"),
    ],
)
def test_bad_content_is_named(tmp_path, content, axes, message):
    path = tmp_path / "some-idx-file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"some-idx-file: .*{message}"):
        idx.read(path, axes)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda raw: raw[:-9], "truncated gzip file"),
        (lambda raw: raw[:5], "truncated gzip file"),
        (lambda raw: b"<html>404</html>", "not an intact gzip file"),
        (lambda raw: raw[:-8] + b"\0\0\0\0" + raw[-4:], "not an intact gzip file"),
        (lambda raw: raw + b"more", "not an intact gzip file"),
    ],
)
def test_bad_gzip_is_named(tmp_path, damage, message):
    path = tmp_path / "images.gz"
    path.write_bytes(damage(gzip.compress(GOOD)))
    with pytest.raises(DataError, match=f"images.gz: {message}"):
        idx.read(path, 3)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.gz cannot be read: No such file"):
        idx.read(tmp_path / "nowhere.gz", 3)


def test_dump_refuses_other_types():
    with pytest.raises(DataError, match="float64"):
        idx.dump(np.zeros(3))
