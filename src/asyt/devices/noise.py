"""Noise of a pass: N_rand of AsyT Eq. 9, in the readings its "10 dB" allows."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError, lookup
from asyt.twins import products

#: Reading of a signal-to-noise ratio in dB -> noise standard deviation as a share of the signal's
#: root mean square.
READINGS = {
    "mean-square": lambda decibel: 10 ** (-decibel / 20),  # mean-square signal over noise variance
    "power": lambda decibel: 10 ** (-decibel / 10),  # of optical powers: the deviation is the ratio
}


@dataclass(frozen=True)
class Noise:
    """Gaussian noise on the net output of every layer, at every pass.

    Attributes:
        decibel: signal-to-noise ratio.
        reading: mean-square (10 dB is 0.316 of the root-mean-square signal) or power (0.1 of it).
        common: draw one gain a layer, chip and pass, as the public demo does, instead of one number
            for every sample and neuron.

    Raises:
        UnknownNameError, AsytError: a reading that does not exist, a ratio that is not finite.
    """

    decibel: float
    reading: str = "mean-square"
    common: bool = False

    def __post_init__(self):
        lookup(self.reading, READINGS, "noise reading")
        if not abs(self.decibel) < float("inf"):
            raise AsytError(
                f"signal-to-noise ratio {self.decibel} dB: give a finite number, or no Noise."
            )

    @property
    def share(self) -> float:
        """Noise standard deviation over root-mean-square signal."""
        return READINGS[self.reading](self.decibel)

    @property
    def stream(self) -> str:
        """The random stream this noise is drawn from."""
        return "common-gain" if self.common else "noise"

    def generator(self, compute: torch.device, *address: int) -> torch.Generator:
        """The generator of one moment (seed, epoch, phase)."""
        return streams.torch_generator(compute, self.stream, *address)

    def draw(self, shape: tuple[int, ...], like: Tensor, generator: torch.Generator) -> Tensor:
        """Normal numbers for net outputs (..., C, B, n), or one a chip, with the type of `like`."""
        shape = (*shape[:-2], 1, 1) if self.common else shape
        return like.new_empty(shape).normal_(generator=generator)

    def add(self, z: Tensor, drawn: Tensor) -> Tensor:
        """Add the noise `drawn` for one pass to net outputs (..., C, B, n), perhaps in place.

        The signal is their root mean square over samples and neurons, a chip.
        """
        if self.common:
            return z.mul_(1 + self.share * drawn)
        norm = torch.linalg.vector_norm(z, dim=(-2, -1), keepdim=True)
        rms = norm / math.sqrt(z.shape[-2] * z.shape[-1])
        return products.rows(z).addcmul_(drawn, self.share * rms)
