"""One function of one chip, run for a population by torch.func."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

#: Tensors of one chip -> tensors of one chip.
Run = Callable[..., tuple[Tensor, ...]]


def each(
    run: Run, leading: Sequence[int], tensors: Sequence[Tensor], axes: Sequence[int], batched: bool
) -> tuple[Tensor, ...]:
    """`run` of every index of the leading axes, (C,) or (S, C); they lead the results, too.

    Tensors, whose own axes are counted by `axes`, have all, the last or none of the leading axes.
    What does not depend on an axis is computed once for all along it (vmap): so AsyT's one forward
    pass serves all chips. Not `batched`, one index is run after the other.
    """
    if not leading:
        return run(*tensors)
    given, dims = [], []
    for tensor, own in zip(tensors, axes, strict=True):
        shared = tensor.dim() - own < len(leading)
        if not shared and tensor.shape[0] == 1:
            tensor, shared = tensor[0], True
        given.append(tensor)
        dims.append(None if shared else 0)
    inner = partial(_inner, run, tuple(leading[1:]), tuple(axes), batched)
    if all(dim is None for dim in dims):
        return tuple(result.expand(leading[0], *result.shape) for result in inner(*given))
    if batched:
        return torch.func.vmap(inner, in_dims=tuple(dims), randomness="error")(*given)
    results = []
    for i in range(leading[0]):
        one = [t if dim is None else t[i] for t, dim in zip(given, dims, strict=True)]
        results.append(inner(*one))
    return tuple(torch.stack(parts) for parts in zip(*results, strict=True))


def _inner(
    run: Run, leading: tuple[int, ...], axes: tuple[int, ...], batched: bool, *tensors: Tensor
) -> tuple[Tensor, ...]:
    return each(run, leading, tensors, axes, batched)
