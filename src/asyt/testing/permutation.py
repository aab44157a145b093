"""Do two series of noisy readings have one mean? The permutation test, exact for any noise.

If they have, which reading belongs to which series is chance, so the largest difference seen under
the true labels is a draw from those under shuffled ones (Pitman, J. R. Stat. Soc. Suppl. 4, 119
(1937)). Taking the largest over all values of a read-out accounts for their number, whatever their
correlation (Westfall and Young, Resampling-Based Multiple Testing, Wiley (1993)). All that is
asked of the noise is that passes are independent of each other.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

CHUNK = 1000
#: Shuffles for each unit of 1 / level.
PRECISION = 10


def p_values(
    labels: Tensor, readings: Tensor, level: float, generator: torch.Generator, blur: float = 0.0
) -> Tensor:
    """How often chance alone sets the two series so far apart, for each group of values.

    p = (1 + shuffles at least as far apart) / (1 + shuffles), never below the truth (Phipson and
    Smyth, Stat. Appl. Genet. Mol. Biol. 9, 39 (2010)). Drawing stops when every p is known to stay
    above the level; p is then an estimate.

    Args:
        labels: 0 or 1, half of each, (N,): the series of each reading.
        readings: (N, G, n), compared in G groups of n values.
        level: what p will be compared with.
        generator: of the shuffles.
        blur: differences far below this are rounding.

    Returns:
        (G,), float64.
    """
    signs = 2.0 * labels.double() - 1.0
    centred = readings.double() - readings.double().mean(0)
    spread = (centred.square().sum(0) + len(signs) * blur**2).sqrt()
    unit = centred / spread.clamp_min(torch.finfo(torch.float64).tiny)
    seen = _apart(signs.unsqueeze(0), unit)[0]  # (G,)
    shuffles = math.ceil(PRECISION / level)
    beyond, drawn = torch.zeros_like(seen), 0
    while drawn < shuffles and bool((beyond <= PRECISION).any()):
        order = torch.rand(CHUNK, len(signs), generator=generator).argsort(1)
        beyond += (_apart(signs[order], unit) >= seen - 1e-9).sum(0)
        drawn += CHUNK
    return (1 + beyond) / (1 + drawn)


def _apart(signs: Tensor, unit: Tensor) -> Tensor:
    """Largest |correlation| of signs (K, N) with the values of each group, (K, G)."""
    return torch.einsum("kn,ngv->kgv", signs, unit).abs().amax(-1) / math.sqrt(len(unit))
