"""Inputs of any form as rows of numbers, which is what a device is set to: (..., B, n)."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten

from asyt.errors import AsytError


class Form:
    """How a row of n numbers and what a network takes are laid into each other.

    Args:
        example: a batch as the network takes it: a tensor (B, *shape), or tensors in lists, tuples
            and dicts. Whole numbers, such as those of tokens, stay whole.

    Raises:
        AsytError: something else than tensors of one and the same B of at least 2.
    """

    def __init__(self, example: Any):
        leaves, self._tree = tree_flatten(example)
        are_batches = [isinstance(leaf, Tensor) and leaf.dim() for leaf in leaves]
        if not leaves or not all(are_batches):
            raise AsytError(
                f"example of type {type(example).__name__}: give a batch of inputs, a tensor "
                "(B, *shape) or lists, tuples and dicts of such tensors."
            )
        batches = {len(leaf) for leaf in leaves}
        if len(batches) > 1 or min(batches) < 2:
            raise AsytError(
                f"example of {sorted(batches)} samples: give two or more, as many in each tensor."
            )
        if not all(bool(leaf.isfinite().all()) for leaf in leaves):
            raise AsytError("an example has numbers that are not finite: mend the data first.")
        self.shapes = [tuple(leaf.shape[1:]) for leaf in leaves]
        self._types = [leaf.dtype for leaf in leaves]
        self._sizes = [math.prod(shape) for shape in self.shapes]
        self.width = sum(self._sizes)
        self.dtype = torch.get_default_dtype()
        floating = [kind for kind in self._types if kind.is_floating_point]
        if floating:
            self.dtype = floating[0]

    def rows(self, inputs: Any) -> Tensor:
        """A batch as the network takes it, perhaps with more axes in front, as (..., B, n)."""
        leaves, tree = tree_flatten(inputs)
        shapes = [tuple(getattr(leaf, "shape", ())) for leaf in leaves]
        ends = []
        for shape, own in zip(shapes, self.shapes, strict=False):
            in_front = len(shape) - len(own)
            ends.append(shape[in_front:])
        if tree != self._tree or ends != self.shapes:
            raise AsytError(f"inputs of shapes {shapes}: the network takes (B, *{self.shapes}).")
        parts = []
        for leaf, own in zip(leaves, self.shapes, strict=True):
            in_front = leaf.dim() - len(own)
            batch = leaf.shape[:in_front]
            part = leaf.reshape(*batch, -1)
            parts.append(part.to(self.dtype))
        return torch.cat(parts, -1)

    def inputs(self, rows: Tensor) -> Any:
        """Rows (B, n) as the network takes them."""
        leaves = []
        parts = rows.split(self._sizes, -1)
        for part, shape, kind in zip(parts, self.shapes, self._types, strict=True):
            leaf = part.reshape(len(rows), *shape)
            if not kind.is_floating_point:
                leaf = leaf.to(kind)
            leaves.append(leaf)
        return tree_unflatten(leaves, self._tree)
