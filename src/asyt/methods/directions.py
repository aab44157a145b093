"""Where methods point: their update directions at the same controls, beside a reference."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.methods.gradient import METHODS
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Named, Twin, Weights


def back_propagated(
    twin: Twin,
    controls: Weights,
    x: Tensor,
    target: Tensor,
) -> Weights:
    """The gradient of a digital model's own loss."""
    states = twin.forward(controls, x)
    error = twin.error(states[-1], target)
    return twin.vjp(states, controls, error)


def directions(
    names: Iterable[str],
    twin: Twin,
    device: Device,
    controls: Weights,
    x: Tensor,
    target: Tensor,
) -> dict[str, Weights]:
    """The update of a batch (see `sources.Batch`) by each method of the gradient family.

    The digital model is set to the device's controls; a method that does not train the device goes
    along the digital model's own gradient.
    """
    states = twin.forward(controls, x)
    error = twin.error(states[-1], target)
    step = DigitalStep(controls, states, error)
    updates = {}
    for name in names:
        row = METHODS[name]
        if row.trains_device:
            update = row.gradient(twin, step, device, controls, x, target)
        else:
            update = twin.vjp(states, controls, error)
        updates[name] = update
    return updates


def cosines(update: Weights, reference: Weights) -> list[Tensor]:
    """Cosine between two directions, a layer: of each row of the weights, (..., out).

    Where a layer's controls are no matrix, of all of them together, (...,).
    """
    by_layer = []
    for layer, of_reference in zip(update, reference, strict=True):
        one = _vectors(layer)
        other = _vectors(of_reference)
        by_layer.append(torch.cosine_similarity(one, other, dim=-1))
    return by_layer


def _vectors(layer: Layer | Named) -> Tensor:
    """What has a direction of its own: rows, or everything."""
    if isinstance(layer, Layer):
        return layer.weight
    rows = []
    for tensor in layer.tensors():
        rows.append(tensor.reshape(*layer.leading, -1))
    return torch.cat(rows, -1)
