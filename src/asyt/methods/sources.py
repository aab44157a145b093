"""What a gradient method knows of the device: its read-out, and what stands for its hidden states.

The first two see the outputs of an encapsulated device, P accesses a sample. The others read every
layer and write it back, 2M - P accesses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from asyt.devices import Device
from asyt.twins import Twin, Weights


@dataclass(frozen=True)
class DigitalStep:
    """What the digital model did with a batch, computed once and shared by every method and device.

    Attributes:
        weights: at the start of the step, (out, in) a layer.
        states: activations (B, n), input first.
        error: dL/dz at the output (B, P).
    """

    weights: Weights
    states: list[Tensor]
    error: Tensor


class Path(NamedTuple):
    """What an error goes back through: the arguments of `Twin.vjp`."""

    states: list[Tensor]
    weights: Weights
    at: list[Tensor] | None = None


Source = Callable[[Twin, DigitalStep, Device, Weights, Tensor], tuple[Tensor, Path]]


def digital_model(
    _twin: Twin, step: DigitalStep, device: Device, controls: Weights, x: Tensor
) -> tuple[Tensor, Path]:
    """The digital model's own, shared by all devices (AsyT)."""
    return device(controls, x), Path(step.states, step.weights)


def twin_at_controls(
    twin: Twin, _step: DigitalStep, device: Device, controls: Weights, x: Tensor
) -> tuple[Tensor, Path]:
    """A twin a device, set to its controls (pseudo IP-BP, the fair reading)."""
    states = twin.forward(controls[:-1], x)  # the output layer's pass is not needed
    return device(controls, x), Path(states, controls)


def twin_of_each_layer(
    twin: Twin, _step: DigitalStep, device: Device, controls: Weights, x: Tensor
) -> tuple[Tensor, Path]:
    """Measured states; slopes where each layer's twin is at the measured input (PAT, Wright 2022).

    At an output with a non-linearity the slope is taken at the read-out.
    """
    states = device.layer_by_layer(controls, x)
    at = [x]
    for l, (layer, entered) in enumerate(zip(controls[:-1], states, strict=False)):
        at.append(twin.activate(l, layer, entered))
    return states[-1], Path(states, controls, at)


def measured(
    _twin: Twin, _step: DigitalStep, device: Device, controls: Weights, x: Tensor
) -> tuple[Tensor, Path]:
    """Measured states, which stand for the slopes too."""
    states = device.layer_by_layer(controls, x)
    return states[-1], Path(states, controls)
