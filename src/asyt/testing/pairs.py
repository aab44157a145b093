"""Pairs of ways to read that must agree: what a read-out may depend on, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
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
    return list(chain.from_iterable(kind(kit) for kind in KINDS))


def _memory(kit: Kit) -> Iterator[Pair]:
    """A pass knows nothing of the one before, nor of what became of its read-out."""
    others = kit.tries.others()
    turned = kit.tries.other_inputs()[:-1]

    def after_others() -> Tensor:
        kit.probe.scribble(kit.tries.controls, kit.tries.x)
        kit.read(others, turned)
        return kit.read()

    yield Pair(
        "forgets",
        "after other passes",
        "a read-out depends on the passes before it.",
        kit.read,
        after_others,
    )


def _in_place(kit: Kit) -> Iterator[Pair]:
    """Controls and inputs are read in every pass: an optimizer changes them where they are."""

    def overwritten() -> Tensor:
        held = [layer.map(torch.clone) for layer in kit.tries.others()]
        x = kit.tries.other_inputs()
        kit.read(held, x)
        wanted = tensors(kit.tries.controls)
        for tensor, value in zip(tensors(held), wanted, strict=True):
            tensor.copy_(value)
        x.copy_(kit.tries.x)
        return kit.read(held, x)

    yield Pair(
        "forgets",
        "tensors overwritten",
        "controls or inputs that changed where they are were not read again.",
        kit.read,
        overwritten,
    )


def _layout(kit: Kit) -> Iterator[Pair]:
    """Tensors mean the same however they lie in memory."""
    strided = [layer.map(_strided) for layer in kit.tries.controls]
    yield Pair(
        "any_layout",
        "strided tensors",
        "strided controls or inputs are read other than copies: use their axes, not memory.",
        kit.read,
        partial(kit.read, strided, _strided(kit.tries.x)),
    )
    chips = kit.device.population
    if chips > 1:
        one = [layer.map(lambda tensor: tensor[0]) for layer in kit.tries.controls]
        shared = [layer.spread(chips) for layer in one]
        copies = [layer.map(torch.clone) for layer in shared]
        yield Pair(
            "any_layout",
            "shared controls",
            "controls that all chips share, as a view, are read other than copies.",
            partial(kit.read, copies),
            partial(kit.read, shared),
        )


def _strided(tensor: Tensor) -> Tensor:
    """The same values, every second number of a larger memory, axes in another order."""
    axes = tuple(reversed(range(tensor.dim())))
    apart = tensor.permute(axes).repeat_interleave(2, 0).contiguous()
    return apart[::2].permute(axes)


def _batch(kit: Kit) -> Iterator[Pair]:
    """A sample is read as it would be alone."""
    x = kit.tries.x
    crowd = kit.tries.crowd

    def one_by_one() -> Tensor:
        readouts = [kit.read(x=row) for row in x.split(1)]
        return torch.cat(readouts, 1)

    def turned() -> Tensor:
        readout = kit.read(x=x.flip(0))
        return readout.flip(1)

    def crowded() -> Tensor:
        readout = kit.read(x=crowd)
        return readout[:, -len(x) :]

    ways = {
        "one by one": one_by_one,
        "in reverse": turned,
        f"last of {len(crowd)}": crowded,
    }
    wrong = "a read-out depends on the rest of the batch."
    for how, reading in ways.items():
        yield Pair("sample_by_sample", how, wrong, kit.read, reading)


def _population(kit: Kit) -> Iterator[Pair]:
    """A chip reads its own controls alone."""
    controls = kit.tries.controls
    others = kit.tries.others()
    chips = range(kit.device.population)
    if len(chips) == 1:
        return
    for chip in chips:
        changed = _one_chip(controls, others, chip)
        kept = [other for other in chips if other != chip]
        yield Pair(
            "chip_by_chip",
            "another chip changed",
            f"other chips change with the controls of chip {chip}: the population axis leaks.",
            partial(_chips, kit.probe, controls, kit.tries.x, kept),
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
    controls = kit.tries.controls
    chips = kit.device.population
    for probe in kit.sizes:
        size = probe.device.population
        shared = list(range(min(chips, size)))
        fitted = [_sized(layer, size) for layer in controls]
        yield Pair(
            "any_population",
            f"a population of {size}",
            f"a chip is another one in a population of {size}: draw each by its own number.",
            partial(_chips, kit.probe, controls, kit.tries.x, shared),
            partial(_chips, probe, fitted, kit.tries.x, shared),
        )


def _sized(layer: Layer, size: int) -> Layer:
    """The controls of the first chips, the last one's repeated as needed."""

    def fit(tensor: Tensor) -> Tensor:
        last = len(tensor) - 1
        return tensor[[min(chip, last) for chip in range(size)]]

    return layer.map(fit)


def _opened(kit: Kit) -> Iterator[Pair]:
    """An open device reads the same layer by layer."""
    if kit.device.encapsulated:
        return

    def last() -> Tensor:
        states = kit.probe.opened(kit.tries.controls, kit.tries.x)
        return states[-1]

    yield Pair(
        "keeps_its_budget",
        "layer by layer",
        "layer by layer the device reads other outputs than in one pass.",
        kit.read,
        last,
    )


KINDS = (
    _memory,
    _in_place,
    _layout,
    _batch,
    _population,
    _sizes,
    _opened,
)
