"""Controls of a network that is no perceptron: tensors of any shape, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import register_pytree_node

from asyt.errors import AsytError, lookup


class Named(Mapping[str, Tensor]):
    """What a stage is set to, or its update: tensors (..., *shape) by name, e.g. "conv.weight".

    It does all that a `Layer` does. A mapping: `dict(named)` is what `load_state_dict` takes.

    Args:
        values: the tensors.
        shapes: of each tensor for one chip, without the axes in front; by default the tensors are
            those of one chip.

    Example:
        >>> import torch
        >>> from asyt.twins import Named
        >>> Named({"conv.weight": torch.zeros(2, 1, 3, 3)}).spread(5)
        Named(conv.weight (5, 2, 1, 3, 3))
    """

    def __init__(
        self,
        values: Mapping[str, Tensor],
        shapes: Mapping[str, tuple[int, ...]] | None = None,
    ):
        self._values = dict(values)
        if shapes is None:
            shapes = {name: tuple(tensor.shape) for name, tensor in values.items()}
        self.shapes = dict(shapes)

    def __getitem__(self, name: str) -> Tensor:
        known = lookup(name, self._values, "control")
        return self._values[known]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        sizes = []
        for name, tensor in self._values.items():
            sizes.append(f"{name} {tuple(tensor.shape)}")
        return f"Named({', '.join(sizes)})"

    @property
    def weight(self) -> Tensor:
        """Refused by an `AsytError`: what asks for a weight wants a perceptron's layer."""
        raise AsytError(
            f"{self!r} has no weight and bias as a perceptron's layer has: take its tensors by "
            "name, or a device and a method for this network (DistortedNetwork, asyt)."
        )

    def matching(self, layer: Any) -> Named:
        """The layer, if it has tensors of these names and shapes; else an `AsytError`."""
        if not isinstance(layer, Named):
            raise AsytError(
                f"controls of type {type(layer).__name__}: a network made from modules has Named "
                "ones, as its twin's `initial` gives them."
            )
        for name, shape in self.shapes.items():
            known = lookup(name, layer.shapes, "control")
            theirs = layer.shapes[known]
            if theirs != shape:
                raise AsytError(
                    f"control '{name}' is {tuple(theirs)} a chip, the network's is {tuple(shape)}: "
                    "give its own; with axes in front, Named(values, shapes) of those behind."
                )
        return layer

    def tensors(self) -> tuple[Tensor, ...]:
        """All of them, in order."""
        return tuple(self._values.values())

    def filled(self, values: Iterable[Tensor]) -> Named:
        """Other tensors under these names, in the order of `tensors`."""
        by_name = dict(zip(self._values, values, strict=True))
        return Named(by_name, self.shapes)

    def map(self, change: Callable[..., Tensor], *others: Named) -> Named:
        """`change` of every tensor, and of those of the same name in the others."""
        changed = []
        for name, tensor in self._values.items():
            same = [other[name] for other in others]
            changed.append(change(tensor, *same))
        return self.filled(changed)

    def to(self, compute: torch.device | str) -> Named:
        """The same values on a processor."""
        return self.map(lambda tensor: tensor.to(compute))

    @property
    def leading(self) -> tuple[int, ...]:
        """The axes in front, (C,) or (S, C); () of one digital model."""
        name, shape = next(iter(self.shapes.items()))
        tensor = self._values[name]
        axes = tensor.dim() - len(shape)
        return tuple(tensor.shape[:axes])

    def expand(self, *leading: int) -> Named:
        """Views with other leading axes, to which those of each broadcast."""
        views = []
        for name, tensor in self._values.items():
            views.append(tensor.expand(*leading, *self.shapes[name]))
        return self.filled(views)

    def spread(self, population: int) -> Named:
        """One view a chip: (*shape) or (S, 1, *shape) -> (C, *shape) or (S, C, *shape)."""
        return self.expand(*self.leading[:-1], population)

    def shared(self) -> Named:
        """Undo `spread`: controls that all chips see as one, without their axis of chips."""
        chips = len(self.leading) - 1
        if chips < 0:
            return self
        if any(tensor.stride(chips) for tensor in self.tensors()):
            return self
        if chips == 0:
            return self.map(lambda tensor: tensor[0])
        return self.map(lambda tensor: tensor[:, :1])

    def drawn(self, draw: Callable[[tuple[int, ...]], Tensor]) -> Named:
        """Numbers for every parameter of every chip; `draw` makes (C, *shape) from a shape."""
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        row = draw((sum(sizes),))
        parts = row.split(sizes, -1)
        drawn = []
        for part, (name, shape) in zip(parts, self.shapes.items(), strict=True):
            leading = part.shape[:-1]
            laid = part.reshape(*leading, *shape)
            drawn.append(laid.to(self._values[name]))
        return self.filled(drawn)


def _flatten(named: Named) -> tuple[list[Tensor], Any]:
    context = (tuple(named), named.shapes)
    return list(named.tensors()), context


def _unflatten(values: Iterable[Tensor], context: Any) -> Named:
    names, shapes = context
    by_name = dict(zip(names, values, strict=True))
    return Named(by_name, shapes)


# so that torch.func, and `PhysicalModule`, see the tensors
register_pytree_node(Named, _flatten, _unflatten)
