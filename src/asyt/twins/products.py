"""The matrix products of a population, at the machine's speed.

PyTorch sends float32 products on a CPU to MKL, which leaves half of the vector width unused on processors that are not
Intel's. oneDNN, which PyTorch carries too, uses all of it: 2.3 times as fast on an AMD Zen 5. Both are float32 with
float32 accumulation and differ by rounding. Small products, other dtypes, GPUs and builds without oneDNN take
torch.matmul.
"""

from __future__ import annotations

import torch
from torch import Tensor

#: Multiplications below which the call costs more than the product.
SMALL = 1_000_000

_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def _product(a: Tensor, b: Tensor) -> Tensor:
    """A b^T of two matrices, (m, k) and (n, k), by oneDNN."""
    return torch.ops.mkldnn._linear_pointwise(a, b, None, "none", [], "")  # pinned torch: an internal operator


def _transposed(a: Tensor, b: Tensor) -> Tensor:
    """A b^T over the last two axes, leading axes broadcast: (..., m, k), (..., n, k) -> (..., m, n)."""
    multiplications = a.shape[-2] * a.shape[-1] * b.shape[-2]
    if not (_ONEDNN and a.dtype == torch.float32 and a.device.type == "cpu" and multiplications >= SMALL):
        return torch.matmul(a, b.mT)
    if b.dim() == 2:  # shared by all: one large product
        return _product(a.reshape(-1, a.shape[-1]), b).view(*a.shape[:-1], b.shape[0])
    leading = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    pairs = zip(*(m.expand(*leading, *m.shape[-2:]).flatten(0, -3).unbind(0) for m in (a, b)), strict=True)
    return torch.stack([_product(one, other) for one, other in pairs]).view(*leading, a.shape[-2], b.shape[-2])


def forward(x: Tensor, weight: Tensor) -> Tensor:
    """X W^T: inputs (..., B, in), weights (..., out, in) -> (..., B, out)."""
    return _transposed(x, weight)


def backward(error: Tensor, weight: Tensor) -> Tensor:
    """Error W: (..., B, out), (..., out, in) -> (..., B, in)."""
    return _transposed(error, weight.mT)


def gradient(error: Tensor, states: Tensor) -> Tensor:
    """error^T states, the sum over the batch: (..., B, out), (..., B, in) -> (..., out, in)."""
    return _transposed(error.mT, states.mT)
