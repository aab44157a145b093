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
    alive = []
    biases = f"{NOT_CHECKED}no biases given"
    for l, layer in enumerate(kit.tries.controls):
        for part, about in enumerate(_abouts(layer)):
            if "biases" in about:
                biases = "heard"
            change = _part(kit, l, part)
            alive.append(_changed(kit, f"{about} of layer {l}", change))
    alive.append(_changed(kit, "hears_inputs: its inputs", _inputs(kit)))
    each = "each layer of each chip changed"
    yield Row("hears_weights", each, "heard")
    yield Row("hears_biases", each, biases)
    yield Row("hears_inputs", "all changed, each chip", "heard")
    if kit.judge.sees_each:
        yield _every_input(kit)
        yield _every_output(torch.stack(alive).any(0))
    else:
        yield Row("every_output", "in any of these changes", f"{NOT_CHECKED}noise")


def _changed(kit: Kit, about: str, change: Change) -> Tensor:
    """Which outputs of which chips respond to a change, (C, P); each chip has to."""
    promise, what = about.split(": ")
    chips = kit.device.population
    outputs = kit.device.layers[-1]
    responds = torch.zeros(chips, outputs, dtype=torch.bool)
    for _ in range(DRAWS):
        changed = partial(kit.read, *change())
        differ = kit.judge.changed(kit.read, changed)
        responds |= differ.any(1).cpu()
        if responds.any(-1).all():
            return responds
    deaf = responds.any(-1).logical_not().nonzero()
    remedy = REMEDIES[promise] + kit.judge.doubt
    raise ConformanceError(
        promise,
        f"chip {int(deaf[0])} reads the same whatever {what}; {remedy}.",
    )


def _abouts(layer: Layer | Named) -> list[str]:
    """A promise about each of the layer's tensors: weights, biases, or what a network names."""
    if isinstance(layer, Named):
        return [f"hears_weights: '{name}'" for name in layer]
    abouts = ["hears_weights: the weights", "hears_biases: the biases"]
    return abouts[: len(layer.tensors())]


def _part(kit: Kit, l: int, part: int) -> Change:
    """Other values of one tensor of layer l."""

    def change() -> tuple[Weights, Tensor]:
        controls = list(kit.tries.controls)
        other = kit.tries.others()[l]
        tensors = list(controls[l].tensors())
        tensors[part] = other.tensors()[part]
        controls[l] = controls[l].filled(tensors)
        return controls, kit.tries.x

    return change


def _inputs(kit: Kit) -> Change:
    return lambda: (kit.tries.controls, kit.tries.other_inputs())


def _every_input(kit: Kit) -> Row:
    """Row i of a batch differs from a common one in input i alone; some chip must see it."""
    inputs = kit.device.layers[0]
    responds = torch.zeros(inputs, dtype=torch.bool)
    for start in kit.tries.x[:DRAWS]:
        other = kit.tries.other(start)
        common = start.repeat(inputs, 1)
        alone = torch.eye(inputs, device=start.device) > 0
        moved = torch.where(alone, other, common)
        differ = kit.judge.changed(
            partial(kit.read, x=common),
            partial(kit.read, x=moved),
        )
        responds |= differ.any(-1).any(0).cpu()
    deaf = responds.logical_not().nonzero().flatten().tolist()
    require("hears_inputs", not deaf, f"no chip responds to inputs {deaf}.")
    return Row("hears_inputs", "each input changed alone", "heard")


def _every_output(alive: Tensor) -> Row:
    """Each output of each chip responds to something."""
    dead = alive.logical_not().nonzero().tolist()
    require("every_output", not dead, f"outputs (chip, output) {dead} never change.")
    return Row("every_output", "in any of these changes", "alive")
