"""The MZI cell: what a voltage really does to the light, different from cell to cell.

    T(V) = L * (e + (1 - e) * (1 + cos(phi)) / 2),
    phi = phi_0 + (1 + h) * pi V^2 / V_pi^2 + crosstalk

with insertion loss L, inverse extinction ratio e, heater error h and phase offset phi_0; all ideal,
this is AsyT Eq. 4, gamma = pi / (2 V_pi^2).
"""

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
        extinction_db, extinction_sd_db: extinction ratio, dB.
        loss_db, loss_sd_db: insertion loss, dB.
        crosstalk: share of a neighbouring heater's phase that a cell receives.

    Raises:
        AsytError: a negative spread or loss, an extinction ratio that is not positive, or crosstalk
            outside [0, 0.25).

    Example:
        >>> from asyt.photonics import Spreads
        >>> Spreads(0.6, 0.1, 25.0, 3.0, 0.23, 0.13, crosstalk=0.045).phase
        0.6
    """

    phase: float
    heater: float
    extinction_db: float
    extinction_sd_db: float
    loss_db: float
    loss_sd_db: float
    crosstalk: float

    def __post_init__(self):
        deviation = (math.inf, "a standard deviation is zero or above.")
        ranges = {
            "phase": deviation,
            "heater": deviation,
            "extinction_sd_db": deviation,
            "loss_sd_db": deviation,
            "loss_db": (
                math.inf,
                "a loss is a positive number of dB; below 0 it is gain.",
            ),
            "crosstalk": (
                0.25,
                "a share of a neighbour's phase, from 0 to below 0.25.",
            ),
        }
        for name, (limit, remedy) in ranges.items():
            value = getattr(self, name)
            if not 0 <= value < limit:
                raise AsytError(f"{name} {value}: {remedy}")
        if not self.extinction_db > 0:
            raise AsytError(
                f"extinction_db {self.extinction_db}: a ratio of maximum to minimum is above 0 dB."
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
        seed, layer: of the fabrication stream.
        v_pi: of the design, volts.

    Example:
        >>> import torch
        >>> from asyt.photonics import Cells
        >>> from asyt.photonics.populations import TYPICAL
        >>> cells = Cells((1, 4, 4), population=3, spreads=TYPICAL, seed=0, layer=0)
        >>> cells.transmission(torch.zeros(3, 1, 4, 4)).shape
        torch.Size([3, 1, 4, 4])
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
        drawn = []
        for chip, k in itertools.product(range(population), range(modules)):
            drawn.append(streams.normal((4, *module), "fabrication", seed, chip, layer, k))
        whole = torch.stack(drawn).unflatten(0, (population, modules))
        phase, heater, extinction, loss = whole.unbind(2)

        def ratio(mean_db: float, deviation_db: float, error: Tensor) -> Tensor:
            decibel = (mean_db + deviation_db * error).clamp(min=0)  # no cell amplifies
            return (10 ** (-decibel / 10)).to(compute, dtype)

        self.v_pi = v_pi
        self.crosstalk = spreads.crosstalk
        self._phase = (spreads.phase * phase).to(compute, dtype)
        heating = (1 + spreads.heater * heater).clamp(min=0)  # a heater does not cool
        self._heater = heating.to(compute, dtype)
        self._floor = ratio(spreads.extinction_db, spreads.extinction_sd_db, extinction)
        self._loss = ratio(spreads.loss_db, spreads.loss_sd_db, loss)

    def transmission(self, volts: Tensor) -> Tensor:
        """T of every cell, (..., C, modules, rows, columns), at finite positive voltages."""
        if not bool(((volts >= 0) & (volts < math.inf)).all()):
            lowest = float(volts.min())
            highest = float(volts.max())
            raise AsytError(f"voltages from {lowest:g} to {highest:g}: a heater takes 0 or more.")
        heat = self._heater * (math.pi / self.v_pi**2) * volts.square()
        if self.crosstalk:
            total = torch.zeros_like(heat)  # of the cells below, above, right and left
            total[..., 1:, :] += heat[..., :-1, :]
            total[..., :-1, :] += heat[..., 1:, :]
            total[..., :, 1:] += heat[..., :, :-1]
            total[..., :, :-1] += heat[..., :, 1:]
            heat = heat + self.crosstalk * total
        phi = self._phase + heat
        # T = L * (e + (1 - e) * (1 + cos(phi)) / 2)
        return self._loss * (self._floor + (1 - self._floor) * (0.5 + 0.5 * torch.cos(phi)))
