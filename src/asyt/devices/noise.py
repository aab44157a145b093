"""Noise of a pass: N_rand of AsyT Eq. 9, in the readings its "10 dB" allows."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError, lookup
from asyt.twins import Perceptron, Weights, products

#: Reading of a signal-to-noise ratio in dB -> noise standard deviation as a share of the signal's
#: root mean square.
READINGS = {
    "mean-square": lambda decibel: 10 ** (-decibel / 20),  # mean-square signal over noise variance
    "power": lambda decibel: 10 ** (-decibel / 10),  # of optical powers: the deviation is the ratio
    "floor": lambda decibel: 10 ** (-decibel / 20),  # as mean-square, of a signal fixed in advance
}


@dataclass(frozen=True)
class Noise:
    """Gaussian noise on the net output of every layer, or of some, at every pass.

    Attributes:
        decibel: signal-to-noise ratio.
        reading: mean-square (10 dB is 0.316 of the root-mean-square signal), power (0.1 of it), or
            floor (0.316 of `levels`, whatever the signal becomes).
        common: draw one gain a layer, chip and pass, as the public demo does, instead of one number
            for every sample and neuron.
        levels: of a floor, the root-mean-square signal a layer that it is measured from.
        layers: where it acts, 0 the first behind the input; None is everywhere. Its numbers are
            the same wherever else it acts.

    Raises:
        UnknownNameError: a reading that does not exist.
        AsytError: a ratio that is not finite, levels without a floor or a floor without levels,
            or layers that are none.

    Example:
        >>> from asyt.devices import Noise
        >>> f"{Noise(10.0).share:.3f}", f"{Noise(10.0, reading='power').share:.3f}"
        ('0.316', '0.100')
    """

    decibel: float
    reading: str = "mean-square"
    common: bool = False
    levels: tuple[float, ...] = ()
    layers: tuple[int, ...] | None = None

    def __post_init__(self):
        lookup(self.reading, READINGS, "noise reading")
        if not abs(self.decibel) < float("inf"):
            raise AsytError(
                f"signal-to-noise ratio {self.decibel} dB: give a finite number, or no Noise."
            )
        is_floor = self.reading == "floor"
        if is_floor != bool(self.levels) or (is_floor and self.common):
            raise AsytError(
                f"noise reading '{self.reading}', levels {self.levels}, common {self.common}: a "
                "floor, and only a floor, needs the signal a layer, and is drawn for every neuron."
            )
        if self.layers is not None and min(self.layers, default=-1) < 0:
            raise AsytError(
                f"noise in layers {self.layers}: name at least one, counted from 0, or None for "
                "all."
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

    def draw(
        self,
        shape: tuple[int, ...],
        like: Tensor,
        generator: torch.Generator,
    ) -> Tensor:
        """Normal numbers for net outputs (..., C, B, n), or one a chip, with the type of `like`."""
        if self.common:
            shape = (*shape[:-2], 1, 1)
        return like.new_empty(shape).normal_(generator=generator)

    def add(self, z: Tensor, drawn: Tensor, l: int = 0) -> Tensor:
        """Add the noise `drawn` for one pass to net outputs (..., C, B, n), perhaps in place.

        The signal is their root mean square over samples and neurons, a chip; of a floor it is the
        level of layer l.
        """
        if self.layers is not None and l not in self.layers:
            return z
        if self.common:
            return z.mul_(1 + self.share * drawn)
        if self.levels:
            deviation = self.share * self.levels[l]
            return products.rows(z).add_(drawn, alpha=deviation)
        batch, neurons = z.shape[-2:]
        norm = torch.linalg.vector_norm(z, dim=(-2, -1), keepdim=True)
        rms = norm / math.sqrt(batch * neurons)
        return products.rows(z).addcmul_(drawn, self.share * rms)


def levels(structure: Perceptron, weights: Weights, x: Tensor) -> tuple[float, ...]:
    """Root mean square of each layer's net output over inputs (B, in), of an exact network."""
    by_layer = []

    def note(_l: int, z: Tensor) -> Tensor:
        rms = z.square().mean().sqrt()
        by_layer.append(float(rms))
        return z

    structure.forward(weights, x, note)
    return tuple(by_layer)
