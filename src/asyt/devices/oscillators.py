"""A chain of driven, coupled oscillators: masses on hardening springs, pushed and then read.

    q_i'' = -damping q_i' - stiffness_i q_i - hardening q_i^3
            + coupling (q_(i-1) - 2 q_i + q_(i+1)) + F_i cos(t)

The force is the sum of an input and of a trainable parameter, F_i = x_i + p_i; the displacement at
the end is the read-out, and the input of the next module. Wright et al. (2022) train such a chain
in their public code and a driven plate in the laboratory; the numbers here are ours, in units of
the drive's period.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.devices.contract import NoisyDevice, fabricated
from asyt.twins import Functional, Layer, Weights

#: Of time, in units of the drive's period over 2 pi; all of them are just under one period.
STEP = 0.3
STEPS = 20


@dataclass(frozen=True)
class Chain:
    """Constants of one or more chains, (..., 1, n) or numbers; the defaults are the data sheet."""

    damping: Tensor | float = 0.2
    stiffness: Tensor | float = 1.5
    hardening: Tensor | float = 0.5
    coupling: Tensor | float = 0.3

    def acceleration(
        self,
        q: Tensor,
        v: Tensor,
        force: Tensor,
        t: float,
    ) -> Tensor:
        """The second derivative of displacements q (..., B, n); the ends of the chain are free."""
        first = q[..., :1]
        last = q[..., -1:]
        stretch = torch.diff(q, dim=-1, prepend=first, append=last)  # between neighbours
        pull = self.coupling * stretch.diff(dim=-1)
        driven = force * math.cos(t) - self.damping * v - self.stiffness * q
        return driven - self.hardening * q**3 + pull

    def displacement(self, force: Tensor) -> Tensor:
        """Where the oscillators are at the end, started from rest: (..., B, n)."""
        q = v = torch.zeros_like(force)
        for k in range(STEPS):
            q, v = self._step(q, v, force, k * STEP)
        return q

    def _step(
        self,
        q: Tensor,
        v: Tensor,
        force: Tensor,
        t: float,
    ) -> tuple[Tensor, Tensor]:
        """Displacements and velocities a `STEP` later, by Runge-Kutta of fourth order."""
        half = STEP / 2
        sixth = STEP / 6
        a1 = self.acceleration(q, v, force, t)
        v2 = v + half * a1
        a2 = self.acceleration(q + half * v, v2, force, t + half)
        v3 = v + half * a2
        a3 = self.acceleration(q + half * v2, v3, force, t + half)
        v4 = v + STEP * a3
        a4 = self.acceleration(q + STEP * v3, v4, force, t + STEP)
        velocity = v + 2 * v2 + 2 * v3 + v4
        acceleration = a1 + 2 * a2 + 2 * a3 + a4
        return q + sixth * velocity, v + sixth * acceleration

    def stage(self, layer: Layer, a: Tensor) -> Tensor:
        """One module: controls (..., 1, n), inputs (..., B, n) -> (..., B, n)."""
        inputs, parameters = torch.broadcast_tensors(a, layer.weight)
        return self.displacement(torch.add(inputs, parameters))


def twin(modules: int, scale: float = 1.0) -> Functional:
    """The chain of the data sheet, module after module."""
    return Functional((Chain().stage,) * modules, scale)


class OscillatorDevice(NoisyDevice):
    """A population of chains whose constants differ from the data sheet.

    Controls are forces, `Layer(weight=(C, 1, n), bias=None)` a module.

    Args (others: see `Device`):
        width: oscillators n.
        modules: how often the chain is used in a row.
        seed: of the fabrication and noise streams.
        spread: relative standard deviation of every constant; stiffness differs from mass to mass.
        noise: standard deviation of a read-out, in units of displacement.
        dtype: of the tensors.

    Example:
        >>> import torch
        >>> from asyt.devices import OscillatorDevice
        >>> from asyt.twins import Layer
        >>> device = OscillatorDevice(width=4, modules=2, population=3, seed=0)
        >>> device([Layer(torch.zeros(3, 1, 4))] * 2, torch.ones(5, 4)).shape
        torch.Size([3, 5, 4])
    """

    kind = "oscillator"
    cites = ("wright2022",)
    only_reads = True

    def __init__(
        self,
        width: int,
        modules: int,
        population: int,
        seed: int,
        *,
        spread: float = 0.1,
        noise: float = 0.002,
        encapsulated: bool = True,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__((width,) * (modules + 1), population, encapsulated, seed)
        self._noise = noise
        constants = {}
        data_sheet = vars(Chain())
        for kind, (name, value) in enumerate(data_sheet.items()):
            shape = (1, width if name == "stiffness" else 1)
            error = spread * fabricated(shape, population, seed, 0, kind)
            constants[name] = (value * (1 + error)).to(dtype)
        self._chain = Chain(**constants)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """One pass through all modules."""
        modules = Functional((self._read,) * len(controls))
        return modules.forward(controls, x)

    def _read(self, layer: Layer, a: Tensor) -> Tensor:
        displacement = self._chain.stage(layer, a)
        return self._noisy(displacement, self._noise)
