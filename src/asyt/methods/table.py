"""All methods by name, and what each costs at the analogue-digital interface, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import torch

from asyt.devices import DistortedDevice
from asyt.errors import EncapsulationError, lookup
from asyt.methods.contract import Method
from asyt.methods.dual_adaptive import DualAdaptive
from asyt.methods.forward_only import ForwardOnly
from asyt.methods.gradient import METHODS
from asyt.methods.sources import DigitalStep
from asyt.methods.spsa import SPSA
from asyt.twins import Layer, Perceptron

#: Methods with a memory of their own, made anew for every population: seed of their random choices
#: -> method.
WITH_MEMORY: dict[str, Callable[[int], Method]] = {
    "dat": lambda seed: DualAdaptive(seed=seed),
    "spsa": lambda seed: SPSA(seed=seed),
    "forward-only": lambda seed: ForwardOnly(seed=seed),
}
NAMES = (*METHODS, *WITH_MEMORY)


def method(name: str, seed: int = 0) -> Method:
    """The method of that name; one with a memory is a new one.

    Args:
        name: one of `NAMES`.
        seed: of the numbers that a method draws for itself; give every draw of a population its
            own.

    Raises:
        UnknownNameError: suggesting the nearest name.
    """
    name = lookup(name, NAMES, "method")
    return METHODS[name] if name in METHODS else WITH_MEMORY[name](seed)


def budgets(layers: Sequence[int] = (784, 256, 256, 10), batch: int = 4) -> pd.DataFrame:
    """What one training step of each method reads and writes, a training sample, counted by the device.

    Args:
        layers: of the network.
        batch: samples of the step.

    Returns:
        Columns method, passes, reads, writes, accesses, time-steps (all a sample), and
        encapsulated: whether it trains a device whose light path is closed.
    """
    twin = Perceptron(tuple(layers))
    weights = twin.initial(0, 0.1, 0.5)
    controls = [Layer(layer.weight[None].clone(), layer.bias[None].clone()) for layer in weights]
    x = torch.rand(batch, layers[0], generator=torch.Generator().manual_seed(0))
    target = torch.eye(layers[-1])[torch.arange(batch) % layers[-1]]
    states = twin.forward(weights, x)
    step = DigitalStep(weights, states, twin.error(states[-1], target))
    rows = []
    for name in NAMES:
        closed = True
        device = DistortedDevice(twin, 1, 0, distortion=0.1, encapsulated=False)
        if method(name).trains_device:
            method(name).gradient(twin, step, device, controls, x, target)
            try:
                method(name).gradient(
                    twin, step, DistortedDevice(twin, 1, 0, distortion=0.1), controls, x, target
                )
            except EncapsulationError:
                closed = False
        seen = device.accesses
        counted = (seen.samples, seen.reads, seen.writes, seen.reads + seen.writes, seen.time_steps)
        rows.append((method(name).label, *(n // batch for n in counted), "yes" if closed else "no"))
    return pd.DataFrame(
        rows,
        columns=["method", "passes", "reads", "writes", "accesses", "time-steps", "encapsulated"],
    )
