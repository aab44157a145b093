"""A pass of a population through the gate: what it is lent, and what it gives, state by state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from asyt import gate
from asyt.errors import DeviceOutputError
from asyt.twins import Weights, tensors

if TYPE_CHECKING:
    from asyt.devices.contract import Device


def run(device: Device, controls: Weights, x: Tensor) -> Sequence[Any]:
    """What `propagate` makes of copies, or, of a device that only reads, of the originals.

    An empty batch is no pass: the device is not asked.
    """
    if not x.shape[-2]:
        states = [x]
        for neurons in device.layers[1:]:
            shape = _shape(device, x, neurons)
            states.append(x.new_empty(shape))
        return states
    if not device.only_reads:
        controls = [layer.map(gate.lent) for layer in controls]
        x = gate.lent(x)
    states = device.propagate(controls, x)
    if not isinstance(states, list | tuple) or len(states) < 2:
        raise DeviceOutputError(
            f"{_name(device)}.propagate returned a {type(states).__name__}: return a list, [x, "
            "read-out], or what every layer carries, input first."
        )
    return states


def readout(
    device: Device,
    states: Sequence[Any],
    controls: Weights,
    x: Tensor,
) -> Tensor:
    """The last state."""
    outputs = device.layers[-1]
    shape = _shape(device, x, outputs)
    axes = "(C, B, P)" if len(shape) == 3 else "(S, C, B, P)"
    promise = (
        f"a population of {device.population} with {outputs} outputs must return {axes} = {shape} "
        "for this batch."
    )
    return _received(device, states[-1], shape, controls, x, promise)


def all_layers(
    device: Device,
    states: Sequence[Any],
    controls: Weights,
    x: Tensor,
) -> list[Tensor]:
    """All states. The first are the inputs as they were given, whatever became of the copy."""
    last = readout(device, states, controls, x)
    widths = [_width(state) for state in states]
    if widths != list(device.layers):
        raise DeviceOutputError(
            f"{_name(device)} gave states of {widths} values; opened, it must give one a layer, "
            f"input first: {list(device.layers)}. If it cannot, build it with encapsulated=True."
        )
    received = [x]
    for l, state in enumerate(states[1:-1], start=1):
        shape = _shape(device, x, device.layers[l])
        promise = f"state {l} of this batch must be {shape}."
        received.append(_received(device, state, shape, controls, x, promise))
    return [*received, last]


def _name(device: Device) -> str:
    return type(device).__name__


def _shape(device: Device, x: Tensor, neurons: int) -> tuple[int, ...]:
    """(C, B, n), or (S, C, B, n) of inputs (S, 1, B, in) of S trajectories."""
    *leading, batch, _ = x.shape
    return (*leading[:-1], device.population, batch, neurons)


def _width(state: Any) -> int | None:
    """Neurons of a state; None of what has no shape."""
    try:
        return np.shape(state)[-1]
    except (IndexError, TypeError, ValueError):
        return None


def _received(
    device: Device,
    state: object,
    shape: tuple[int, ...],
    controls: Weights,
    x: Tensor,
    promise: str,
) -> Tensor:
    dtype = gate.floating(x, *tensors(controls))
    like = x.new_empty(0, dtype=dtype)
    return gate.received(
        state,
        shape,
        like,
        who=_name(device),
        promise=promise,
    )
