"""A conformance kit for devices: does yours keep the contract that the training methods rely on?

check_device(lambda: MyDevice(...), inputs=lambda n: torch.rand(n, 4))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.errors import AsytError, EncapsulationError
from asyt.twins import Layer, Weights, tensors

BATCH = 7


class ConformanceError(AsytError):
    """A device breaks the contract; the message says which promise, and what was seen."""


def check_device(
    make: Callable[[], Device],
    inputs: Callable[[int], Tensor] | None = None,
    controls: Callable[[Device], Weights] | None = None,
    *,
    noisy: bool = False,
    bias: bool = True,
) -> list[str]:
    """Run every check; returns their names, or raises a `ConformanceError` at the first that fails.

    Args:
        make: builds the device, the same chips each time.
        inputs: number of samples -> inputs (B, in); by default uniform in [0, 1].
        controls: device -> valid controls, (C, out, in) and (C, out) a layer; by default uniform in
            [0, 0.5].
        noisy: whether repeated passes may differ, but not those of equal devices at one moment.
        bias: whether layers of the default controls have a bias.
    """
    device = make()
    x = _uniform(BATCH, device.layers[0]) if inputs is None else inputs(BATCH)
    kit = _Kit(make, _controls(device, bias) if controls is None else controls(device), x, noisy)
    for check in CHECKS:
        check(kit)
    return [check.__name__.lstrip("_") for check in CHECKS]


@dataclass(frozen=True)
class _Kit:
    """What every check is given; arguments of `check_device`."""

    make: Callable[[], Device]
    controls: Weights
    x: Tensor
    noisy: bool


def _uniform(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def _controls(device: Device, bias: bool) -> Weights:
    drawn = []
    for n_in, n_out in zip(device.layers, device.layers[1:], strict=False):
        both = 0.5 * _uniform(device.population, n_out, n_in + 1)
        drawn.append(Layer(both[..., 1:], both[..., 0] if bias else None))
    return drawn


def _require(kept: bool, promise: str) -> None:
    if not kept:
        raise ConformanceError(promise)


def _shape(kit: _Kit) -> None:
    """The read-out is (C, B, P), finite, for any batch size."""
    device = kit.make()
    for batch in (1, len(kit.x)):
        wanted = (device.population, batch, device.layers[-1])
        readout = device(kit.controls, kit.x[:batch])
        _require(
            tuple(readout.shape) == wanted,
            f"read-out of shape {tuple(readout.shape)}, not (C, B, P) = {wanted}.",
        )
        _require(bool(readout.isfinite().all()), "a read-out is not finite.")


def _repeats(kit: _Kit) -> None:
    """Without noise the same controls and inputs give the same read-out, sample by sample."""
    if kit.noisy:
        return
    device = kit.make()
    once, again = (device(kit.controls, kit.x) for _ in range(2))
    _require(torch.equal(once, again), "two passes differ; say noisy=True if the device has noise.")
    turned = device(kit.controls, kit.x.flip(0)).flip(-2)
    alike = torch.allclose(once, turned, rtol=1e-4, atol=1e-6)
    _require(alike, "a read-out depends on the rest of the batch.")


def _black_box(kit: _Kit) -> None:
    """A pass leaves controls and inputs as they were."""
    held = [tensor.clone() for tensor in (*tensors(kit.controls), kit.x)]
    kit.make().propagate(kit.controls, kit.x)  # which a pass gives copies
    same = all(map(torch.equal, held, (*tensors(kit.controls), kit.x)))
    _require(same, "a pass changed the controls or the inputs it was given.")


def _moment_sets_the_noise(kit: _Kit) -> None:
    """Two equal devices at the same moment read the same: a resumed run meets the same physics."""
    seen = []
    for device in (kit.make(), kit.make()):
        device.at(0, 3, 1)
        seen.append(device(kit.controls, kit.x))
    _require(torch.equal(*seen), "equal devices differ at one moment, `at(0, 3, 1)`.")


def _counts_outputs(kit: _Kit) -> None:
    """A pass costs P reads a sample, no writes, one time-step."""
    device = kit.make()
    device(kit.controls, kit.x)
    counted, outputs = device.accesses.a_sample(), device.layers[-1]
    wanted = {"reads": outputs, "writes": 0, "accesses": outputs, "time_steps": 1}
    _require(counted == wanted, f"a pass counted {counted} a sample, not {wanted}.")


def _keeps_its_budget(kit: _Kit) -> None:
    """A closed device refuses hidden states; an open one shows all, counting 2 M - P accesses."""
    device = kit.make()
    if device.encapsulated:
        try:
            device.layer_by_layer(kit.controls, kit.x)
        except EncapsulationError:
            return
        raise ConformanceError("the device calls itself encapsulated and shows hidden states.")
    device.layer_by_layer(kit.controls, kit.x)  # refuses other than one state a layer
    counted = device.accesses.a_sample()["accesses"]
    wanted = 2 * sum(device.layers[1:]) - device.layers[-1]
    _require(
        counted == wanted,
        f"reading every layer counted {counted} accesses a sample, not 2 M - P = {wanted}.",
    )


CHECKS = (_shape, _repeats, _black_box, _moment_sets_the_noise, _counts_outputs, _keeps_its_budget)
