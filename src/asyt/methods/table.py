"""All methods by name, and what each costs at the analogue-digital interface, counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from asyt.devices import DistortedDevice
from asyt.errors import EncapsulationError, lookup
from asyt.methods.contract import Description, Mark, Method
from asyt.methods.dual_adaptive import DualAdaptive
from asyt.methods.forward_only import ForwardOnly
from asyt.methods.gradient import METHODS
from asyt.methods.sources import DigitalStep
from asyt.methods.spsa import SPSA
from asyt.twins import Perceptron

if TYPE_CHECKING:
    import pandas as pd

#: Methods with a memory of their own, made anew for every population.
WITH_MEMORY: dict[str, type[DualAdaptive | SPSA | ForwardOnly]] = {
    "dat": DualAdaptive,
    "spsa": SPSA,
    "forward-only": ForwardOnly,
}
NAMES = (*METHODS, *WITH_MEMORY)
#: Samples of a step that is counted.
BATCH = 4
#: Methods of networks without a device contract, trained where they are drawn.
_ELSEWHERE = {
    "dfa-ternary": Description(
        "DFA, ternary error",
        Mark("#7A5CF0", (0, (3, 1.5)), "d"),
        ("launay2020",),
    ),
    "dfa-optical": Description(
        "DFA, optical",
        Mark("#A0003C", (0, (8, 1.5, 1, 1.5)), "p"),
        ("launay2020",),
    ),
    "readout-only": Description(
        "read-out only",
        Mark("#7F7F7F", (0, (1, 3)), "1"),
    ),
}
#: What is said of every method that is trained or drawn.
ROWS: dict[str, Method | type[Method] | Description] = {
    **METHODS,
    **WITH_MEMORY,
    **_ELSEWHERE,
}


def method(name: str, seed: int = 0) -> Method:
    """The method of a name in `NAMES`, else an `UnknownNameError`; one with a memory is a new one.

    The seed is that of the numbers it draws for itself: give every draw of a population its own.

    Example:
        >>> from asyt.methods import method
        >>> method("spsa", seed=1).remembers
        True
    """
    name = lookup(name, NAMES, "method")
    if name in METHODS:
        return METHODS[name]
    return WITH_MEMORY[name](seed=seed)


def budgets(layers: Sequence[int] = (784, 256, 256, 10)) -> pd.DataFrame:
    """What a training step of each method reads and writes, a sample, counted by the device.

    Columns method, passes, reads, writes, accesses, time-steps (all a sample), and encapsulated:
    whether it trains a device whose light path is closed.

    Example:
        >>> from asyt.methods import budgets
        >>> budgets((4, 4, 3)).set_index("method").loc[["AsyT", "PAT"], "accesses"].to_dict()
        {'AsyT': 3, 'PAT': 11}
    """
    import pandas as pd  # slow, and who trains draws no table

    twin = Perceptron(tuple(layers))
    rows = []
    for name in NAMES:
        opened = DistortedDevice(
            twin,
            1,
            0,
            distortion=0.1,
            encapsulated=False,
        )
        closed = DistortedDevice(twin, 1, 0, distortion=0.1)
        _step(name, twin, opened)
        seen = opened.accesses
        counted = {
            "passes": seen.samples,
            "reads": seen.reads,
            "writes": seen.writes,
            "accesses": seen.reads + seen.writes,
            "time-steps": seen.time_steps,
        }
        row: dict[str, str | int] = {"method": method(name).label}
        for quantity, count in counted.items():
            row[quantity] = count // BATCH
        row["encapsulated"] = "yes" if _step(name, twin, closed) else "no"
        rows.append(row)
    return pd.DataFrame(rows)


def _step(name: str, twin: Perceptron, device: DistortedDevice) -> bool:
    """One training step of one chip; whether the device let it happen."""
    trained = method(name)
    if not trained.trains_device:
        return True
    weights = twin.initial(0, 0.1, 0.5)
    controls = [layer.map(torch.clone).spread(1) for layer in weights]
    x = torch.ones(BATCH, twin.layers[0])
    classes = twin.layers[-1]
    labels = torch.arange(BATCH) % classes
    target = torch.eye(classes)[labels]
    states = twin.forward(weights, x)
    error = twin.error(states[-1], target)
    step = DigitalStep(weights, states, error)
    try:
        trained.gradient(twin, step, device, controls, x, target)
    except EncapsulationError:
        return False
    return True
