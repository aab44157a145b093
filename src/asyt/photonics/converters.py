"""Converters between light and electronics, and the time and energy of a chip that waits for them.

T_extract = sum over layers of (ceil(r / k) t_read + ceil(w / k) t_write) + T_prop, where r and w
values are read and written at a layer by k converters of each kind, and
E_photonic = P_photonic * T_extract (AsyT, "Efficiency of the encapsulated networks").
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Interface:
    """A converter technology, and the chip that waits for it.

    Attributes:
        read_s, read_j: seconds and joules a read: 8-bit ADC, 10 GS/s, 14.8 mW (Liu et al. 2022).
        write_s, write_j: of a write: 8-bit DAC, 14 GS/s, 50 mW (Caragiulo et al. 2020).
        channels: converters of each kind that work in parallel, e.g. one a wavelength.
        layer_s: propagation through a layer: ours, 2 cm of silicon nitride at a group index of 2.
        photonic_w: power of lasers, heaters and amplifiers while the chip waits: ours, a round
            number to scale by.
    """

    read_s: float = 1 / 10e9
    write_s: float = 1 / 14e9
    read_j: float = 14.8e-3 / 10e9
    write_j: float = 50e-3 / 14e9
    channels: int = 1
    layer_s: float = 0.02 * 2 / 3e8
    photonic_w: float = 1.0

    def extraction_s(self, layers: tuple[int, ...], encapsulated: bool) -> float:
        """Least seconds to an output; layers follow each other."""
        hidden = () if encapsulated else layers[1:-1]
        read = (*hidden, layers[-1])
        depth = len(layers) - 1
        reading = self._rounds(read) * self.read_s
        writing = self._rounds(hidden) * self.write_s
        return reading + writing + depth * self.layer_s

    def photonic_j(self, layers: tuple[int, ...], encapsulated: bool) -> float:
        """Joules of the photonic hardware in that time."""
        seconds = self.extraction_s(layers, encapsulated)
        return self.photonic_w * seconds

    def interface_j(self, reads: float, writes: float) -> float:
        """Joules of the conversions themselves."""
        return reads * self.read_j + writes * self.write_j

    def _rounds(self, widths: Iterable[int]) -> int:
        """Conversions in sequence for layers of these widths."""
        return sum(math.ceil(width / self.channels) for width in widths)
