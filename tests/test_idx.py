"""IDX files: what is written reads back, and every kind of damage is named."""

import gzip
import tracemalloc

import numpy as np
import pytest

from asyt import idx
from asyt.errors import DataError

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
GOOD = idx.dump(IMAGES)


def test_dump_is_the_published_layout():
    assert GOOD[:16].hex() == "00000803" + "00000002" + "00000003" + "00000004"
    assert GOOD[16:] == bytes(range(24))


def test_what_was_dumped_is_read():
    content = idx.gunzip(gzip.compress(GOOD), "images", most=len(GOOD))
    np.testing.assert_array_equal(idx.parse(content, "images", 3), IMAGES)


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
def test_bad_content_is_named(content, axes, message):
    with pytest.raises(DataError, match=f"some-idx-file: .*{message}"):
        idx.parse(content, "some-idx-file", axes)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda raw: raw[:-9], "truncated gzip file"),
        (lambda raw: raw[:5], "truncated gzip file"),
        (lambda _raw: b"<html>404</html>", "not an intact gzip file"),
        (lambda raw: raw[:-8] + b"\0\0\0\0" + raw[-4:], "not an intact gzip file"),
        (lambda raw: raw + b"more", "not an intact gzip file"),
    ],
)
def test_bad_gzip_is_named(damage, message):
    with pytest.raises(DataError, match=f"images.gz: {message}"):
        idx.gunzip(damage(gzip.compress(GOOD)), "images.gz", most=len(GOOD))


def test_gzip_of_more_than_it_may_hold_is_refused_before_it_is_unpacked():
    bomb = gzip.compress(bytes(2**26))
    tracemalloc.start()
    with pytest.raises(DataError, match=r"images\.gz: unpacks to more than 40 bytes"):
        idx.gunzip(bomb, "images.gz", most=40)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**22


def test_dump_refuses_other_types():
    with pytest.raises(DataError, match="float64"):
        idx.dump(np.zeros(3))
