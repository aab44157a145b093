"""The MZI cell: what a voltage really does to the light, different from cell to cell.

    T(V) = L * (e + (1 - e) * (1 + cos(phi)) / 2),    phi = phi_0 + (1 + h) * pi V^2 / V_pi^2 +
    crosstalk

with insertion loss L, inverse extinction ratio e, heater error h, phase offset phi_0. With all of
them ideal this is AsyT Eq. 4, gamma = pi / (2 V_pi^2).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError
from asyt.photonics.profiles import V_PI


@dataclass(frozen=True)
class Spreads:
    """How cells differ: means and standard deviations.

    Attributes:
        phase: of the phase offset, radians.
        heater: of the heater efficiency, relative.
        extinction_db: mean extinction ratio, dB.
        extinction_sd_db: of it, dB.
        loss_db: mean insertion loss of a cell, dB.
        loss_sd_db: of it, dB.
        crosstalk: share of a neighbouring heater's phase that a cell receives.

    Raises:
        AsytError: a negative spread, a loss in the wrong sign (below 0 dB it would be gain), an
            extinction ratio that is not positive, or crosstalk outside [0, 0.25).
    """

    phase: float
    heater: float
    extinction_db: float
    extinction_sd_db: float
    loss_db: float
    loss_sd_db: float
    crosstalk: float

    def __post_init__(self):
        for name in ("phase", "heater", "extinction_sd_db", "loss_sd_db"):
            if not 0 <= getattr(self, name) < math.inf:
                raise AsytError(
                    f"{name} {getattr(self, name)}: a standard deviation is zero or above."
                )
        if not 0 <= self.loss_db < math.inf:
            raise AsytError(
                f"loss_db {self.loss_db}: a loss is a positive number of dB; below 0 it is gain."
            )
        if not self.extinction_db > 0:
            raise AsytError(
                f"extinction_db {self.extinction_db}: give the ratio of maximum to minimum, above "
                "0 dB."
            )
        if not 0 <= self.crosstalk < 0.25:
            raise AsytError(
                f"crosstalk {self.crosstalk}: a share of a neighbour's phase, from 0 to below 0.25."
            )


#: Cells that are all as designed.
IDEAL = Spreads(0.0, 0.0, math.inf, 0.0, 0.0, 0.0, 0.0)


class Cells:
    """A population of cells with hidden errors, (C, modules, rows, columns).

    Crosstalk stays within a module. The cells of a seed, chip, layer and module are the same in a
    population of any size.

    Args:
        shape: modules a chip, rows and columns of a module.
        population: number of chips C.
        spreads: how cells differ.
        seed: of the fabrication stream.
        layer: index, of the fabrication stream's address.
        v_pi: of the design, volts.
        dtype, compute: of the tensors.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        population: int,
        spreads: Spreads,
        seed: int,
        layer: int,
        *,
        v_pi: float = V_PI,
        dtype: torch.dtype = torch.float32,
        compute: torch.device | str = "cpu",
    ):
        modules, *module = shape
        places = itertools.product(range(population), range(modules))
        drawn = [
            streams.normal((4, *module), "fabrication", seed, chip, layer, k) for chip, k in places
        ]
        whole = torch.stack(drawn).unflatten(0, (population, modules))
        phase, heater, extinction, loss = whole.unbind(2)
        self.v_pi, self.crosstalk = v_pi, spreads.crosstalk
        self._phase = (spreads.phase * phase).to(compute, dtype)
        heating = (1 + spreads.heater * heater).clamp(min=0)  # a heater does not cool
        self._heater = heating.to(compute, dtype)
        ratio_db = (spreads.extinction_db + spreads.extinction_sd_db * extinction).clamp(min=0)
        self._floor = (10 ** (-ratio_db / 10)).to(compute, dtype)
        loss_db = (spreads.loss_db + spreads.loss_sd_db * loss).clamp(min=0)  # no cell amplifies
        self._loss = (10 ** (-loss_db / 10)).to(compute, dtype)

    def transmission(self, volts: Tensor) -> Tensor:
        """T of every cell, (..., C, modules, rows, columns), at its own voltage.

        Args:
            volts: of the same shape, or broadcast over chips.

        Raises:
            AsytError: a negative or non-finite voltage.
        """
        if not bool(((volts >= 0) & (volts < math.inf)).all()):
            lowest, highest = float(volts.min()), float(volts.max())
            raise AsytError(f"voltages from {lowest:g} to {highest:g}: a heater takes 0 or more.")
        heat = self._heater * (math.pi / self.v_pi**2) * volts.square()
        if self.crosstalk:
            heat = heat + self.crosstalk * _neighbours(heat)
        phi = self._phase + heat
        # T = L * (e + (1 - e) * (1 + cos(phi)) / 2)
        return self._loss * (self._floor + (1 - self._floor) * (0.5 + 0.5 * torch.cos(phi)))


def _neighbours(heat: Tensor) -> Tensor:
    """Sum over the cells above, below, left and right, within one module."""
    total = torch.zeros_like(heat)
    total[..., 1:, :] += heat[..., :-1, :]
    total[..., :-1, :] += heat[..., 1:, :]
    total[..., :, 1:] += heat[..., :, :-1]
    total[..., :, :-1] += heat[..., :, 1:]
    return total
