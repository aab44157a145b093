"""The matrix products of a population, at the machine's speed.

Large float32 products on a CPU go to oneDNN, which is 2.3 times as fast as the MKL of PyTorch on an
AMD Zen 5 and differs by rounding; all others take torch.matmul. Large results lie in memory with
samples in columns, (..., n, B), and are seen through a transposed view: what all chips share is
then the right factor of W x^T and error^T x, each one large product. Where weights are shared too,
as on AsyT's way back, so is W^T error^T, with all chips side by side in its columns, (n, C, B).

Under `kernels.precision("bf16")` the factors of large products are rounded to bfloat16; oneDNN sums
in float32.
"""

from __future__ import annotations

import torch
from torch import Tensor

from asyt.twins import kernels

#: Multiplications below which the call costs more than the product.
SMALL = 1_000_000


def _large(a: Tensor, b: Tensor) -> bool:
    """Whether oneDNN makes a b^T of two matrices faster, and they are worth the call."""
    if kernels.LINEAR is None:
        return False
    if a.dtype != torch.float32 or a.device.type != "cpu":
        return False
    m, k = a.shape[-2:]
    n = b.shape[-2]
    return m * k * n >= SMALL


def _products(a: Tensor, b: Tensor) -> Tensor:
    """A b^T, leading axes broadcast: (..., m, k), (..., n, k) -> (..., m, n)."""
    if a.dim() == b.dim() == 2:
        return kernels.product(a, b)
    if b.dim() == 2:
        return _in_rows(a, b)
    if a.dim() == 2:
        return _in_columns(a, b)
    leading = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    result = a.new_empty(*leading, a.shape[-2], b.shape[-2])
    if leading.numel() == 1:
        only = kernels.product(a.flatten(0, -2), b.flatten(0, -2))
        return only.view(result.shape)
    matrices = []
    for tensor in (result, a, b):
        each = tensor.expand(*leading, *tensor.shape[-2:])
        matrices.append(each.flatten(0, -3))
    for out, one, other in zip(*matrices, strict=True):
        out.copy_(kernels.product(one, other))
    return result


def _in_rows(a: Tensor, b: Tensor) -> Tensor:
    """One large product with a b that all share, in the order in which the rows of all lie."""
    together = a.movedim(-2, 0)
    if not together.is_contiguous():
        together = a
    rows = together.reshape(-1, a.shape[-1])
    result = kernels.product(rows, b)
    result = result.view(*together.shape[:-1], b.shape[0])
    if together is a:
        return result
    return result.movedim(0, -2)


def _in_columns(a: Tensor, b: Tensor) -> Tensor:
    """One large product with an a that all share; its columns belong to all."""
    columns = b.movedim(-1, 0)
    matrix = columns.reshape(b.shape[-1], -1)
    result = kernels.product(a, matrix.mT)
    result = result.view(a.shape[0], *columns.shape[1:])
    return result.movedim(0, -2)


def forward(x: Tensor, weight: Tensor) -> Tensor:
    """X W^T: inputs (..., B, in), weights (..., out, in) -> (..., B, out)."""
    if _large(weight, x):
        return _products(weight, x).mT
    return _matmul(x, weight.mT)


def watched(x: Tensor, weight: Tensor) -> Tensor:
    """As `forward`, by products that autograd knows; the result lies in memory as x does."""
    if in_columns(x):
        return torch.matmul(weight, x.mT).mT
    return torch.matmul(x, weight.mT)


def backward(error: Tensor, weight: Tensor) -> Tensor:
    """Error W: (..., B, out), (..., out, in) -> (..., B, in)."""
    return forward(error, weight.mT)


def gradient(error: Tensor, states: Tensor) -> Tensor:
    """error^T states, the sum over the batch: (..., B, out), (..., B, in) -> (..., out, in)."""
    if _large(error.mT, states.mT):
        return _products(error.mT, states.mT)
    return _matmul(error.mT, states)


def _matmul(a: Tensor, b: Tensor) -> Tensor:
    """A b by PyTorch; on a GPU, where all products count as large, in today's precision."""
    if a.device.type == "cuda" and kernels.rounded(a):
        result = torch.matmul(a.bfloat16(), b.bfloat16())
        return result.float()
    return torch.matmul(a, b)


def total(error: Tensor) -> Tensor:
    """The sum over the batch: (..., B, out) -> (..., out)."""
    if in_columns(error):
        return error.mT.sum(-1)
    return error.sum(-2)


def softmax(z: Tensor) -> Tensor:
    """Over the last axis, (..., B, n)."""
    if in_columns(z):
        return z.mT.softmax(-2).mT
    return z.softmax(-1)


def in_columns(z: Tensor) -> bool:
    """Whether the samples of (..., B, n) lie in columns in memory."""
    return z.stride(-2) == 1


def rows(z: Tensor) -> Tensor:
    """The same numbers, (..., B, n), with samples in rows in memory."""
    if z.dim() == 2 or z.is_contiguous():
        return z.contiguous()
    result = torch.empty(z.shape, dtype=z.dtype, device=z.device)
    matrices = zip(result.flatten(0, -3), z.flatten(0, -3), strict=True)
    for out, one in matrices:
        out.copy_(one)  # PyTorch transposes one matrix fast, several at once slowly
    return result


def join(parts: list[Tensor]) -> Tensor:
    """Blocks of chips, (..., C, B, n), joined along the axis of chips; they lie as they did."""
    if len(parts) == 1:
        return parts[0]
    if in_columns(parts[0]):
        columns = [part.mT for part in parts]
        return torch.cat(columns, -3).mT
    return torch.cat(parts, -3)
