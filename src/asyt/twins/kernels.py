"""Internal operators of torch, used for speed where this torch has them, else public ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor

from asyt.errors import AsytError, lookup


def internal(name: str) -> Callable[..., Tensor] | None:
    """The operator `torch.ops.<name>`, or None where this torch has none."""
    operator: Any = torch.ops
    for word in name.split("."):
        operator = getattr(operator, word, None)
    return operator


#: x W^T by oneDNN, twice as fast as torch.matmul on some processors; rounded differently.
LINEAR = (
    internal("mkldnn._linear_pointwise.default") if torch.backends.mkldnn.is_available() else None
)
#: The gradient where a value is inside its limits, else zero, in one pass.
INSIDE = internal("aten.hardtanh_backward.grad_input")
#: What the factors of a large float32 product are rounded to; sums and results stay in float32.
PRECISIONS = ("float32", "bf16")
_PRECISION: ContextVar[str] = ContextVar("precision", default="float32")


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Make large products in a precision of `PRECISIONS`, for a while and in this thread."""
    token = _PRECISION.set(name)
    try:
        yield
    finally:
        _PRECISION.reset(token)


def check_precision(name: str, compute: torch.device) -> None:
    """See that a processor has products of a precision.

    Raises:
        UnknownNameError: no such precision.
        AsytError: the processor does not have it, or would be slower in it.
    """
    lookup(name, PRECISIONS, "precision")
    if name == "bf16" and not _has_bf16(compute):
        raise AsytError(
            f"precision 'bf16': this {compute.type} has no bfloat16 products (avx512_bf16, AMX, a "
            "GPU from Ampere on): use 'float32'."
        )


def _has_bf16(compute: torch.device) -> bool:
    if compute.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    able: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    known = able.get("avx512_bf16", False) or able.get("amx_bf16", False)
    return LINEAR is not None and bool(known)


def rounded(a: Tensor) -> bool:
    """Whether the factors of a large product are rounded now, `a` being one of them."""
    return _PRECISION.get() == "bf16" and a.dtype == torch.float32


def product(a: Tensor, b: Tensor) -> Tensor:
    """A b^T of two matrices, (m, k) and (n, k)."""
    if rounded(a):
        return _product(a.bfloat16(), b.bfloat16()).float()
    return _product(a, b)


def _product(a: Tensor, b: Tensor) -> Tensor:
    if LINEAR is None:
        return a @ b.mT
    return LINEAR(a, b, None, "none", [], "")


def inside(error: Tensor, a: Tensor, high: float) -> Tensor:
    """Errors where 0 < a < high, else 0; written into `error`."""
    if INSIDE is None:
        outside = (a <= 0) | (a >= high)
        return error.masked_fill_(outside, 0.0)
    return INSIDE(error, a, 0.0, high, grad_input=error)
