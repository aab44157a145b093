"""Pairs of ways to read that must agree: what a read-out may depend on, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from asyt.testing.judges import Reading
from asyt.testing.kit import Kit
from asyt.testing.probe import Probe
from asyt.twins import Layer, Weights, tensors


class Pair(NamedTuple):
    """Two ways to read one thing, and what is wrong if they do not agree."""

    promise: str
    how: str
    wrong: str
    first: Reading
    second: Reading


def pairs(kit: Kit) -> list[Pair]:
    """All that apply to a device."""
    return [pair for kind in KINDS for pair in kind(kit)]


def _memory(kit: Kit) -> Iterator[Pair]:
    """A pass knows nothing of the one before, nor of what became of its read-out."""
    others, turned = kit.tries.others(), kit.tries.other_inputs()[:-1]

    def after_others() -> Tensor:
        kit.probe.scribble(kit.tries.controls, kit.tries.x)
        kit.read(others, turned)
        return kit.read()

    wrong = "a read-out depends on the passes before it."
    yield Pair("forgets", "after other passes", wrong, kit.read, after_others)


def _in_place(kit: Kit) -> Iterator[Pair]:
    """Controls and inputs are read in every pass: an optimizer changes them where they are."""

    def overwritten() -> Tensor:
        held, x = (
            [layer.map(torch.clone) for layer in kit.tries.others()],
            kit.tries.other_inputs(),
        )
        kit.read(held, x)
        for tensor, value in zip(tensors(held), tensors(kit.tries.controls), strict=True):
            tensor.copy_(value)
        return kit.read(held, x.copy_(kit.tries.x))

    wrong = "controls or inputs that changed where they are were not read again."
    yield Pair("forgets", "tensors overwritten", wrong, kit.read, overwritten)


def _layout(kit: Kit) -> Iterator[Pair]:
    """Tensors mean the same however they lie in memory."""
    strided = [layer.map(_strided) for layer in kit.tries.controls]
    wrong = "strided controls or inputs are read other than copies: use their axes, not memory."
    in_strides = partial(kit.read, strided, _strided(kit.tries.x))
    yield Pair("any_layout", "strided tensors", wrong, kit.read, in_strides)
    if kit.device.population > 1:
        one = [layer.map(lambda tensor: tensor[0]) for layer in kit.tries.controls]
        shared = [layer.spread(kit.device.population) for layer in one]
        copied = partial(kit.read, [layer.map(torch.clone) for layer in shared])
        wrong = "controls that all chips share, as a view, are read other than copies."
        yield Pair("any_layout", "shared controls", wrong, copied, partial(kit.read, shared))


def _strided(tensor: Tensor) -> Tensor:
    """The same values, every second number of a larger memory, axes in another order."""
    axes = tuple(reversed(range(tensor.dim())))
    apart = tensor.permute(axes).repeat_interleave(2, 0).contiguous()
    return apart[::2].permute(axes)


def _batch(kit: Kit) -> Iterator[Pair]:
    """A sample is read as it would be alone."""
    x, crowd = kit.tries.x, kit.tries.crowd
    wrong = "a read-out depends on the rest of the batch."

    def one_by_one() -> Tensor:
        return torch.cat([kit.read(x=row) for row in x.split(1)], 1)

    def turned() -> Tensor:
        return kit.read(x=x.flip(0)).flip(1)

    def crowded() -> Tensor:
        return kit.read(x=crowd)[:, -len(x) :]

    yield Pair("sample_by_sample", "one by one", wrong, kit.read, one_by_one)
    yield Pair("sample_by_sample", "in reverse", wrong, kit.read, turned)
    yield Pair("sample_by_sample", f"last of {len(crowd)}", wrong, kit.read, crowded)


def _population(kit: Kit) -> Iterator[Pair]:
    """A chip reads its own controls alone."""
    chips = range(kit.device.population) if kit.device.population > 1 else ()
    others = kit.tries.others()
    for chip in chips:
        wrong = f"other chips change with the controls of chip {chip}: the population axis leaks."
        changed = _one_chip(kit.tries.controls, others, chip)
        kept = [c for c in range(kit.device.population) if c != chip]
        yield Pair(
            "chip_by_chip",
            "another chip changed",
            wrong,
            partial(_chips, kit.probe, kit.tries.controls, kit.tries.x, kept),
            partial(_chips, kit.probe, changed, kit.tries.x, kept),
        )


def _one_chip(controls: Weights, others: Weights, chip: int) -> Weights:
    """The controls, with those of one chip from `others`."""

    def change(tensor: Tensor, other: Tensor) -> Tensor:
        changed = tensor.clone()
        changed[chip] = other[chip]
        return changed

    pairs = zip(controls, others, strict=True)
    return [layer.map(change, other) for layer, other in pairs]


def _chips(probe: Probe, controls: Weights, x: Tensor, chips: list[int]) -> Tensor:
    return probe.read(controls, x)[chips]


def _sizes(kit: Kit) -> Iterator[Pair]:
    """Chip j is the same chip in a population of any size."""
    chips = kit.device.population
    for probe in kit.sizes:
        size = probe.device.population
        shared = list(range(min(chips, size)))
        fitted = [_sized(layer, size) for layer in kit.tries.controls]
        wrong = f"a chip is another one in a population of {size}: draw each by its own number."
        yield Pair(
            "any_population",
            f"a population of {size}",
            wrong,
            partial(_chips, kit.probe, kit.tries.controls, kit.tries.x, shared),
            partial(_chips, probe, fitted, kit.tries.x, shared),
        )


def _sized(layer: Layer, size: int) -> Layer:
    """The controls of the first chips, the last one's repeated as needed."""

    def fit(tensor: Tensor) -> Tensor:
        return tensor[[min(chip, len(tensor) - 1) for chip in range(size)]]

    return layer.map(fit)


def _opened(kit: Kit) -> Iterator[Pair]:
    """An open device reads the same layer by layer."""
    if kit.device.encapsulated:
        return

    def last() -> Tensor:
        return kit.probe.opened(kit.tries.controls, kit.tries.x)[-1]

    wrong = "layer by layer the device reads other outputs than in one pass."
    yield Pair("keeps_its_budget", "layer by layer", wrong, kit.read, last)


KINDS = (_memory, _in_place, _layout, _batch, _population, _sizes, _opened)
