"""Second-harmonic generation of one shaped broadband pulse, layer after layer (Wright et al. 2022, Figs. 2 and 3).

Inputs and trainable parameters are spectral amplitudes of a fundamental field E, in alternating
channels. A quasi-phase-matched crystal answers with the spectrum |D x (E * E)|^2, where * is a
convolution and D the transfer function of the crystal (Imeshev et al., J. Opt. Soc. Am. B 17, 304
(2000)): for a uniform grating a sinc. A spectrometer bins it, and its reading, rescaled, is the
input of the next layer, on the same bench.

Amplitudes may be negative (a phase of pi), as a 4f pulse shaper allows. A reading is divided by the
spectrum of the nominal bench averaged over random settings, and by its own mean; what remains,
minus one, is its contrast.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Device
from asyt.twins import Functional, Layer, Weights, neural
from asyt.twins.functional import Stage

CHANNELS = 48  # of the fundamental: WIDTH inputs and WIDTH parameters
WIDTH = CHANNELS // 2  # neurons of a hidden layer, and parameters of any layer
LAYERS = (
    12,
    WIDTH,
    WIDTH,
    WIDTH,
    WIDTH,
    7,
)  # five modules, 12 formants, 7 vowels (Wright et al., Fig. 2)
SPACING = 0.1  # THz between channels (ours): 48 of them are 4.8 THz, or 10 nm at the 780 nm of Wright et al.
PULSE_FWHM = (
    4.7  # THz, of the intensity spectrum: the 94 fs of a transform-limited Ti:sapphire pulse
)
WALK_OFF = 0.1  # ps between fundamental and harmonic: 0.5 mm of a crystal with the 0.2 ps/mm of BBO
LIT = 72  # channels in the middle of the harmonic that the spectrometer uses; the outer ones are nearly dark
SLOPE = 0.25  # next amplitude per unit of contrast; chosen on training data with the nominal bench alone
SOFTMAX = 10.0  # factor on the contrast of the last reading; chosen in the same way


@dataclass(frozen=True)
class Spreads:
    """How far a bench is from the nominal one; standard deviations. One module's contrast is off by a seventh.

    Attributes:
        shaper: relative amplitude error of a channel.
        dispersion: residual group-delay dispersion, fs^2; 36 fs^2 is a millimetre of fused silica.
        ripple: phase error of a channel, rad.
        detuning: of the phase matching, THz.
        walk_off: relative error of the crystal's length.
        response: relative error of a spectrometer channel.
        noise: of a spectrometer channel in a pass, in units of the mean reading.
    """

    shaper: float = 0.05
    dispersion: float = 1000.0
    ripple: float = 0.1
    detuning: float = 0.3
    walk_off: float = 0.05
    response: float = 0.05
    noise: float = 0.01


@dataclass(frozen=True)
class Bench:
    """Optics of one or more set-ups, (..., 1, channels) each.

    Attributes:
        amplitude: of the pulse behind the shaper, a channel of the fundamental.
        phase: spectral phase factor exp(i phi) a channel; None where it is one.
        transfer: D of the crystal, a channel of the harmonic (2 CHANNELS of them).
        response: of the spectrometer, a channel of the harmonic.
    """

    amplitude: Tensor
    phase: Tensor | None
    transfer: Tensor
    response: Tensor

    def spectrum(self, parameters: Tensor, a: Tensor) -> Tensor:
        """|D x (E * E)|^2 as the spectrometer sees it.

        Args:
            parameters: amplitudes (..., 1, WIDTH), or one set a sample (..., B, WIDTH).
            a: input amplitudes (..., B, WIDTH).

        Returns:
            (..., B, 2 CHANNELS).
        """
        field = channels(parameters, a) * self.amplitude
        if self.phase is None:
            squared = torch.fft.irfft(
                torch.fft.rfft(field, 2 * CHANNELS).square(), 2 * CHANNELS
            )  # E * E
            return self.response * (self.transfer * squared).square()
        squared = torch.fft.ifft(torch.fft.fft(field * self.phase, 2 * CHANNELS).square())
        return (
            self.response * self.transfer.square() * (squared.real.square() + squared.imag.square())
        )


def channels(parameters: Tensor, a: Tensor) -> Tensor:
    """Inputs and parameters in alternating channels: (..., 1, WIDTH) and (..., B, WIDTH) -> (..., B, CHANNELS)."""
    return torch.stack(torch.broadcast_tensors(a, parameters), -1).flatten(-2)


def nominal(dtype: torch.dtype = torch.float32) -> Bench:
    """The bench as designed."""
    return _bench(
        torch.zeros(1), torch.zeros(1), torch.ones(CHANNELS), None, torch.ones(2 * CHANNELS), dtype
    )


def _bench(
    detuning: Tensor,
    walk_off: Tensor,
    shaper: Tensor,
    phase: Tensor | None,
    response: Tensor,
    dtype,
) -> Bench:
    """A bench from its errors: detuning in THz, walk_off relative, shaper and response as factors, phase in rad."""
    fundamental, harmonic = _frequencies()
    pulse = torch.exp(
        -2 * math.log(2) * (fundamental / PULSE_FWHM) ** 2
    )  # square root of a Gaussian of that FWHM
    transfer = torch.sinc(WALK_OFF * (1 + walk_off) * (harmonic - detuning))  # sin(pi x) / (pi x)
    factor = None if phase is None else torch.polar(torch.ones_like(phase), phase)
    return Bench(
        (pulse * shaper).to(dtype),
        None if factor is None else factor.to(dtype.to_complex()),
        transfer.to(dtype),
        response.to(dtype),
    )


def _frequencies() -> tuple[Tensor, Tensor]:
    """Detunings of the channels of fundamental and harmonic from their centres, THz (float64)."""
    return (
        SPACING * (torch.arange(CHANNELS, dtype=torch.float64) - (CHANNELS - 1) / 2),
        SPACING * (torch.arange(2 * CHANNELS, dtype=torch.float64) - (CHANNELS - 1)),
    )


def data_sheet() -> tuple[Tensor, Tensor]:
    """The nominal bench as matrices: |M (A u)^2|^2 with Fourier transforms A and M, for a twin that is to be fitted."""
    bench, size = nominal(torch.float64), 2 * CHANNELS
    angle = 2j * math.pi / size * torch.outer(torch.arange(size), torch.arange(size))
    return torch.exp(-angle)[:, :CHANNELS] * bench.amplitude, bench.transfer.unsqueeze(
        -1
    ) * torch.exp(angle) / size


def binned(spectrum: Tensor, bins: int) -> Tensor:
    """Sum the lit middle of a spectrum (..., 2 CHANNELS) into equal bins."""
    width = LIT // bins
    start = (2 * CHANNELS - bins * width) // 2
    return spectrum[..., start : start + bins * width].unflatten(-1, (bins, width)).sum(-1)


@cache
def _reference(bins: int, dtype: torch.dtype) -> Tensor:
    """The nominal reading averaged over 2000 random settings, a bin."""
    settings = streams.generator("fabrication", 0, 0, 0, 99).uniform(-1, 1, (2, 2000, 1, WIDTH))
    spectra = nominal(torch.float64).spectrum(*torch.from_numpy(settings))
    return binned(spectra, bins).mean((0, 1)).to(dtype)


def contrast(
    spectrum: Tensor, bins: int, disturb: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """A reading as the electronics use it: binned, divided by the reference and by its own mean, minus one."""
    reading = binned(spectrum, bins)
    if disturb is not None:
        reading = disturb(reading)
    relative = reading / _reference(bins, reading.dtype)
    return relative / relative.mean(-1, keepdim=True) - 1


def stages(
    spectrum: Callable[[Tensor, Tensor], Tensor],
    layers: tuple[int, ...] = LAYERS,
    slope: float = SLOPE,
    disturb=None,
) -> tuple[Stage, ...]:
    """The layers of a network on one bench.

    Args:
        spectrum: (parameters, inputs) -> spectrum, as `Bench.spectrum`; a twin puts another
            function here.
        layers: neurons a layer; the inputs are repeated to fill WIDTH channels.
        slope: next amplitude per unit of contrast.
        disturb: what the device does to a reading (noise).
    """

    def stage(l: int) -> Stage:
        bins, last = layers[l + 1], l == len(layers) - 2

        def run(layer: Layer, a: Tensor) -> Tensor:
            a = a.clamp(-1, 1).repeat_interleave(WIDTH // layers[l], -1)  # the shaper's range
            found = contrast(spectrum(layer.weight, a), bins, disturb)
            return found if last else slope * found

        return run

    return tuple(stage(l) for l in range(len(layers) - 1))


def initial(
    seed: int, layers: tuple[int, ...] = LAYERS, dtype: torch.dtype = torch.float32
) -> Weights:
    """Random parameters of every layer, uniform in [-1, 1], (1, WIDTH) each, of stream `initial`."""
    drawn = (
        streams.generator("initial", seed, l, 0).uniform(-1, 1, (1, WIDTH))
        for l in range(len(layers) - 1)
    )
    return [Layer(torch.from_numpy(values).to(dtype), None) for values in drawn]


def twin(
    layers: tuple[int, ...] = LAYERS,
    slope: float = SLOPE,
    scale: float = SOFTMAX,
    dtype: torch.dtype = torch.float32,
) -> Functional:
    """The analytic twin: the bench as designed, which no real one is."""
    return Functional(stages(nominal(dtype).spectrum, layers, slope), scale)


def record(device: SHGDevice, samples: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Parameters and inputs (N, WIDTH), uniform in [-1, 1], and the readings (N, 2 CHANNELS) of one module of a bench.

    Args:
        device: of a population of one.
        samples: N.
        seed: of what is recorded.
    """
    parameters, a = neural.settings(samples, CHANNELS, seed).split(WIDTH, -1)
    return parameters, a, device.spectrum(parameters.unsqueeze(0), a.unsqueeze(0))[0]


def fitted(
    device: SHGDevice, seed: int, samples: int = 10_000, epochs: int = 20
) -> Callable[[Tensor, Tensor], Tensor]:
    """A neural twin of a bench: (parameters, inputs) -> spectrum, fitted to recordings from the data sheet on.

    Differences are taken between square roots of readings, so that bright channels do not drown the
    others.

    Args:
        device: of a population of one.
        seed: of the recording.
        samples: recorded pairs.
        epochs: passes over them.
    """
    parameters, a, y = record(device, samples, seed)
    u, unit, network = channels(parameters, a), y.mean(), neural.Quadratic(*data_sheet())
    with torch.no_grad():
        network.mix /= network(u).mean().sqrt()
    neural.fit(
        network,
        u,
        y / unit,
        seed=seed,
        epochs=epochs,
        view=lambda y: (y.clamp_min(0) + 0.01).sqrt(),
    )
    return lambda parameters, a: unit * network(channels(parameters, a))


class SHGDevice(Device):
    """A population of benches that differ from the nominal one.

    Controls are amplitudes in [-1, 1], `Layer(weight=(C, 1, WIDTH), bias=None)` a layer; inputs are
    in [-1, 1].

    Args:
        population: number of benches C.
        seed: of the fabrication and noise streams; bench j is the same in a population of any size.
        spreads: how they differ.
        layers: neurons a layer.
        slope: see `stages`.
        encapsulated: whether readings between the layers stay inside.
        dtype: of the tensors.
    """

    kind, cites = "shg", ("wright2022", "weiner2000", "imeshev2000")

    def __init__(
        self,
        population: int,
        seed: int,
        *,
        spreads: Spreads | None = None,
        layers: tuple[int, ...] = LAYERS,
        slope: float = SLOPE,
        encapsulated: bool = True,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__(layers, population, encapsulated)
        self.spreads, self._seed = spreads or Spreads(), seed
        self._bench = _fabricate(population, seed, self.spreads, dtype)
        self._slope, self._stages = (
            slope,
            stages(self._bench.spectrum, layers, slope, self._disturb),
        )
        self.at(0, 0)

    def at(self, *moment: int) -> None:
        """Start the noise of a moment (seed, epoch, phase) from its own address in the noise stream."""
        self._generator = streams.torch_generator("cpu", "noise", self._seed, *moment)

    def spectrum(self, parameters: Tensor, a: Tensor) -> Tensor:
        """One module by itself, (C, 1, WIDTH) parameters and (..., B, WIDTH) inputs: what a laboratory records."""
        return self._disturb(self._bench.spectrum(parameters, a))

    def exact_twin(self) -> Functional:
        """These very benches without noise, differentiable. A simulation can tell; no method may ask."""
        return Functional(stages(self._bench.spectrum, self.layers, self._slope), SOFTMAX)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """One pass through all layers."""
        return Functional(self._stages).forward(controls, x)

    def _disturb(self, reading: Tensor) -> Tensor:
        if not self.spreads.noise:
            return reading
        scale = self.spreads.noise * reading.mean(-1, keepdim=True)
        return reading + scale * torch.empty_like(reading).normal_(generator=self._generator)


def _fabricate(population: int, seed: int, spreads: Spreads, dtype: torch.dtype) -> Bench:
    """Draw the errors of every bench from stream `fabrication`, addressed (seed, bench, 0, kind)."""

    def draw(size: int, kind: int) -> Tensor:
        return torch.stack(
            [streams.normal((1, size), "fabrication", seed, j, 0, kind) for j in range(population)]
        )

    fundamental, _ = _frequencies()
    chirp = (
        0.5 * (2 * math.pi * fundamental) ** 2 * 1e-6 * spreads.dispersion * draw(1, 1)
    )  # 1 fs^2 = 1e-6 ps^2
    return _bench(
        spreads.detuning * draw(1, 3),
        spreads.walk_off * draw(1, 4),
        1 + spreads.shaper * draw(CHANNELS, 0),
        chirp + spreads.ripple * draw(CHANNELS, 2),
        1 + spreads.response * draw(2 * CHANNELS, 5),
        dtype,
    )
