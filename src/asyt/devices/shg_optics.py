"""The optics of second-harmonic generation: a shaped broadband pulse in a crystal, and its reading.

Inputs and trainable parameters are spectral amplitudes of a fundamental field E, in alternating
channels. A quasi-phase-matched crystal answers with the spectrum |D x (E * E)|^2, where * is a
convolution and D the transfer function of the crystal (Imeshev et al., J. Opt. Soc. Am. B 17, 304
(2000)): for a uniform grating a sinc. A spectrometer bins it.

Amplitudes may be negative (a phase of pi), as a 4f pulse shaper allows. A reading is divided by the
spectrum of the nominal bench averaged over random settings, and by its own mean; what remains,
minus one, is its contrast.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from asyt import streams

#: Of the fundamental: WIDTH inputs and WIDTH parameters.
CHANNELS = 48
#: Neurons of a hidden layer, and parameters of any layer.
WIDTH = CHANNELS // 2
#: Channels of the second harmonic.
HARMONIC = 2 * CHANNELS
#: THz between channels (ours): 48 of them are 4.8 THz, or 10 nm at the 780 nm of Wright et al.
SPACING = 0.1
#: THz, of the intensity spectrum: the 94 fs of a transform-limited Ti:sapphire pulse.
PULSE_FWHM = 4.7
#: ps between fundamental and harmonic: 0.5 mm of a crystal with the 0.2 ps/mm of BBO.
WALK_OFF = 0.1
#: Channels in the middle of the harmonic that the spectrometer uses; the outer ones are dark.
LIT = 72
#: Random settings over which the nominal reading is averaged.
SETTINGS = 2000


@dataclass(frozen=True)
class Bench:
    """Optics of one or more set-ups, (..., 1, channels) each.

    Attributes:
        amplitude, phase: of the pulse behind the shaper, a channel of the fundamental; the factor
            exp(i phi), or None where it is one.
        transfer, response: D of the crystal, and the spectrometer, a channel of the harmonic.
    """

    amplitude: Tensor
    phase: Tensor | None
    transfer: Tensor
    response: Tensor

    def spectrum(self, parameters: Tensor, a: Tensor) -> Tensor:
        """|D x (E * E)|^2 as the spectrometer sees it, (..., B, HARMONIC).

        Args:
            parameters: amplitudes (..., 1, WIDTH), or one set a sample (..., B, WIDTH).
            a: input amplitudes (..., B, WIDTH).
        """
        field = channels(parameters, a) * self.amplitude
        if self.phase is None:
            transform = torch.fft.rfft(field, HARMONIC)
            real = torch.fft.irfft(transform.square(), HARMONIC)  # E * E
            return self.response * (self.transfer * real).square()
        transform = torch.fft.fft(field * self.phase, HARMONIC)
        squared = torch.fft.ifft(transform.square())
        power = squared.real.square() + squared.imag.square()
        return self.response * self.transfer.square() * power


def channels(parameters: Tensor, a: Tensor) -> Tensor:
    """Inputs and parameters, as `Bench.spectrum` takes them, in alternating channels."""
    pairs = torch.broadcast_tensors(a, parameters)
    return torch.stack(pairs, -1).flatten(-2)


def bench(
    detuning: Tensor,
    walk_off: Tensor,
    shaper: Tensor,
    phase: Tensor | None,
    response: Tensor,
    dtype: torch.dtype,
) -> Bench:
    """A bench from its errors, a number or one a channel.

    The detuning of the phase matching is in THz, the walk-off relative, the phase in rad (None
    where it is zero), and shaper and response are factors on amplitude and reading.
    """
    fundamental, harmonic = frequencies()
    # the square root of a Gaussian of that width
    pulse = torch.exp(-2 * math.log(2) * (fundamental / PULSE_FWHM) ** 2)
    transfer = torch.sinc(WALK_OFF * (1 + walk_off) * (harmonic - detuning))
    factor = None
    if phase is not None:
        factor = torch.polar(torch.ones_like(phase), phase)
        factor = factor.to(dtype.to_complex())
    amplitude = pulse * shaper
    return Bench(
        amplitude.to(dtype),
        factor,
        transfer.to(dtype),
        response.to(dtype),
    )


def nominal(dtype: torch.dtype = torch.float32) -> Bench:
    """The bench as designed."""
    none = torch.zeros(1)
    return bench(
        detuning=none,
        walk_off=none,
        shaper=torch.ones(CHANNELS),
        phase=None,
        response=torch.ones(HARMONIC),
        dtype=dtype,
    )


def frequencies() -> tuple[Tensor, Tensor]:
    """Detunings of the channels of fundamental and harmonic from their centres, THz (float64)."""
    channel = torch.arange(HARMONIC, dtype=torch.float64)
    middle = (CHANNELS - 1) / 2
    fundamental = SPACING * (channel[:CHANNELS] - middle)
    harmonic = SPACING * (channel - 2 * middle)
    return fundamental, harmonic


def binned(spectrum: Tensor, bins: int) -> Tensor:
    """Sum the lit middle of a spectrum (..., HARMONIC) into equal bins."""
    width = LIT // bins
    used = bins * width
    start = (HARMONIC - used) // 2
    middle = spectrum[..., start : start + used]
    return middle.unflatten(-1, (bins, width)).sum(-1)


@cache
def reference(bins: int, dtype: torch.dtype) -> Tensor:
    """The nominal reading averaged over random settings, a bin."""
    generator = streams.generator("fabrication", 0, 0, 0, 99)
    drawn = generator.uniform(-1, 1, (2, SETTINGS, 1, WIDTH))
    parameters, a = torch.from_numpy(drawn)
    spectra = nominal(torch.float64).spectrum(parameters, a)
    mean = binned(spectra, bins).mean((0, 1))
    return mean.to(dtype)


def contrast(
    spectrum: Tensor,
    bins: int,
    disturb: Callable[[Tensor], Tensor] | None = None,
) -> Tensor:
    """A spectrum (..., HARMONIC) as the electronics use it, (..., bins).

    It is binned, perhaps disturbed (by a device's noise), divided by the reference and by its own
    mean, minus one.
    """
    reading = binned(spectrum, bins)
    if disturb is not None:
        reading = disturb(reading)
    relative = reading / reference(bins, reading.dtype)
    return relative / relative.mean(-1, keepdim=True) - 1
