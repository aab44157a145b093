"""A chain of driven, coupled, nonlinear oscillators: masses on hardening springs, pushed for a while and then read.

    q_i'' = -damping q_i' - stiffness_i q_i - hardening q_i^3 + coupling (q_(i-1) - 2 q_i + q_(i+1))
    + F_i cos(t)

The force on each oscillator is the sum of an input and of a trainable parameter, F_i = x_i + p_i.
Its displacement at the end is the read-out, and the input of the next module. Wright et al. (2022)
demonstrate physics-aware training on such a chain in their public code and on a driven plate in the
laboratory; the numbers here are ours, in units of the drive's period.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Device
from asyt.twins import Functional, Layer, Weights

STEP, STEPS = 0.3, 20  # times the drive's period over 2 pi: just under one period


@dataclass(frozen=True)
class Chain:
    """Constants of one or more chains, (..., 1, n) or numbers; the defaults are the data sheet."""

    damping: Tensor | float = 0.2
    stiffness: Tensor | float = 1.5
    hardening: Tensor | float = 0.5
    coupling: Tensor | float = 0.3

    def acceleration(self, q: Tensor, v: Tensor, force: Tensor, t: float) -> Tensor:
        """The second derivative of q at time t, everything (..., B, n); the ends of the chain are free."""
        stretch = torch.diff(
            q, dim=-1, prepend=q[..., :1], append=q[..., -1:]
        )  # between neighbours
        drive = force * math.cos(t)
        pull = self.coupling * stretch.diff(dim=-1)
        return drive - self.damping * v - self.stiffness * q - self.hardening * q**3 + pull

    def displacement(self, force: Tensor) -> Tensor:
        """Where the oscillators are at the end, started from rest: (..., B, n), by Runge-Kutta of fourth order."""
        q = v = torch.zeros_like(force)
        for k in range(STEPS):
            t, h = k * STEP, STEP
            v1, a1 = v, self.acceleration(q, v, force, t)
            v2, a2 = (
                v + h / 2 * a1,
                self.acceleration(q + h / 2 * v1, v + h / 2 * a1, force, t + h / 2),
            )
            v3, a3 = (
                v + h / 2 * a2,
                self.acceleration(q + h / 2 * v2, v + h / 2 * a2, force, t + h / 2),
            )
            v4, a4 = v + h * a3, self.acceleration(q + h * v3, v + h * a3, force, t + h)
            q, v = q + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4), v + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
        return q

    def stage(self, layer: Layer, a: Tensor) -> Tensor:
        """One module: controls (..., 1, n), inputs (..., B, n) -> (..., B, n)."""
        return self.displacement(torch.add(*torch.broadcast_tensors(a, layer.weight)))


def twin(modules: int, scale: float = 1.0) -> Functional:
    """The chain of the data sheet, module after module."""
    return Functional((Chain().stage,) * modules, scale)


class OscillatorDevice(Device):
    """A population of chains whose constants differ from the data sheet.

    Controls are forces, `Layer(weight=(C, 1, n), bias=None)` a module.

    Args:
        width: oscillators n.
        modules: how often the chain is used in a row.
        population: number of chains C.
        seed: of the fabrication and noise streams.
        spread: relative standard deviation of every constant; stiffness differs from mass to mass.
        noise: standard deviation of a read-out, in units of displacement.
        encapsulated: see `Device`.
        dtype: of the tensors.
    """

    kind, cites = "oscillator", ("wright2022",)

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
        super().__init__((width,) * (modules + 1), population, encapsulated)
        self._seed, self._noise = seed, noise
        sheet = vars(Chain())
        drawn = {
            name: [
                streams.normal(
                    (1, width if name == "stiffness" else 1), "fabrication", seed, j, 0, k
                )
                for j in range(population)
            ]
            for k, name in enumerate(sheet)
        }
        self._chain = Chain(
            **{
                name: (sheet[name] * (1 + spread * torch.stack(z))).to(dtype)
                for name, z in drawn.items()
            }
        )
        self.at(0, 0)

    def at(self, *moment: int) -> None:
        """Start the noise of a moment (seed, epoch, phase) from its own address in the noise stream."""
        self._generator = streams.torch_generator("cpu", "noise", self._seed, *moment)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """One pass through all modules."""
        return Functional((self._read,) * len(controls)).forward(controls, x)

    def _read(self, layer: Layer, a: Tensor) -> Tensor:
        q = self._chain.stage(layer, a)
        return (
            q + self._noise * torch.empty_like(q).normal_(generator=self._generator)
            if self._noise
            else q
        )
