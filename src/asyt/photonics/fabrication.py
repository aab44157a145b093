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

#: Of the waveguides, nm: deviation and correlation length of their width over a wafer, length of
#: the arms (room for a heater); change of effective index a nm of width (about 1 um wide).
WIDTH_SD, CORRELATION, LENGTH = 28.0, 4.5e6, 1e6
INDEX_PER_WIDTH, WAVELENGTH = 1.5e-4, 1550.0


def phase_offset(distance: float = 100e3) -> float:
    """Standard deviation of the phase between the arms of a cell this far apart (nm), radians.

    The difference of two widths a distance d apart, from a field of standard deviation s and
    Gaussian correlation exp(-d^2 / l^2), has the standard deviation s sqrt(2 (1 - exp(-d^2 /
    l^2))); it shifts the phase along the arms.
    """
    far = (distance / CORRELATION) ** 2
    difference = WIDTH_SD * math.sqrt(2 * (1 - math.exp(-far)))
    return 2 * math.pi / WAVELENGTH * LENGTH * INDEX_PER_WIDTH * difference


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
