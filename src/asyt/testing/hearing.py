"""Whether a device responds: to its controls, to its inputs, on every output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

from asyt.testing.kit import Kit
from asyt.testing.report import NOT_CHECKED, ConformanceError, Row, require
from asyt.twins import Layer, Named, Weights

#: How often other values are drawn before a device is called deaf.
DRAWS = 3
REMEDIES = {
    "hears_weights": "each layer of each chip must respond",
    "hears_biases": "say bias=False if it has none",
    "hears_inputs": "each chip must respond",
}
#: Draws other controls and inputs.
Change = Callable[[], tuple[Weights, Tensor]]


def hears(kit: Kit) -> Iterator[Row]:
    """Each chip responds to the weights and biases of each layer, and to its inputs."""
    tries, alive = kit.tries, []
    for l, layer in enumerate(tries.controls):
        for part, about in enumerate(_abouts(layer)):
            alive.append(_changed(kit, f"{about} of layer {l}", _part(kit, l, part)))
    inputs = _changed(kit, "hears_inputs: its inputs", _inputs(kit))
    alive.append(inputs)
    has_bias = any("biases" in about for layer in tries.controls for about in _abouts(layer))
    each = "each layer of each chip changed"
    yield Row("hears_weights", each, "heard")
    yield Row("hears_biases", each, "heard" if has_bias else f"{NOT_CHECKED}no biases given")
    yield Row("hears_inputs", "all changed, each chip", "heard")
    if kit.judge.sees_each:
        yield _every_input(kit)
        yield _every_output(torch.stack(alive).any(0))
    else:
        yield Row("every_output", "in any of these changes", f"{NOT_CHECKED}noise")


def _changed(kit: Kit, about: str, change: Change) -> Tensor:
    """Which outputs of which chips respond to a change, (C, P); each chip has to."""
    promise, what = about.split(": ")
    responds = torch.zeros(kit.device.population, kit.device.layers[-1], dtype=torch.bool)
    for _ in range(DRAWS):
        controls, x = change()
        differ = kit.judge.changed(kit.read, partial(kit.read, controls, x))
        responds |= differ.any(1).cpu()
        if responds.any(-1).all():
            return responds
    deaf = int(responds.any(-1).logical_not().nonzero()[0])
    remedy = REMEDIES[promise] + kit.judge.doubt
    raise ConformanceError(promise, f"chip {deaf} reads the same whatever {what}; {remedy}.")


def _abouts(layer: Layer | Named) -> list[str]:
    """A promise about each of the layer's tensors: weights, biases, or what a network names."""
    if isinstance(layer, Named):
        return [f"hears_weights: '{name}'" for name in layer]
    return ["hears_weights: the weights", "hears_biases: the biases"][: len(layer.tensors())]


def _part(kit: Kit, l: int, part: int) -> Change:
    """Other values of one tensor of layer l."""

    def change() -> tuple[Weights, Tensor]:
        layer, tensors = kit.tries.controls[l], list(kit.tries.controls[l].tensors())
        tensors[part] = kit.tries.others()[l].tensors()[part]
        return [
            *kit.tries.controls[:l],
            layer.filled(tensors),
            *kit.tries.controls[l + 1 :],
        ], kit.tries.x

    return change


def _inputs(kit: Kit) -> Change:
    return lambda: (kit.tries.controls, kit.tries.other_inputs())


def _every_input(kit: Kit) -> Row:
    """Row i of a batch differs from a common one in input i alone; some chip must see it."""
    responds = torch.zeros(kit.device.layers[0], dtype=torch.bool)
    for start in kit.tries.x[:DRAWS]:
        other = kit.tries.other(start)
        common = start.repeat(len(start), 1)
        moved = torch.where(torch.eye(len(start), device=start.device) > 0, other, common)
        differ = kit.judge.changed(partial(kit.read, None, common), partial(kit.read, None, moved))
        responds |= differ.any(-1).any(0).cpu()
    deaf = responds.logical_not().nonzero().flatten().tolist()
    require("hears_inputs", not deaf, f"no chip responds to inputs {deaf}.")
    return Row("hears_inputs", "each input changed alone", "heard")


def _every_output(alive: Tensor) -> Row:
    """Each output of each chip responds to something."""
    dead = alive.logical_not().nonzero().tolist()
    require("every_output", not dead, f"outputs (chip, output) {dead} never change.")
    return Row("every_output", "in any of these changes", "alive")
