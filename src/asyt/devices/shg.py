"""Second-harmonic generation as a network, layer after layer (Wright et al. 2022, Figs. 2 and 3).

The contrast of a module's reading (`shg_optics`), rescaled, enters the next, on the same bench.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import shg_optics
from asyt.devices.contract import NoisyDevice, fabricated
from asyt.devices.shg_optics import CHANNELS, HARMONIC, WIDTH, Bench, contrast
from asyt.twins import Functional, Layer, Weights
from asyt.twins.functional import Stage

#: Five modules, 12 formants, 7 vowels (Wright et al., Fig. 2).
LAYERS = (12, WIDTH, WIDTH, WIDTH, WIDTH, 7)
#: Next amplitude per unit of contrast; chosen on training data with the nominal bench alone.
SLOPE = 0.25
#: Factor on the contrast of the last reading; chosen in the same way.
SOFTMAX = 10.0
#: (parameters, inputs) -> spectrum, as `Bench.spectrum`.
Spectrum = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Spreads:
    """How far a bench is from the nominal one, standard deviations: contrasts by a seventh.

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

    def scaled(self, factor: float) -> Spreads:
        """All of them times a factor."""
        scaled = {name: factor * value for name, value in vars(self).items()}
        return Spreads(**scaled)


def stages(
    spectrum: Spectrum,
    layers: tuple[int, ...] = LAYERS,
    slope: float = SLOPE,
    disturb: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Stage, ...]:
    """The layers of a network on one bench, or on a twin of it, of these numbers of neurons.

    Inputs are repeated to fill WIDTH channels; `slope` is the next amplitude per unit of contrast,
    `disturb` what the device does to a reading (noise).
    """
    depth = len(layers) - 1

    def stage(l: int) -> Stage:
        repeats = WIDTH // layers[l]
        bins = layers[l + 1]
        is_last = l == depth - 1

        def run(layer: Layer, a: Tensor) -> Tensor:
            shaped = a.clamp(-1, 1).repeat_interleave(repeats, -1)
            reading = contrast(spectrum(layer.weight, shaped), bins, disturb)
            return reading if is_last else slope * reading

        return run

    return tuple(stage(l) for l in range(depth))


def initial(
    seed: int,
    layers: tuple[int, ...] = LAYERS,
    dtype: torch.dtype = torch.float32,
) -> Weights:
    """Random parameters of every layer, (1, WIDTH) each, uniform in [-1, 1]; stream `initial`."""
    weights = []
    for l in range(len(layers) - 1):
        generator = streams.generator("initial", seed, l, 0)
        drawn = generator.uniform(-1, 1, (1, WIDTH))
        weight = torch.from_numpy(drawn).to(dtype)
        weights.append(Layer(weight))
    return weights


def twin(
    layers: tuple[int, ...] = LAYERS,
    slope: float = SLOPE,
    scale: float = SOFTMAX,
    dtype: torch.dtype = torch.float32,
) -> Functional:
    """The analytic twin: the bench as designed, which no real one is."""
    bench = shg_optics.nominal(dtype)
    return Functional(stages(bench.spectrum, layers, slope), scale)


class SHGDevice(NoisyDevice):
    """A population of benches that differ from the nominal one.

    Controls are amplitudes in [-1, 1], `Layer(weight=(C, 1, WIDTH), bias=None)` a layer; inputs are
    in [-1, 1].

    Args (others: see `Device` and `stages`):
        seed: of the fabrication and noise streams; bench j is the same in a population of any size.
        spreads: how they differ.

    Example:
        >>> import torch
        >>> from asyt.devices import SHGDevice, shg
        >>> device = SHGDevice(population=2, seed=0)
        >>> device([layer.spread(2) for layer in shg.initial(seed=0)], torch.zeros(5, 12)).shape
        torch.Size([2, 5, 7])
    """

    kind = "shg"
    cites = ("wright2022", "weiner2000", "imeshev2000")
    only_reads = True

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
        super().__init__(layers, population, encapsulated, seed)
        self.spreads = spreads or Spreads()
        self._bench = fabricate(population, seed, self.spreads, dtype)
        self._slope = slope
        self._stages = stages(self._bench.spectrum, layers, slope, self._disturb)

    def spectrum(self, parameters: Tensor, a: Tensor) -> Tensor:
        """One module by itself, what a laboratory records; as `Bench.spectrum`, with noise."""
        reading = self._bench.spectrum(parameters, a)
        return self._disturb(reading)

    def exact_twin(self) -> Functional:
        """These very benches without noise. A simulation can tell; no method may ask."""
        exact = stages(self._bench.spectrum, self.layers, self._slope)
        return Functional(exact, SOFTMAX)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """One pass through all layers."""
        return Functional(self._stages).forward(controls, x)

    def _disturb(self, reading: Tensor) -> Tensor:
        mean = reading.mean(-1, keepdim=True)
        return self._noisy(reading, self.spreads.noise, mean)


def fabricate(
    population: int,
    seed: int,
    spreads: Spreads,
    dtype: torch.dtype,
) -> Bench:
    """Draw the errors of every bench, stream `fabrication`, at (seed, bench, 0, kind)."""

    def draw(size: int, kind: int) -> Tensor:
        return fabricated((1, size), population, seed, 0, kind)

    fundamental, _ = shg_optics.frequencies()
    angular = 2 * math.pi * fundamental
    chirp = 0.5 * angular**2 * 1e-6 * spreads.dispersion * draw(1, 1)  # 1 fs^2 = 1e-6 ps^2
    return shg_optics.bench(
        detuning=spreads.detuning * draw(1, 3),
        walk_off=spreads.walk_off * draw(1, 4),
        shaper=1 + spreads.shaper * draw(CHANNELS, 0),
        phase=chirp + spreads.ripple * draw(CHANNELS, 2),
        response=1 + spreads.response * draw(HARMONIC, 5),
        dtype=dtype,
    )
