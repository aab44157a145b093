"""From a camera's intensities back to the complex field.

Off-axis: a reference tilted along the pixel rows writes |F + R exp(2 pi i k x)|^2 in one frame.
With p pixels a speckle grain, |F|^2 fills the band -1/p to 1/p (cycles a pixel), and F's side-band
k - 1/(2p) to k + 1/(2p). They stay apart if k >= 3/(2p), and below the Nyquist limit if k + 1/(2p)
<= 1/2: so p >= 4.

Phase-shifting: m >= 3 frames with the reference turned by 2 pi j / m, one pixel an output.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError


@dataclass(frozen=True)
class OffAxis:
    """One frame; the fringes of the reference lie across `pixels` pixels a speckle grain."""

    pixels: int = 4
    reference: float = 3.0
    frames = 1

    def __post_init__(self):
        if self.pixels < 4:
            raise AsytError(
                f"{self.pixels} pixels a speckle: the side-band overlaps |F|^2 below 4."
            )

    def _carrier(self, n: int) -> int:
        """Index of the carrier's frequency bin."""
        return (self.pixels * n - n) // 2

    def _side_band(self, n: int) -> slice:
        low = self._carrier(n) - n // 2
        return slice(low, low + n)

    def _blur(self, n: int, like: Tensor) -> Tensor:
        """The pixels' blur sinc(f) at all rfft frequencies."""
        length = self.pixels * n
        kind = like.real
        frequency = torch.fft.rfftfreq(
            length,
            dtype=kind.dtype,
            device=kind.device,
        )
        return torch.sinc(frequency)

    def intensities(self, field: Tensor) -> Tensor:
        """|F + R exp(-2 pi i k x)|^2 averaged over each pixel: (B, n) to (B, 1, pixels * n)."""
        n = field.shape[-1]
        length = self.pixels * n
        positive = n - n // 2
        # the band-limited field at every pixel: its spectrum is padded with zeros
        band = torch.fft.fft(field)
        dark = field.new_zeros((*field.shape[:-1], length - n))
        padded = [band[..., :positive], dark, band[..., positive:]]
        spectrum = torch.cat(padded, -1)
        fine = torch.fft.ifft(spectrum) * self.pixels
        x = torch.arange(length, device=field.device)
        turns = (self._carrier(n) * x) % length
        phase = (2 * math.pi / length) * turns.to(field.real.dtype)
        real = fine.real + self.reference * phase.cos()
        imaginary = fine.imag - self.reference * phase.sin()
        light = torch.fft.rfft(real.square() + imaginary.square())
        frames = torch.fft.irfft(light * self._blur(n, field), n=length)
        return frames.unsqueeze(-2)

    def demodulate(self, frames: Tensor) -> Tensor:
        """The field (B, n) from frames (B, 1, pixels * n): the side-band without blur, carrier."""
        n = frames.shape[-1] // self.pixels
        spectrum = torch.fft.rfft(frames[..., 0, :])
        band = self._side_band(n)
        side = spectrum[..., band] / self._blur(n, spectrum)[band]
        centred = side.roll(-(n // 2), -1)
        return torch.fft.ifft(centred) / (self.pixels * self.reference)

    def noise(self, pixel_variance: float) -> float:
        """Standard deviation of each quadrature of the field from white noise of a pixel.

        Undoing the pixels' blur amplifies it.
        """
        n = 4096
        blur = self._blur(n, torch.zeros(1, dtype=torch.float64))
        side = blur[self._side_band(n)]
        gain = float((1 / side.square()).mean())
        variance = pixel_variance * gain / (2 * self.pixels)
        return math.sqrt(variance) / self.reference


@dataclass(frozen=True)
class PhaseShifting:
    """`frames` frames, one pixel an output; the reference is turned by 2 pi / frames each."""

    frames: int = 4
    reference: float = 3.0
    pixels = 1

    def __post_init__(self):
        if self.frames < 3:
            raise AsytError(
                f"{self.frames} frames do not tell field and conjugate apart: use 3 or 4."
            )

    def _turns(self, like: Tensor) -> Tensor:
        """exp(i phi_j), (frames, 1)."""
        frame = torch.arange(self.frames).to(like.real)
        angle = frame * (2 * math.pi / self.frames)
        return torch.polar(torch.ones_like(angle), angle).unsqueeze(-1)

    def intensities(self, field: Tensor) -> Tensor:
        """|F + R exp(i phi_j)|^2: (B, n) complex to (B, frames, n) real."""
        reference = self.reference * self._turns(field)
        return (field.unsqueeze(-2) + reference).abs().square()

    def demodulate(self, frames: Tensor) -> Tensor:
        """F = sum_j I_j exp(i phi_j) / (m R): intensity and conjugate cancel over equal turns."""
        turned = (frames * self._turns(frames)).sum(-2)
        return turned / (self.frames * self.reference)

    def noise(self, pixel_variance: float) -> float:
        """Standard deviation of each quadrature of the field from noise of a pixel."""
        return math.sqrt(pixel_variance / (2 * self.frames)) / self.reference


Holography = OffAxis | PhaseShifting
#: The names `OpticalProcessingUnit` takes; "ideal" reads the field itself.
HOLOGRAPHY: dict[str, Holography | None] = {
    "off-axis": OffAxis(),
    "phase-shifting": PhaseShifting(4),
    "phase-shifting-3": PhaseShifting(3),
    "ideal": None,
}
