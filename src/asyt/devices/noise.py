"""Noise of a pass: N_rand of AsyT Eq. 9, in the readings its "10 dB" allows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError, lookup
from asyt.twins import products

#: Reading of a signal-to-noise ratio in dB -> noise standard deviation as a share of the signal's root mean square.
READINGS = {
    "mean-square": lambda decibel: 10 ** (-decibel / 20),  # mean-square signal over noise variance
    "power": lambda decibel: 10 ** (-decibel / 10),  # optical powers: the standard deviation itself is the ratio
}


@dataclass(frozen=True)
class Noise:
    """Gaussian noise on the net output of every layer, at every pass.

    Attributes:
        decibel: signal-to-noise ratio.
        reading: mean-square (10 dB is 0.316 of the root-mean-square signal) or power (10 dB is 0.1 of it).
        common: False draws independently for every sample and neuron. True draws one gain a layer, chip and pass,
            as the public demo does.

    Raises:
        UnknownNameError: a reading that does not exist.
        AsytError: a ratio that is not finite.
    """

    decibel: float
    reading: str = "mean-square"
    common: bool = False

    def __post_init__(self):
        lookup(self.reading, READINGS, "noise reading")
        if not abs(self.decibel) < float("inf"):
            raise AsytError(f"signal-to-noise ratio {self.decibel} dB: give a finite number, or no Noise at all.")

    @property
    def share(self) -> float:
        """Noise standard deviation over root-mean-square signal."""
        return READINGS[self.reading](self.decibel)

    @property
    def stream(self) -> str:
        """The random stream this noise is drawn from."""
        return "common-gain" if self.common else "noise"

    def generator(self, device: torch.device, *address: int) -> torch.Generator:
        """The generator of one moment (seed, epoch, phase)."""
        return streams.torch_generator(device, self.stream, *address)

    def add(self, z: Tensor, generator: torch.Generator) -> Tensor:
        """Add the noise of one pass, perhaps in place.

        Args:
            z: net outputs (C, B, n); the signal is their root mean square over samples and neurons, a chip.
            generator: of the moment.
        """
        z = products.rows(z)  # noise is drawn, and its scale summed, in this order
        if self.common:
            gain = torch.empty(*z.shape[:-2], 1, 1, dtype=z.dtype, device=z.device).normal_(generator=generator)
            return z.mul_(1 + self.share * gain)
        scale = self.share * z.square().mean((-2, -1), keepdim=True).sqrt()
        return z.addcmul_(torch.empty_like(z).normal_(generator=generator), scale)
