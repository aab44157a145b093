"""A conformance kit for devices: does yours keep the contract that the training methods rely on?

    from asyt.testing import check_device
    check_device(lambda: MyDevice(...), inputs=lambda n: torch.rand(n, 4))

Each check is a function below; `check_device` runs those that apply and raises at the first broken
promise.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.errors import AsytError, EncapsulationError
from asyt.twins import Layer, Weights

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
    """Run every check that applies.

    Args:
        make: builds the device; called several times, so a simulation must build the same chips
            again.
        inputs: number of samples -> inputs (B, in); by default uniform in [0, 1].
        controls: device -> valid controls, (C, out, in) and (C, out) a layer; by default uniform in
            [0, 0.5].
        noisy: whether repeated passes may differ; then only passes of one moment of two equal
            devices must agree.
        bias: whether layers of the default controls have a bias.

    Returns:
        The names of the checks that passed.

    Raises:
        ConformanceError: naming the broken promise.
    """
    device = make()
    x = (
        torch.rand(BATCH, device.layers[0], generator=_generator())
        if inputs is None
        else inputs(BATCH)
    )
    settings = _controls(device, bias) if controls is None else controls(device)
    passed = []
    for check in (
        _shape,
        _repeats,
        _black_box,
        _moment_sets_the_noise,
        _counts_outputs,
        _keeps_its_budget,
    ):
        check(make, settings, x, noisy)
        passed.append(check.__name__.lstrip("_"))
    return passed


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _controls(device: Device, bias: bool) -> Weights:
    g, c = _generator(), device.population
    return [
        Layer(
            0.5 * torch.rand(c, m, n, generator=g),
            0.5 * torch.rand(c, m, generator=g) if bias else None,
        )
        for n, m in zip(device.layers, device.layers[1:], strict=False)
    ]


def _require(kept: bool, promise: str) -> None:
    if not kept:
        raise ConformanceError(promise)


def _shape(make: Callable[[], Device], controls: Weights, x: Tensor, noisy: bool) -> None:
    """The read-out is (C, B, P), finite, for any batch size."""
    device = make()
    for batch in (1, len(x)):
        wanted = (device.population, batch, device.layers[-1])
        readout = device(controls, x[:batch])
        _require(
            tuple(readout.shape) == wanted,
            f"read-out of shape {tuple(readout.shape)}, not (C, B, P) = {wanted}.",
        )
        _require(bool(readout.isfinite().all()), "a read-out is not finite.")


def _repeats(make: Callable[[], Device], controls: Weights, x: Tensor, noisy: bool) -> None:
    """Without noise the same controls and inputs give the same read-out, sample by sample."""
    if noisy:
        return
    device = make()
    once = device(controls, x)
    _require(
        torch.equal(once, device(controls, x)),
        "two passes differ; say noisy=True if the device has noise.",
    )
    turned = device(controls, x.flip(0)).flip(-2)
    _require(
        torch.allclose(once, turned, rtol=1e-4, atol=1e-6),
        "a read-out depends on the rest of the batch.",
    )


def _black_box(make: Callable[[], Device], controls: Weights, x: Tensor, noisy: bool) -> None:
    """A pass leaves controls and inputs as they were."""
    held = [None if t is None else t.clone() for layer in controls for t in layer]
    light = x.clone()
    make()(controls, x)
    now = [t for layer in controls for t in layer]
    same = all(a is None or torch.equal(a, b) for a, b in zip(held, now, strict=True))
    _require(
        same and torch.equal(light, x), "a pass changed the controls or the inputs it was given."
    )


def _moment_sets_the_noise(
    make: Callable[[], Device], controls: Weights, x: Tensor, noisy: bool
) -> None:
    """Two equal devices at the same moment read the same: a resumed run meets the same physics."""
    first, second = make(), make()
    for device in (first, second):
        device.at(0, 3, 1)
    _require(
        torch.equal(first(controls, x), second(controls, x)),
        "equal devices differ at one moment, `at(0, 3, 1)`.",
    )


def _counts_outputs(make: Callable[[], Device], controls: Weights, x: Tensor, noisy: bool) -> None:
    """A pass costs P reads a sample, no writes, one time-step."""
    device = make()
    device(controls, x)
    seen = device.accesses.a_sample()
    wanted = {
        "reads": device.layers[-1],
        "writes": 0,
        "accesses": device.layers[-1],
        "time_steps": 1,
    }
    _require(seen == wanted, f"a pass counted {seen} a sample, not {wanted}.")


def _keeps_its_budget(
    make: Callable[[], Device], controls: Weights, x: Tensor, noisy: bool
) -> None:
    """An encapsulated device refuses hidden states; an open one shows all and counts 2 M - P accesses."""
    device = make()
    if device.encapsulated:
        try:
            device.layer_by_layer(controls, x)
        except EncapsulationError:
            return
        raise ConformanceError("the device calls itself encapsulated and shows hidden states.")
    device.layer_by_layer(controls, x)  # refuses other than one state a layer
    neurons, seen = sum(device.layers[1:]), device.accesses.a_sample()["accesses"]
    wanted = 2 * neurons - device.layers[-1]
    _require(
        seen == wanted,
        f"reading every layer counted {seen} accesses a sample, not 2 M - P = {wanted}.",
    )
