"""The optical amplifier between chips: tanh-like near saturation, linear below it, and its noise.

    P_out = P_sat tanh(G P_in / P_sat) + P_ase + noise

A linear amplifier is the same with P_sat far above the signal.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError

#: Energy of a photon at 1550 nm, joules: h c / lambda.
PHOTON = 6.62607015e-34 * 299_792_458.0 / 1550e-9


@dataclass(frozen=True)
class Filter:
    """The tunable band-pass filter behind an amplifier: hertz (125 GHz are 1 nm), and dB lost.

    Example:
        >>> from asyt.photonics import EDFA, Filter
        >>> amplifier = EDFA(20.0, noise_figure_db=5.0, filter=Filter(bandwidth=0.1e12))
        >>> amplifier.background < 1e-5
        True
    """

    bandwidth: float = 125e9
    loss_db: float = 5.0

    def __post_init__(self):
        if not self.bandwidth > 0 or not self.loss_db >= 0:
            raise AsytError(
                f"filter of {self.bandwidth:g} Hz and {self.loss_db} dB: give positive numbers."
            )


@dataclass(frozen=True)
class EDFA:
    """An erbium-doped fibre amplifier, followed by a filter.

    Attributes:
        gain_db: small-signal gain, finite, the filter's loss included.
        saturation: largest signal power it gives, watts, above 0; infinity is a linear amplifier.
        noise_figure_db: 0 or above; None is a noiseless amplifier.
        detection: electrical bandwidth of the final reading, hertz: what of the beat noise counts.

    Example:
        >>> import torch
        >>> from asyt.photonics import EDFA
        >>> EDFA(gain_db=10.0, saturation=0.02).amplify(torch.tensor([1e-4, 1.0]))
        tensor([0.0010, 0.0200])
    """

    gain_db: float
    saturation: float = math.inf
    noise_figure_db: float | None = None
    filter: Filter = Filter()
    detection: float = 1e6

    def __post_init__(self):
        if not self.saturation > 0 or not math.isfinite(self.gain_db):
            raise AsytError(
                f"gain {self.gain_db} dB, saturation {self.saturation} W: a finite gain, a "
                "positive power."
            )
        if self.noise_figure_db is not None and not self.noise_figure_db >= 0:
            raise AsytError(
                f"noise figure {self.noise_figure_db} dB: an amplifier's lies at 0 dB or above."
            )

    @property
    def gain(self) -> float:
        """Small-signal gain as a ratio of powers, the filter's loss included."""
        return 10 ** (self.gain_db / 10)

    @property
    def spontaneous(self) -> float:
        """Density of spontaneous emission in one polarisation behind the filter, W/Hz.

        F h nu G / 2.
        """
        if self.noise_figure_db is None:
            return 0.0
        return 10 ** (self.noise_figure_db / 10) * PHOTON * self.gain / 2

    @property
    def background(self) -> float:
        """Power of spontaneous emission that passes the filter in both polarisations, watts."""
        return 2 * self.spontaneous * self.filter.bandwidth

    def amplify(self, power: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Powers, zero or above, in -> powers out, watts; without a generator no beat noise."""
        if not bool((power >= 0).all()):
            raise AsytError(f"power {float(power.min()):g} W: light has no negative power.")
        out = power * self.gain
        if math.isfinite(self.saturation):
            out = self.saturation * torch.tanh(out / self.saturation)
        if self.noise_figure_db is None:
            return out
        if generator is not None:
            s = self.spontaneous
            b_o = self.filter.bandwidth
            b_e = self.detection
            # signal-spontaneous and spontaneous-spontaneous: sqrt(4 P S B_e + 4 S^2 B_o B_e)
            beating = torch.sqrt(4 * s * b_e * out + 4 * s * s * b_o * b_e)
            out = out + beating * torch.empty_like(out).normal_(generator=generator)
        return (out + self.background).clamp_(min=0)
