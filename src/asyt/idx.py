"""The IDX format of the MNIST family: gzip, header, unsigned bytes; none of it is trusted."""

import gzip
import io
import math
import struct
import zlib

import numpy as np

from asyt.errors import DataError

UNSIGNED_BYTE = 0x08  # the IDX type code that every file of the MNIST family carries


def gunzip(raw: bytes, name: str, most: int) -> bytes:
    """Decompress a whole .gz file held in memory; `name` is what the message calls it.

    Raises:
        DataError: `raw` is no gzip stream, is truncated or damaged, goes on after the stream's end,
            or unpacks to more than `most` bytes: a small file can claim gigabytes.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            content = stream.read(most + 1)
    except EOFError:
        raise DataError(f"{name}: truncated gzip file ({len(raw)} bytes); get it again") from None
    except (gzip.BadGzipFile, zlib.error, struct.error) as error:
        raise DataError(f"{name}: not an intact gzip file ({error}); get it again") from None
    if len(content) > most:
        raise DataError(f"{name}: unpacks to more than {most} bytes; get it again")
    return content


def parse(content: bytes, name: str, axes: int) -> np.ndarray:
    """Read decompressed IDX bytes of `axes` axes (3 for images, 1 for labels): read-only uint8.

    They are two zeros, type code, number of axes, big-endian sizes, then the values.

    Raises:
        DataError: a wrong magic number, type code, number of axes or length; it begins with `name`.
    """
    start = 4 + 4 * axes
    if len(content) < start:
        raise DataError(
            f"{name}: truncated: {len(content)} bytes, an IDX header of {axes} axes has {start}"
        )
    if content[:2] != b"\0\0":
        expected = f"0x0000{UNSIGNED_BYTE:02x}{axes:02x}"
        raise DataError(f"{name}: wrong IDX magic 0x{content[:4].hex()}, expected {expected}")
    if content[2] != UNSIGNED_BYTE:
        raise DataError(f"{name}: IDX type code 0x{content[2]:02x}, expected 0x08 (unsigned byte)")
    if content[3] != axes:
        raise DataError(f"{name}: IDX header states {content[3]} axes, expected {axes}")
    shape = struct.unpack(f">{axes}I", content[4:start])
    expected = math.prod(shape)
    found = len(content) - start
    if found != expected:
        kind = "truncated" if found < expected else "trailing bytes"
        raise DataError(
            f"{name}: {kind}: IDX shape {shape} needs {expected} values, the file holds {found}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def dump(array: np.ndarray) -> bytes:
    """Return the uncompressed IDX bytes of a uint8 array; DataError for another type."""
    if array.dtype != np.uint8:
        raise DataError(f"IDX here holds uint8 only, not {array.dtype}: convert the array first")
    header = struct.pack(f">4B{array.ndim}I", 0, 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return header + array.tobytes()
