"""One function of one chip, run for a population by torch.func."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

#: Tensors of one chip -> tensors of one chip.
Run = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True)
class Population:
    """A function of one chip's tensors, run at every index of the axes in front, (C,) or (S, C).

    What does not depend on an axis is computed once for all along it: so the one forward pass of
    AsyT's digital model serves all chips.

    Attributes:
        run: the function.
        axes: how many axes each tensor has for one chip.
        batched: by vmap, all at once; else one index after the other.
    """

    run: Run
    axes: Sequence[int]
    batched: bool

    def __call__(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Results with all the axes in front that any of the tensors has."""
        leads = []
        for tensor, own in zip(tensors, self.axes, strict=True):
            axes = tensor.dim() - own
            leads.append(tensor.shape[:axes])
        return self._over(torch.broadcast_shapes(*leads), *tensors)

    def _over(self, leading: Sequence[int], *tensors: Tensor) -> tuple[Tensor, ...]:
        """Along the first axis, and along the others for each of its indices."""
        if not leading:
            return self.run(*tensors)
        along: list[int | None] = []
        arguments = []
        for tensor, own in zip(tensors, self.axes, strict=True):
            has_axis = tensor.dim() - own == len(leading)
            if has_axis and tensor.shape[0] == 1:
                tensor = tensor[0]
                has_axis = False
            arguments.append(tensor)
            along.append(0 if has_axis else None)
        inner = partial(self._over, leading[1:])
        count = leading[0]
        if not any(axis == 0 for axis in along):
            results = inner(*arguments)
            return tuple(result.expand(count, *result.shape) for result in results)
        if self.batched:
            return torch.func.vmap(inner, tuple(along))(*arguments)
        return _one_by_one(inner, along, count, arguments)


def _one_by_one(
    run: Run,
    along: Sequence[int | None],
    count: int,
    tensors: Sequence[Tensor],
) -> tuple[Tensor, ...]:
    """What vmap does, by a loop."""
    results = []
    for i in range(count):
        one = []
        for tensor, axis in zip(tensors, along, strict=True):
            one.append(tensor if axis is None else tensor[i])
        results.append(run(*one))
    by_result = zip(*results, strict=True)
    return tuple(torch.stack(parts) for parts in by_result)
