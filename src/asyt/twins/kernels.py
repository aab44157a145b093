"""Internal operators of torch, used for speed where this torch has them, else public ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def internal(name: str) -> Callable[..., Tensor] | None:
    """The operator `torch.ops.<name>`, or None where this torch has none."""
    found: Any = torch.ops
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


#: x W^T by oneDNN, twice as fast as torch.matmul on some processors; rounded differently.
LINEAR = (
    internal("mkldnn._linear_pointwise.default") if torch.backends.mkldnn.is_available() else None
)
#: The gradient where a value is inside its limits, else zero, in one pass.
INSIDE = internal("aten.hardtanh_backward.grad_input")


def product(a: Tensor, b: Tensor) -> Tensor:
    """A b^T of two matrices, (m, k) and (n, k)."""
    return a @ b.mT if LINEAR is None else LINEAR(a, b, None, "none", [], "")


def inside(error: Tensor, a: Tensor, high: float) -> Tensor:
    """Errors where 0 < a < high, else 0; written into `error`."""
    if INSIDE is None:
        return error.masked_fill_((a <= 0) | (a >= high), 0.0)
    return INSIDE(error, a, 0.0, high, grad_input=error)
