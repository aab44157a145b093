"""An analogue network of bipolar transistor pairs.

A differential pair turns a voltage v into a current tanh(v / (2 V_T)) of its bias current; it is a
neuron. A Gilbert cell (IEEE J. Solid-State Circuits 3, 365 (1968)) multiplies two such currents; it
is a weight. In units of 2 V_T and of the bias current

    z_j = sum_i tanh(w_ji + offset) tanh(x_i) (1 + mismatch) + b_j,
    y_j = tanh(gain z_j + offset).

Offsets and mismatches are random and fixed (Pelgrom et al., IEEE J. Solid-State Circuits 24, 1433
(1989)); their sizes here are ours.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from asyt.devices.contract import NoisyDevice, fabricated
from asyt.twins import Functional, Layer, Weights

GAIN = 1.5  # of a neuron's load


@dataclass(frozen=True)
class Cells:
    """One layer of one or more circuits; the defaults are the schematic.

    Attributes:
        offset: of each multiplier's weight input, (..., out, in), units of 2 V_T.
        mismatch: of each multiplier's current, relative.
        shift: offset of each neuron's pair, (..., out).
    """

    offset: Tensor | None = None
    mismatch: Tensor | None = None
    shift: Tensor | None = None

    def stage(self, layer: Layer, a: Tensor) -> Tensor:
        """Inputs (..., B, in) -> voltages (..., B, out), at the layer's controls."""
        voltage = layer.weight
        if self.offset is not None:
            voltage = voltage + self.offset
        weight = torch.tanh(voltage)
        if self.mismatch is not None:
            weight = weight * (1 + self.mismatch)
        z = torch.tanh(a) @ weight.mT
        if layer.bias is not None:
            z = z + layer.bias.unsqueeze(-2)
        z = GAIN * z
        if self.shift is not None:
            z = z + self.shift.unsqueeze(-2)
        return torch.tanh(z)


def twin(layers: tuple[int, ...], scale: float = 1.0) -> Functional:
    """The circuit of the schematic."""
    depth = len(layers) - 1
    return Functional((Cells().stage,) * depth, scale)


class CircuitDevice(NoisyDevice):
    """A population of circuits with transistors that do not match.

    Controls are voltages in units of 2 V_T: `Layer(weight=(C, out, in), bias=(C, out) or None)` a
    layer.

    Args (others: see `Device`):
        seed: of the fabrication and noise streams.
        offset: standard deviation of every offset, units of 2 V_T (0.1 is 5 mV at room
            temperature).
        mismatch: relative standard deviation of every multiplier's current.
        noise: standard deviation of a neuron's output in a pass, units of 2 V_T.
        dtype: of the tensors.

    Example:
        >>> import torch
        >>> from asyt.devices import CircuitDevice
        >>> from asyt.twins import Layer
        >>> device = CircuitDevice((4, 3), population=2, seed=0)
        >>> device([Layer(torch.zeros(2, 3, 4), torch.zeros(2, 3))], torch.ones(5, 4)).shape
        torch.Size([2, 5, 3])
    """

    kind = "circuit"
    cites = ("wright2022", "gilbert1968", "pelgrom1989")
    only_reads = True

    def __init__(
        self,
        layers: tuple[int, ...],
        population: int,
        seed: int,
        *,
        offset: float = 0.1,
        mismatch: float = 0.1,
        noise: float = 0.005,
        encapsulated: bool = True,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__(layers, population, encapsulated, seed)
        self._noise = noise

        def draw(size: float, l: int, kind: int, *shape: int) -> Tensor:
            error = fabricated(shape, population, seed, l, kind)
            return (size * error).to(dtype)

        self._cells = [
            Cells(
                draw(offset, l, 0, m, n),
                draw(mismatch, l, 1, m, n),
                draw(offset, l, 2, m),
            )
            for l, (n, m) in enumerate(pairwise(layers))
        ]

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """Voltages of every layer."""
        states = [x]
        for cells, layer in zip(self._cells, controls, strict=True):
            voltages = cells.stage(layer, states[-1])
            voltages = self._noisy(voltages, self._noise)
            states.append(voltages)
        return states
