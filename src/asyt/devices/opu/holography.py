"""From a camera's intensities back to the complex field.

Off-axis: a reference tilted along the pixel rows writes |F + R exp(2 pi i k x)|^2 in one frame.
With p pixels a speckle grain, F fills a band of width 1/p (cycles a pixel), |F|^2 the band -1/p to
1/p, and F's side-band the band k - 1/(2p) to k + 1/(2p). They stay apart if k >= 3/(2p), and below
the Nyquist limit if k + 1/(2p) <= 1/2: so p >= 4.

Phase-shifting: m >= 3 frames with the reference turned by 2 pi j / m, one pixel an output, no
side-band. So outputs a camera pixel rise by p >= 4, and frames a projection by m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError


@dataclass(frozen=True)
class OffAxis:
    """One frame, `pixels` pixels a speckle grain along the fringes' direction, reference amplitude `reference`."""

    pixels: int = 4
    reference: float = 3.0
    frames = 1

    def __post_init__(self):
        if self.pixels < 4:
            raise AsytError(
                f"{self.pixels} pixels a speckle: the side-band overlaps |F|^2 below 4 (3/(2p) + "
                "1/(2p) <= 1/2)."
            )

    def _geometry(self, n: int, like: Tensor) -> tuple[int, Tensor]:
        """Carrier (index of its frequency bin) and the pixels' blur sinc(f) at all rfft frequencies."""
        length = self.pixels * n
        blur = torch.sinc(torch.fft.rfftfreq(length, dtype=like.real.dtype, device=like.device))
        return (length - n) // 2, blur

    def intensities(self, field: Tensor) -> Tensor:
        """Light on the camera, averaged over each pixel.

        Args:
            field: (B, n) complex, at the centres of the speckle grains.

        Returns:
            (B, 1, pixels * n) real.
        """
        n, length = field.shape[-1], self.pixels * field.shape[-1]
        carrier, blur = self._geometry(n, field)
        band = torch.fft.fft(field)  # band-limited: interpolated by zero-padding its spectrum
        spectrum = field.new_zeros((*field.shape[:-1], length))
        spectrum[..., : n - n // 2] = band[..., : n - n // 2]
        spectrum[..., length - n // 2 :] = band[..., n - n // 2 :]
        fine = torch.fft.ifft(spectrum) * self.pixels
        x = torch.arange(length, device=field.device)
        phase = (2 * math.pi / length) * ((carrier * x) % length).to(field.real.dtype)
        cosine, sine = self.reference * phase.cos(), self.reference * phase.sin()
        light = (fine.real + cosine).square() + (
            fine.imag - sine
        ).square()  # |F + R exp(-2 pi i k x)|^2
        return torch.fft.irfft(torch.fft.rfft(light) * blur, n=length).unsqueeze(-2)

    def demodulate(self, frames: Tensor) -> Tensor:
        """The field (B, n) from frames (B, 1, pixels * n): cut out the side-band, undo blur and carrier."""
        length = frames.shape[-1]
        n = length // self.pixels
        spectrum = torch.fft.rfft(frames[..., 0, :])
        carrier, blur = self._geometry(n, spectrum)
        low = carrier - n // 2
        side = spectrum[..., low : low + n] / blur[low : low + n]
        return torch.fft.ifft(side.roll(-(n // 2), -1)) / (self.pixels * self.reference)

    def noise(self, pixel_variance: float) -> float:
        """Standard deviation of each quadrature of the field from white pixel noise of a given variance."""
        n = 4096
        carrier, blur = self._geometry(n, torch.zeros(1, dtype=torch.complex128))
        side = blur[carrier - n // 2 : carrier + n // 2]
        gain = float((1 / side.square()).mean())  # undoing the pixels' blur amplifies noise
        return math.sqrt(pixel_variance * gain / (2 * self.pixels)) / self.reference


@dataclass(frozen=True)
class PhaseShifting:
    """`frames` frames, one pixel an output, reference amplitude `reference` turned by 2 pi / frames each."""

    frames: int = 4
    reference: float = 3.0
    pixels = 1

    def __post_init__(self):
        if self.frames < 3:
            raise AsytError(
                f"{self.frames} frames cannot tell field, conjugate and intensity apart: use 3 or "
                "4."
            )

    def _turns(self, like: Tensor) -> Tensor:
        angle = torch.arange(self.frames, device=like.device, dtype=like.real.dtype) * (
            2 * math.pi / self.frames
        )
        return torch.polar(torch.ones_like(angle), angle).unsqueeze(-1)  # (frames, 1)

    def intensities(self, field: Tensor) -> Tensor:
        """|F + R exp(i phi_j)|^2: (B, n) complex to (B, frames, n) real."""
        return (field.unsqueeze(-2) + self.reference * self._turns(field)).abs().square()

    def demodulate(self, frames: Tensor) -> Tensor:
        """F = sum_j I_j exp(i phi_j) / (m R): intensity and conjugate cancel over m >= 3 equal turns."""
        return (frames * self._turns(frames)).sum(-2) / (self.frames * self.reference)

    def noise(self, pixel_variance: float) -> float:
        """Standard deviation of each quadrature of the field from pixel noise of a given variance."""
        return math.sqrt(pixel_variance / (2 * self.frames)) / self.reference


#: The names `OpticalProcessingUnit` takes; "ideal" reads the field itself.
HOLOGRAPHY = {
    "off-axis": OffAxis(),
    "phase-shifting": PhaseShifting(4),
    "phase-shifting-3": PhaseShifting(3),
    "ideal": None,
}
