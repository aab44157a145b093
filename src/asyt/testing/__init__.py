"""A conformance kit for devices: does yours keep the contract that the training methods rely on?

check_device(lambda: MyDevice(...), inputs=lambda n: torch.rand(n, 4))
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.errors import AsytError
from asyt.testing import process
from asyt.testing.checks import STAGES
from asyt.testing.judges import Addressed, Exact, Statistical
from asyt.testing.kit import Kit, Tries
from asyt.testing.probe import Probe
from asyt.testing.report import ConformanceError, Report, Row
from asyt.twins import Layer, Weights

__all__ = ["ConformanceError", "Report", "Row", "check_device"]

#: Fewer passes of each way to read cannot show a difference at the usual rate.
FEWEST = 10


def check_device(
    make: Callable[[], Device],
    inputs: Callable[[int], Tensor] | None = None,
    controls: Callable[[Device], Weights] | None = None,
    *,
    noisy: bool = False,
    bias: bool = True,
    repeatable: bool = True,
    of_size: Callable[[int], Device] | None = None,
    largest: int = 256,
    tolerance: float = 1e-4,
    passes: int = 20,
    false_alarms: float = 1e-3,
) -> Report:
    """Hold a device against every promise; the report, printed, is the table of what was checked.

    A device without noise is held to each promise exactly, in some 60 passes. With noise, means of
    many passes are compared by a permutation test; about 700 passes. A device of which nobody can
    repeat the noise is made once, and sent nothing outside the range of its controls and inputs.

    Args:
        make: builds the device, the same chips each time.
        inputs: number of samples -> inputs (B, in); by default uniform in [0, 1].
        controls: device -> valid controls, (C, out, in) and (C, out) a layer; all that are sent lie
            between the least and the largest of them. By default uniform in [0, 0.5], and negative,
            zero and a hundred times as large.
        noisy: whether repeated passes may differ, but not those of equal devices at one moment.
        bias: whether layers of the default controls have a bias.
        repeatable: False of a real instrument, whose noise `at` does not set.
        of_size: number of chips -> the device with so many, of which chip j is always the same.
        largest: samples of the largest batch to try.
        tolerance: of rounding, in units of a chip's largest read-out.
        passes: of each of two ways to read that are compared, with noise; at least 10.
        false_alarms: chance that a device with noise fails although it keeps every promise and
            visibly responds, in all comparisons together.

    Raises:
        ConformanceError: a promise is broken; `promise` is its name, `report` the table until then.
        AsytError: arguments that cannot be used.

    Example:
        >>> from asyt.devices import DistortedDevice
        >>> from asyt.testing import check_device
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 3))
        >>> report = check_device(lambda: DistortedDevice(twin, 2, 0, distortion=0.3))
        >>> "hears_weights" in report
        True
    """
    if passes < FEWEST or not 0 < false_alarms < 1 or largest < 1:
        raise AsytError(
            f"passes {passes}, false_alarms {false_alarms}, largest {largest}: give at least "
            f"{FEWEST} passes, a chance between 0 and 1, and at least 1 sample."
        )
    report = Report()
    with process.kept():
        probe = Probe.of(make, {})
        device = probe.device
        crowd = _uniform(largest, device.layers[0]) if inputs is None else inputs(largest)
        given = _controls(device, bias, crowd) if controls is None else controls(device)
        kit = Kit(
            make,
            probe,
            Tries(given, crowd),
            Exact(tolerance),
            repeatable,
            free=controls is None and repeatable,
        )
        if of_size is not None:
            kit.sizes += _sizes(probe, of_size)
        if noisy or not repeatable:
            kind = Addressed if repeatable else Statistical
            kit.judge = kind(tolerance, passes, false_alarms, lambda k: kit.at(k, 0, 1))
        try:
            for stage in STAGES:
                for row in stage(kit):
                    report.rows.append(row)
        except ConformanceError as broken:
            broken.report = report
            raise
    return report


def _uniform(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def _sizes(probe: Probe, of_size: Callable[[int], Device]) -> list[Probe]:
    """Populations of one chip and of one more."""
    chips = probe.device.population
    others = sorted({1, chips + 1} - {chips})
    return [Probe.of(partial(of_size, size), probe.notes) for size in others]


def _controls(device: Device, bias: bool, like: Tensor) -> Weights:
    """Uniform in [0, 0.5]."""
    drawn = []
    for n_in, n_out in pairwise(device.layers):
        both = 0.5 * _uniform(device.population, n_out, n_in + 1).to(like)
        weights = both[..., 1:].clone()
        biases = both[..., 0].clone() if bias else None
        drawn.append(Layer(weights, biases))
    return drawn
