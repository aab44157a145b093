"""What a gradient method knows of the device: its read-out, and what stands for its hidden states.

The first two see outputs only, P accesses a sample; the others read and write every layer, 2M - P.
Of a network whose twin is one single function there is nothing else to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from asyt.devices import Device
from asyt.twins import Twin, Weights
from asyt.twins.perceptron import whole


@dataclass(frozen=True)
class DigitalStep:
    """What the digital model did with a batch, computed once and shared by every method."""

    weights: Weights  # at the start of the step, (out, in) a layer
    states: list[Tensor]  # (B, n), input first
    error: Tensor  # dL/dz at the output (B, P), already scaled


class Batch(NamedTuple):
    """A batch, and the population whose update is asked for."""

    twin: Twin
    step: DigitalStep  # the twin's forward pass
    device: Device
    controls: Weights  # a layer (C, out, in) and (C, out), or named tensors (C, *shape)
    x: Tensor  # (B, in)
    target: Tensor  # one-hot (B, P)
    scale: float = 1.0  # on the device's error: 1 / B where gradients are averaged


class Path(NamedTuple):
    """What an error goes back through: the arguments of `Twin.vjp`."""

    states: list[Tensor]
    weights: Weights
    at: list[Tensor] | None = None


Source = Callable[[Batch], tuple[Tensor, Path]]


def digital_model(batch: Batch) -> tuple[Tensor, Path]:
    """The digital model's own, shared by all devices (AsyT)."""
    readout = batch.device(batch.controls, batch.x)
    return readout, Path(batch.step.states, batch.step.weights)


def twin_at_controls(batch: Batch) -> tuple[Tensor, Path]:
    """A twin a device, set to its controls (pseudo IP-BP, the fair reading)."""
    controls, x = batch.controls, batch.x
    states = batch.twin.forward(controls[:-1], x)  # the output layer's pass is not needed
    readout = batch.device(controls, x)
    return readout, Path(states, controls)


def twin_of_each_layer(batch: Batch) -> tuple[Tensor, Path]:
    """Measured states; slopes where each layer's twin is at the measured input (PAT, Wright 2022).

    At an output with a non-linearity the slope is taken at the read-out.
    """
    readout, path = measured(batch)
    at = [batch.x]
    for l, layer in enumerate(batch.controls[:-1]):
        at.append(batch.twin.activate(l, layer, path.states[l]))
    return readout, path._replace(at=at)


def measured(batch: Batch) -> tuple[Tensor, Path]:
    """Measured states, which stand for the slopes too."""
    states = every_layer(batch)
    return states[-1], Path(states, batch.controls)


def every_layer(batch: Batch) -> list[Tensor]:
    """What the device carries after every layer, input first.

    An `EncapsulationError` where the light path is closed, unless the twin is a single function.
    """
    if whole(batch.twin):
        readout = batch.device(batch.controls, batch.x)
        return [batch.x, readout]
    return batch.device.layer_by_layer(batch.controls, batch.x)
