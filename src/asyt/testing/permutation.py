"""Do two series of noisy readings have one mean? The permutation test, exact for any noise.

If they have, which reading belongs to which series is chance, so the distance seen under the true
labels is a draw from those under shuffled ones (Pitman, J. R. Stat. Soc. Suppl. 4, 119 (1937)),
whatever the noise, its correlation between the values of a read-out included. All that is asked of
it is that passes are independent of each other.
"""

from __future__ import annotations

import torch
from torch import Tensor

CHUNK = 1000
#: Shuffles for each unit of 1 / level.
PRECISION = 10
ROUNDING = 1e-9


def p_values(
    first: Tensor,
    second: Tensor,
    level: float,
    generator: torch.Generator,
) -> Tensor:
    """How often chance alone sets two series so far apart, for each group of values.

    Far apart is one value, or all of them a little, so p is twice the smaller of two. Each is
    (1 + shuffles at least as far apart) / (1 + shuffles), never below the truth (Phipson and Smyth,
    Stat. Appl. Genet. Mol. Biol. 9, 39 (2010)). Drawing stops when every p is known to stay above
    the level; p is then an estimate.

    Args:
        first: readings (N, G, n) of a series, compared in G groups of n values.
        second: readings of the other, alike.
        level: what p will be compared with.
        generator: of the shuffles.

    Returns:
        (G,), float64.
    """
    readings = torch.cat([first, second]).double()
    signs = torch.ones(len(readings), dtype=torch.float64)
    signs[: len(first)] = -1.0
    centred = readings - readings.mean(0)
    spread = centred.square().sum(0).sqrt()
    unit = centred / spread.clamp_min(torch.finfo(torch.float64).tiny)
    seen = _apart(signs.unsqueeze(0), unit)[0]  # (G, 2)
    most = 2 * PRECISION / level
    drawn = 0
    beyond = torch.zeros_like(seen)
    while drawn < most and bool((beyond <= PRECISION).any()):
        order = torch.rand(CHUNK, len(signs), generator=generator).argsort(1)
        apart = _apart(signs[order], unit)
        beyond += (apart >= seen - ROUNDING).sum(0)
        drawn += CHUNK
    p = (1 + beyond) / (1 + drawn)
    return (2 * p.amin(-1)).clamp_max(1.0)


def _apart(signs: Tensor, unit: Tensor) -> Tensor:
    """How much better two means fit than one, (K, G, 2), for labels (K, N).

    The logarithm of the ratio of likelihoods, for Gaussian noise: of the value where it is largest,
    and summed over all.
    """
    readings = signs.shape[1]
    explained = torch.einsum("kn,ngv->kgv", signs, unit).square() / readings
    better = -torch.log1p(-explained.clamp_max(1 - ROUNDING))
    return torch.stack([better.amax(-1), better.sum(-1)], -1)
