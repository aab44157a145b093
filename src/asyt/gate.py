"""The gate between a device and all who use it: what goes in is a copy, what comes out is checked.

A device may do as it likes with what it is given. What it gives has exactly the promised shape, is
never broadcast, and is a real number a value. Any array will do: of torch on any processor, of
NumPy in any order of bytes and axes, of a library that knows DLPack or `__array__`, or numbers and
arrays in lists. Integers and booleans (0 and 1) become floating numbers; all are rounded to the
type to which inputs and controls promote (`floating`), in memory of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.masked import MaskedTensor

from asyt.errors import DeviceOutputError

NAN = float("nan")


def lent(tensor: Tensor) -> Tensor:
    """A copy, without history, that a device may write into."""
    return tensor.detach().clone()


def floating(*tensors: Tensor) -> torch.dtype:
    """The real floating type to which tensors promote; of integers alone, torch's default."""
    dtype = reduce(torch.promote_types, (tensor.dtype for tensor in tensors))
    if not (dtype.is_floating_point or dtype.is_complex):
        return torch.get_default_dtype()
    return dtype.to_real()


def received(
    given: object,
    shape: Sequence[int],
    like: Tensor,
    *,
    who: str,
    promise: str,
    finite: bool = False,
) -> Tensor:
    """What a device gave, checked and copied once.

    Args:
        given: what it returned.
        shape: what it promised.
        like: the result has its type and lies on its processor.
        who: the device, and the call, as errors name them.
        promise: what errors say that it must return.
        finite: refuse a value that is not finite (which takes a look at the numbers, and so waits
            for a GPU). Otherwise every such value comes back as NaN, which marks it as invalid.

    Raises:
        DeviceOutputError: another shape; complex, masked, sparse, or no numbers; not finite.
    """
    try:
        found = tensor_of(given, like)
    except Exception as error:
        seen = error if isinstance(error, DeviceOutputError) else _unreadable(given, error)
        raise DeviceOutputError(f"{who} returned {seen} {_sentence(promise)}") from error
    if tuple(found.shape) != tuple(shape):
        raise DeviceOutputError(f"{who} returned shape {tuple(found.shape)}; {promise}")
    if finite:
        _check_finite(found, who)
    return torch.nan_to_num(found, nan=NAN, posinf=NAN, neginf=NAN)


def _unreadable(given: object, error: Exception) -> str:
    return f"a {type(given).__name__} that cannot be read as numbers ({error})."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _check_finite(found: Tensor, who: str) -> None:
    wrong = ~found.isfinite()
    if wrong.any():
        place = wrong.nonzero()[0].tolist()
        raise DeviceOutputError(
            f"{who}: {int(wrong.sum())} of {found.numel()} read-outs are not finite as "
            f"{found.dtype}, the first, {found[tuple(place)].item()}, at {place}. Return numbers, "
            "or raise an error so that the pass is tried again."
        )


def tensor_of(given: Any, like: Tensor) -> Tensor:
    """Any array as a real tensor with the type and processor of another; it may share memory."""
    if isinstance(given, Tensor):
        return _of_torch(given).to(like)
    if isinstance(given, np.ndarray | np.generic):
        return _of_numpy(given).to(like)
    if isinstance(given, list | tuple):
        return _of_list(given, like)
    if isinstance(given, complex):
        raise _complex(type(given))
    if hasattr(given, "__dlpack__"):
        try:
            return _of_torch(torch.from_dlpack(given)).to(like)
        except Exception:  # e.g. it is read-only
            if not hasattr(given, "__array__"):
                raise
    array = np.asanyarray(given)  # a mask stays
    if array.dtype == object and not array.ndim:  # a single number, or nothing of the kind
        array = np.asarray(float(given))
    return tensor_of(array, like)


def _of_torch(given: Tensor) -> Tensor:
    if isinstance(given, MaskedTensor):
        raise _masked()
    if given.layout != torch.strided or given.is_nested or given.is_quantized:
        raise DeviceOutputError(
            "a sparse, nested or quantised tensor: return an ordinary one (to_dense, dequantize)."
        )
    if given.is_complex():
        raise _complex(given.dtype)
    return given.detach().as_subclass(Tensor)


def _of_numpy(given: np.ndarray | np.generic) -> Tensor:
    """By way of a copy in float64, whatever the order of bytes and axes."""
    if np.ma.is_masked(given):
        raise _masked()
    array = np.asarray(given)
    if array.dtype == object:
        values = array.ravel().tolist()
        flat = _of_list(values, torch.empty(0).double())
        return flat.view(array.shape)
    if array.dtype.kind == "c":
        raise _complex(array.dtype)
    if not np.can_cast(array.dtype, np.float64, "same_kind"):
        raise DeviceOutputError(f"values of type {array.dtype}, which are no numbers.")
    with np.errstate(over="ignore"):  # too large is not finite, and refused as such
        return torch.from_numpy(np.array(array, dtype=np.float64, order="C"))


def _of_list(given: list | tuple, like: Tensor) -> Tensor:
    if all(type(part) in (int, float) for part in given):
        return torch.tensor(given, dtype=torch.float64).to(like)
    return torch.stack([tensor_of(part, like) for part in given])


def _masked() -> DeviceOutputError:
    return DeviceOutputError(
        "masked values: return an array without a mask, or raise an error so that the pass is "
        "tried again."
    )


def _complex(kind: object) -> DeviceOutputError:
    return DeviceOutputError(
        f"complex values ({kind}): return what a detector reads, abs(y) ** 2 or y.real."
    )
