"""The scattering medium: a complex Gaussian transmission matrix that is never stored.

Blocks of it come from a counter-based generator, addressed by (seed, real or imaginary part, block
row, block column), so any rows can be made again, alone. A product is made of whole blocks, so that
rounding does not depend on the rows asked for. An entry is the Gaussian quantile of a 16-bit word:
real and imaginary part have variance one, and no value lies beyond 4.3 standard deviations.
"""

import functools

import numpy as np

from asyt import streams
from asyt.errors import AsytError

ROWS, COLUMNS = 256, 4096
"""Size of a block, part of the definition of a matrix; a narrower matrix has narrower blocks."""


@functools.cache
def quantiles() -> np.ndarray:
    """The 65,536 values an entry can take (float32), with variance one."""
    from scipy.special import ndtri  # slow to import

    shares = (np.arange(2**16) + 0.5) / 2**16
    values = ndtri(shares)
    return (values / values.std()).astype(np.float32)


def block(
    seed: int,
    part: int,
    row: int,
    column: int,
    width: int = COLUMNS,
) -> np.ndarray:
    """One block (ROWS, width), float32, of the real (part 0) or imaginary (part 1) matrix."""
    address = streams.sequence("fabrication", seed, part, row, column)
    words = np.random.Philox(address).random_raw(ROWS * width // 4)
    shorts = words.astype("<u8", copy=False).view("<u2")
    entries = quantiles().take(shorts, mode="wrap")  # never wraps; the fastest mode of take
    return entries.reshape(ROWS, width)


def product(
    vectors: np.ndarray,
    seed: int,
    rows: range,
    part: int,
) -> np.ndarray:
    """Real or imaginary part of the matrix times vectors, for some rows, (B, len(rows)).

    Memory is one block and the result; no blocks are made of columns in which all of the vectors
    (B, inputs) are zero. Part 0 is the real one.

    Raises:
        AsytError: rows that are empty, negative or not contiguous.
    """
    if len(rows) == 0 or rows.start < 0 or rows.step != 1:
        raise AsytError(
            f"rows {rows}: give a non-empty range of outputs from 0 upwards, with step 1."
        )
    batch, inputs = vectors.shape
    width = min(COLUMNS, inputs)
    blocks = range(rows.start // ROWS, (rows.stop - 1) // ROWS + 1)
    result = np.zeros((batch, len(blocks), ROWS), vectors.dtype)
    for row, total in zip(blocks, result.swapaxes(0, 1), strict=True):
        for column, left in enumerate(range(0, inputs, width)):
            chosen = vectors[:, left : left + width]
            if chosen.any():
                entries = block(seed, part, row, column, width)[:, : chosen.shape[1]]
                total += chosen @ entries.T
    start = rows.start % ROWS
    return result.reshape(batch, -1)[:, start : start + len(rows)]
