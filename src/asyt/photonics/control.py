"""From a weight to a voltage: the only control path, without any knowledge of a single cell.

weight -> transmission (encoding) -> 100 levels -> inverse of the estimation profile -> 16-bit DAC.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError
from asyt.photonics.profiles import Profile, check_range


@dataclass(frozen=True)
class Encoding:
    """What weight a transmission T stands for: span * T, or, signed, span * (2 T - 1).

    The positive span is the gain that amplifiers give back; a sign is restored digitally.

    Example:
        >>> import torch
        >>> from asyt.photonics import Encoding
        >>> Encoding(span=2.0, signed=True).transmission(torch.tensor([-2.0, 0.0, 2.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """

    span: float
    signed: bool = False

    def __post_init__(self):
        if not 0 < self.span < float("inf"):
            raise AsytError(f"span {self.span}: the weight at full light is a positive number.")

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest weight a cell stands for."""
        lowest = -self.span if self.signed else 0.0
        return lowest, self.span

    def digital_limits(self, headroom: float) -> tuple[float, float]:
        """The share `headroom` of the range, in (0, 1]: the digital model's."""
        if not 0 < headroom <= 1:
            raise AsytError(f"headroom {headroom}: a share of the device's range is in (0, 1].")
        low, high = self.limits
        return headroom * low, headroom * high

    def transmission(self, weight: Tensor) -> Tensor:
        """Weight -> T; an AsytError for a weight outside `limits`."""
        low, high = self.limits
        remedy = "confine the controls (Branch.limits = encoding.limits) or raise the span."
        reach = f": this encoding reaches {low:g} to {high:g}; {remedy}"
        check_range(weight, low, high, "weights from", reach)
        return ((weight - low) / (high - low)).clamp_(0, 1)

    def weight(self, transmission: Tensor) -> Tensor:
        """T -> weight; a real cell's T may lie above 1 where its loss is below the nominal one."""
        low, high = self.limits
        return low + (high - low) * transmission


@dataclass(frozen=True)
class Control:
    """Levels of input and transmission modulation, bits and full scale (V) of the DAC (AsyT).

    Raises:
        AsytError: fewer than two levels, no bit, or a profile that needs more volts than the DAC
            gives.

    Example:
        >>> import torch
        >>> from asyt.photonics import Control, profile
        >>> control = Control(profile("eq4"))
        >>> [f"{float(volts):.2f}" for volts in control.volts(torch.tensor([0.0, 1.0]))]
        ['20.00', '0.00']
    """

    profile: Profile
    levels: int = 100
    bits: int = 16
    v_max: float = 32.0

    def __post_init__(self):
        if self.levels < 2 or self.bits < 1:
            raise AsytError(
                f"{self.levels} levels and {self.bits} bits: give at least two levels and one bit."
            )
        if not self.profile.v_pi <= self.v_max:
            raise AsytError(
                f"profile '{self.profile.name}' needs {self.profile.v_pi:g} volts, the DAC ends at "
                f"{self.v_max:g}: raise v_max."
            )

    def quantise(self, values: Tensor) -> Tensor:
        """Values -> the nearest of `levels`; an AsytError for a value outside [0, 1]."""
        remedy = ": inputs and transmissions are powers in [0, 1]."
        check_range(values, 0.0, 1.0, "levels for", remedy)
        steps = self.levels - 1
        return torch.round(values * steps).div_(steps)

    def volts(self, transmission: Tensor) -> Tensor:
        """Wanted transmission -> what the DAC puts on the heater."""
        wanted = self.profile.volts(self.quantise(transmission))
        return self.convert(wanted)

    def convert(self, volts: Tensor) -> Tensor:
        """The DAC: volts -> the nearest of its codes; an AsytError outside [0, v_max]."""
        reach = f" volts: the DAC gives 0 to {self.v_max:g}."
        check_range(volts, 0.0, self.v_max, "wanted are", reach, rounding=0.0)
        step = self.v_max / (2**self.bits - 1)
        return torch.round(volts / step).mul_(step)
