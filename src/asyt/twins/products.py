"""The matrix products of a population, at the machine's speed.

PyTorch sends float32 products on a CPU to MKL, which leaves half of the vector width unused on
processors that are not Intel's. oneDNN, which PyTorch carries too, uses all of it: 2.3 times as
fast on an AMD Zen 5. Both are float32 with float32 accumulation and differ by rounding. Small
products, other dtypes, GPUs and builds without oneDNN take torch.matmul.

Large results lie in memory with samples in columns, (..., n, B), and are seen through a transposed
view. In this order what all chips share is the right factor of both products of the first layer, W
x^T and error^T x, so each is one large product over all chips, in place; and no error is copied to
be transposed. Where weights are shared too, as on AsyT's way back, W^T error^T is one large product
with all chips side by side in its columns, (n, C, B), as the next layer wants them.
"""

from __future__ import annotations

import torch
from torch import Tensor

#: Multiplications below which the call costs more than the product.
SMALL = 1_000_000

_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
_LINEAR = (
    torch.ops.mkldnn._linear_pointwise.default if _ONEDNN else None
)  # of the pinned torch: an internal operator


def _product(a: Tensor, b: Tensor) -> Tensor:
    """A b^T of two matrices, (m, k) and (n, k), by oneDNN."""
    return _LINEAR(a, b, None, "none", [], "")


def _large(a: Tensor, b: Tensor) -> bool:
    """Whether a b^T of two matrices is worth the call."""
    fast = _ONEDNN and a.dtype == torch.float32 and a.device.type == "cpu"
    return fast and a.shape[-2] * a.shape[-1] * b.shape[-2] >= SMALL


def _products(a: Tensor, b: Tensor) -> Tensor:
    """A b^T over the last two axes, leading axes broadcast: (..., m, k), (..., n, k) -> (..., m, n)."""
    if a.dim() == b.dim() == 2:
        return _product(a, b)
    if (
        b.dim() == 2
    ):  # shared by all: one large product, in whichever order the rows of all lie in memory
        rows = a.movedim(-2, 0)
        if rows.is_contiguous():
            return (
                _product(rows.reshape(-1, a.shape[-1]), b)
                .view(*rows.shape[:-1], b.shape[0])
                .movedim(0, -2)
            )
        return _product(a.reshape(-1, a.shape[-1]), b).view(*a.shape[:-1], b.shape[0])
    if a.dim() == 2:  # shared by all: one large product, whose columns belong to all
        columns = b.movedim(-1, 0)
        result = _product(a, columns.reshape(b.shape[-1], -1).mT)
        return result.view(a.shape[0], *columns.shape[1:]).movedim(0, -2)
    leading = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if leading.numel() == 1:
        return _product(a.flatten(0, -2), b.flatten(0, -2)).view(*leading, a.shape[-2], b.shape[-2])
    result = a.new_empty(*leading, a.shape[-2], b.shape[-2])
    each = (m.expand(*leading, *m.shape[-2:]).flatten(0, -3) for m in (result, a, b))
    for out, one, other in zip(*each, strict=True):
        out.copy_(_product(one, other))
    return result


def forward(x: Tensor, weight: Tensor) -> Tensor:
    """X W^T: inputs (..., B, in), weights (..., out, in) -> (..., B, out)."""
    return _products(weight, x).mT if _large(weight, x) else torch.matmul(x, weight.mT)


def backward(error: Tensor, weight: Tensor) -> Tensor:
    """Error W: (..., B, out), (..., out, in) -> (..., B, in)."""
    return (
        _products(weight.mT, error).mT if _large(weight.mT, error) else torch.matmul(error, weight)
    )


def gradient(error: Tensor, states: Tensor) -> Tensor:
    """error^T states, the sum over the batch: (..., B, out), (..., B, in) -> (..., out, in)."""
    return (
        _products(error.mT, states.mT)
        if _large(error.mT, states.mT)
        else torch.matmul(error.mT, states)
    )


def total(error: Tensor) -> Tensor:
    """The sum over the batch: (..., B, out) -> (..., out)."""
    return error.mT.sum(-1) if in_columns(error) else error.sum(-2)


def softmax(z: Tensor) -> Tensor:
    """Over the last axis, (..., B, n)."""
    return z.mT.softmax(-2).mT if in_columns(z) else z.softmax(-1)


def in_columns(z: Tensor) -> bool:
    """Whether the samples of (..., B, n) lie in columns in memory."""
    return z.stride(-2) == 1


def rows(z: Tensor) -> Tensor:
    """The same numbers, (..., B, n), with samples in rows in memory."""
    if z.dim() == 2 or z.is_contiguous():
        return z.contiguous()
    result = torch.empty(z.shape, dtype=z.dtype, device=z.device)
    for out, one in zip(result.flatten(0, -3), z.flatten(0, -3), strict=True):
        out.copy_(one)  # PyTorch transposes one matrix fast, several at once slowly
    return result


def join(parts: list[Tensor]) -> Tensor:
    """Blocks of chips, (..., C, B, n), one after the other along the axis of chips, lying in memory as they did."""
    if len(parts) == 1:
        return parts[0]
    if in_columns(parts[0]):
        return torch.cat([part.mT for part in parts], -3).mT
    return torch.cat(parts, -3)
