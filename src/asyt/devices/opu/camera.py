"""The camera: intensity to grey levels, with noise, saturation and a finite bit depth."""

from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError


@dataclass(frozen=True)
class Camera:
    """A linear sensor.

    Attributes:
        well: electrons of a pixel at full scale.
        read_noise: standard deviation, electrons.
        bits: of the converter; None is no quantisation (saturation stays).
        full_scale: intensity at which a pixel saturates, in units of the speckle's mean intensity
            at full signal.
        noisy: whether shot and read-out noise are drawn.

    Raises:
        AsytError: a well, full scale or bit depth that is not positive, or negative read-out noise.
    """

    well: float = 10_000.0
    read_noise: float = 5.0
    bits: int | None = 8
    full_scale: float = 30.0
    noisy: bool = True

    def __post_init__(self):
        positive = self.well > 0 and self.full_scale > 0
        digital = self.bits is None or self.bits > 0
        if not (positive and digital) or self.read_noise < 0:
            raise AsytError(
                f"{self}: well, full_scale and bits must be positive, read_noise not negative."
            )

    @property
    def levels(self) -> float:
        """Steps up to full scale: grey levels, or electrons where nothing is quantised."""
        return self.well if self.bits is None else 2**self.bits - 1

    def expose(self, intensity: Tensor, random: torch.Generator) -> tuple[Tensor, float]:
        """The measured intensity of one exposure, and the fraction of pixels above full scale.

        Shot noise is Poisson, drawn as a Gaussian of equal variance: pixels hold hundreds of
        electrons.
        """
        electrons = intensity * (self.well / self.full_scale)
        if self.noisy:
            drawn = torch.empty_like(electrons).normal_(generator=random)
            variance = electrons + self.read_noise**2
            electrons = electrons.addcmul(drawn, variance.clamp_min_(0).sqrt_())
        saturated = int(torch.count_nonzero(electrons > self.well)) / electrons.numel()
        steps = electrons.mul_(self.levels / self.well)
        steps.clamp_(0, self.levels)
        if self.bits is not None:
            steps.round_()
        return steps.mul_(self.full_scale / self.levels), saturated

    def variance(self, intensity: float) -> float:
        """Shot, read-out and quantisation noise of a pixel at an intensity, squared intensity."""
        electron = self.full_scale / self.well
        noise = 0.0
        if self.noisy:
            noise = electron * intensity + (electron * self.read_noise) ** 2
        step = 0.0 if self.bits is None else self.full_scale / self.levels
        return noise + step**2 / 12
