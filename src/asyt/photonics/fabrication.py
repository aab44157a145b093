"""How much the cells of a chip differ, from published data where there is any.

Phase offset: `phase_offset()`, from the width of silicon-nitride waveguides over a wafer (28 nm:
Opt. Express 31, 23651, 2023), correlated over 4.5 mm (Lu et al. 2017; from memory); length,
distance and sensitivity are ours. Thermal crosstalk 4.5 %: simulated silicon-nitride heaters with
trenches have 0.045 pi rad/mm (Alemany et al. 2021). Insertion loss 0.23 +- 0.13 dB, heater
efficiency 1.7 %: one silicon phase shifter (Harris et al. 2014: 0.23 +- 0.13 dB, 24.77 +- 0.43 mW
for a phase of pi). No spread from cell to cell on silicon nitride was found: an assumption.
Extinction ratio 25 +- 3 dB: an assumption within the 20 to 30 dB that papers report.
"""

import math

from asyt.photonics.mzi import Spreads


def phase_offset(
    width_sd: float = 28.0,
    correlation: float = 4.5e6,
    distance: float = 100e3,
    length: float = 1e6,
    index_per_width: float = 1.5e-4,
    wavelength: float = 1550.0,
) -> float:
    """Standard deviation of the phase between the two arms of a cell, radians.

    The difference of two widths a distance d apart, from a field of standard deviation s and
    Gaussian correlation exp(-d^2 / l^2), has the standard deviation s sqrt(2 (1 - exp(-d^2 /
    l^2))); it shifts the phase along the arms.

    Args:
        width_sd: of the waveguide width over a wafer, nm (Zhang et al. 2023, silicon nitride: 28
            nm).
        correlation: length l, nm (Lu et al. 2017: 4.5 mm).
        distance: between the arms, nm (ours).
        length: of the arms, nm (ours: room for a heater on silicon nitride).
        index_per_width: change of effective index a nm of width (ours: a waveguide about 1 um
            wide).
        wavelength: nm.
    """
    difference = width_sd * math.sqrt(2 * (1 - math.exp(-((distance / correlation) ** 2))))
    return 2 * math.pi / wavelength * length * index_per_width * difference


#: The chips of AsyT Figs. 2 to 4.
TYPICAL = Spreads(
    phase=round(phase_offset(), 2),
    heater=0.017,
    extinction_db=25.0,
    extinction_sd_db=3.0,
    loss_db=0.23,
    loss_sd_db=0.13,
    crosstalk=0.045,
)
