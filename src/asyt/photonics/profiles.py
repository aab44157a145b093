"""Estimation profiles: one assumed curve from voltage to transmission for every cell.

A profile is deduced from the design, not from a measurement of the device (AsyT, "AsyT method for
training fully encapsulated DPNNs"). It falls from 1 at 0 V to 0 at `v_pi`: its inverse is unique.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError, lookup

#: Voltage at which the designed cell has its first minimum: gamma = pi / (2 V_PI^2) in AsyT Eq. 4.
V_PI = 20.0
#: How far a transmission may lie outside [0, 1] by rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Profile:
    """A monotonic estimate T(V), 0 at `v_pi` volts, and its inverse.

    `curve` and `inverse` are in units of v_pi; `name` is the key in `PROFILES`, `label` is printed.

    Example:
        >>> import torch
        >>> from asyt.photonics import Profile, profile
        >>> estimate: Profile = profile("eq4")
        >>> f"{float(estimate.volts(estimate.transmission(torch.tensor(7.0)))):.2f}"
        '7.00'
    """

    name: str
    label: str
    v_pi: float
    curve: Callable[[Tensor], Tensor]
    inverse: Callable[[Tensor], Tensor]

    def transmission(self, volts: Tensor) -> Tensor:
        """T at some voltages; an AsytError outside [0, v_pi], where it has no inverse."""
        stay = f" volts given; stay within 0 to {self.v_pi:g}."
        check_range(volts, 0.0, self.v_pi, f"voltage of profile '{self.name}':", stay)
        return self.curve(volts / self.v_pi)

    def volts(self, transmission: Tensor) -> Tensor:
        """The voltages for some transmissions; an AsytError outside [0, 1]."""
        stay = " power given; stay within 0 to 1."
        check_range(transmission, 0.0, 1.0, f"transmission of profile '{self.name}':", stay)
        return self.v_pi * self.inverse(transmission.clamp(0, 1))


def check_range(
    values: Tensor,
    low: float,
    high: float,
    what: str,
    remedy: str,
    rounding: float = ROUNDING,
) -> None:
    """Refuse values outside of a range by more than this share of it; the message names them."""
    lowest, highest = map(float, values.aminmax())
    slack = rounding * (high - low)
    if not (lowest >= low - slack and highest <= high + slack):
        raise AsytError(f"{what} {lowest:g} to {highest:g}{remedy}")


def _interfered(phase: Tensor) -> Tensor:
    """T of an interferometer at a phase in units of pi."""
    return (1 + torch.cos(math.pi * phase)) / 2


def _phase(t: Tensor) -> Tensor:
    return torch.arccos(2 * t - 1) / math.pi


def _of_power(u: Tensor) -> Tensor:
    """AsyT Eq. 4: T = (1 + cos(2 gamma V^2)) / 2, phase proportional to heater power."""
    return _interfered(u**2)


def _to_power(t: Tensor) -> Tensor:
    return torch.sqrt(_phase(t))


_ROWS = (
    Profile(
        "eq4",
        "Eq. (4)",
        V_PI,
        _of_power,
        _to_power,
    ),
    Profile(
        "strong-heater",
        "Eq. (4), heater 15 % stronger",
        V_PI / math.sqrt(1.15),
        _of_power,
        _to_power,
    ),
    # no interferometer in the estimate
    Profile(
        "linear-power",
        "linear in power",
        V_PI,
        lambda u: 1 - u**2,
        lambda t: torch.sqrt(1 - t),
    ),
    Profile(
        "linear-phase",
        "phase linear in voltage",
        V_PI,
        _interfered,
        _phase,
    ),
)
PROFILES = {row.name: row for row in _ROWS}


def profile(name: str) -> Profile:
    """The profile of that name; an UnknownNameError suggests the nearest.

    Example:
        >>> from asyt.photonics import profile
        >>> profile("linear-power").label
        'linear in power'
    """
    return PROFILES[lookup(name, PROFILES, "estimation profile")]
