"""What a sample costs at the analogue-digital interface, counted by chips that run: AsyT Fig. 6."""

from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import pandas as pd
import torch

from asyt.devices import DistortedDevice
from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.photonics.converters import Interface
from asyt.twins import Perceptron

#: Hidden layers while the width varies, and neurons a hidden layer while the depth does.
DEPTH = 4
WIDTH = 256


@dataclass(frozen=True)
class Config(base.Config):
    """Networks to run: widths at a depth of 4 hidden layers, depths at a width of 256."""

    inputs: int = 784
    outputs: int = 10
    widths: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)
    depths: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16)
    channels: tuple[int, ...] = (1, 64)
    samples: int = 7
    seed: int = 0


PROFILES = {
    "smoke": Config(widths=(16, 64), depths=(1, 4)),
    "quick": Config(),
    "paper": Config(),
}


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Run a batch through each network, encapsulated and truncated, and read the chips' counters.

    Returns:
        One row a network, way and number of channels: what varies, what was counted a sample, the
        accesses and time-steps by the paper's formulas (P and 1, or 2M - P and N + 1), the
        extraction time and the energies.
    """
    rows: list[dict[str, Any]] = []
    networks = [("width", DEPTH, width) for width in config.widths]
    networks += [("depth", depth, WIDTH) for depth in config.depths]
    for (sweep, hidden, width), encapsulated in product(networks, (True, False)):
        layers = (config.inputs, *[width] * hidden, config.outputs)
        neurons = sum(layers[1:])
        counted = count(
            layers,
            encapsulated,
            config.samples,
            config.seed,
            execution.compute,
        )
        way = "truncated"
        accesses = 2 * neurons - config.outputs  # 2M - P
        time_steps = hidden + 1
        if encapsulated:
            way = "encapsulated"
            accesses = config.outputs  # P
            time_steps = 1
        row = {
            "sweep": sweep,
            "hidden": hidden,
            "width": width,
            "neurons": neurons,
            "way": way,
            **counted,
            "accesses by formula": float(accesses),
            "time-steps by formula": float(time_steps),
        }
        for channels in config.channels:
            interface = Interface(channels=channels)
            cost = {
                "channels": channels,
                "extraction (s)": interface.extraction_s(layers, encapsulated),
                "photonic energy (J)": interface.photonic_j(layers, encapsulated),
                "interface energy (J)": interface.interface_j(counted["reads"], counted["writes"]),
            }
            rows.append(row | cost)
    return pd.DataFrame(rows)


def count(
    layers: tuple[int, ...],
    encapsulated: bool,
    samples: int,
    seed: int = 0,
    compute: str = "cpu",
) -> dict[str, float]:
    """Reads, writes, accesses and time-steps a sample of a chip that really runs."""
    twin = Perceptron(layers)
    chip = DistortedDevice(
        twin,
        1,
        0,
        distortion=0.6,
        encapsulated=encapsulated,
        compute=compute,
    )
    controls = [layer.to(compute) for layer in twin.initial(seed, 0.1, 0.5)]
    x = torch.rand(samples, layers[0], device=compute)
    if encapsulated:
        chip(controls, x)
    else:
        chip.layer_by_layer(controls, x)
    return chip.accesses.a_sample()


def control_memory(
    resolution: int = 2**16, layers: tuple[int, ...] = (784, 256, 256, 10)
) -> pd.DataFrame:
    """MB that a training must store about the controls, at 4 bytes an entry.

    O(R) with one estimation profile, O(R M^2) with a table for each connection.
    """
    connections = sum(inputs * outputs for inputs, outputs in pairwise(layers))
    rows = pd.DataFrame(
        {
            "what is stored": [
                "one estimation profile for all",
                "a table a connection",
            ],
            "tables": [1, connections],
        }
    )
    return rows.assign(MB=4e-6 * resolution * rows.tables)


EXPERIMENT = Experiment("access", PROFILES, base.one_a_seed(PROFILES), run)
