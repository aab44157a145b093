"""Cells of many devices, each alone: their curves, and how far these lie apart."""

from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt.photonics.fabrication import TYPICAL
from asyt.photonics.mzi import IDEAL, Cells, Spreads
from asyt.photonics.profiles import V_PI, Profile, profile

#: The cells of a device: two 4 x 4 modules.
SHAPE = (2, 4, 4)
#: For use with tensors of volts (V,): the axes of `Cells.transmission`.
ALONE = (slice(None), *[None] * 4)


def curves(
    volts: Tensor,
    devices: int,
    spreads: Spreads = TYPICAL,
    seed: int = 0,
) -> Tensor:
    """Transmission of every cell of C devices alone (its neighbours are off), (V, C, 32)."""
    alone = replace(spreads, crosstalk=0.0)
    cells = Cells(SHAPE, devices, alone, seed, 0, dtype=torch.float64)
    return cells.transmission(volts[ALONE]).flatten(2)


def mismatch(volts: Tensor, found: Tensor, estimate: Profile) -> pd.DataFrame:
    """How far the cells of each device (`curves` at these volts) lie apart.

    Returns:
        A row a device: `worst` |T_device - T_profile| over cells and voltages; `spread`, the
        largest difference of transmission between two of its cells at one voltage; `shift`, the
        difference between the leftmost and the rightmost cell at half transmission, in units of the
        phase pi.
    """
    cells = found.numpy()
    estimated = estimate.transmission(volts).numpy()
    apart = np.abs(cells - estimated[:, None, None])
    # where each cell first has less than half of its own best
    below_half = cells / cells.max(0) < 0.5
    first = np.argmax(below_half, axis=0)
    phase = (volts.numpy()[first] / V_PI) ** 2
    return pd.DataFrame(
        {
            "worst": apart.max((0, 2)),
            "spread": np.ptp(cells, axis=2).max(0),
            "shift": np.ptp(phase, axis=1),
        }
    )


def equation_4_error(points: int = 401) -> float:
    """Largest difference of our profile, and of an ideal cell, from AsyT Eq. 4 up to `V_PI`."""
    volts = torch.linspace(0, V_PI, points, dtype=torch.float64)
    gamma = np.pi / (2 * V_PI**2)
    written = 0.5 * (1 + np.cos(2 * gamma * volts.numpy() ** 2))  # AsyT Eq. 4
    ours = profile("eq4").transmission(volts)
    cell = Cells((1, 1, 1), 1, IDEAL, 0, 0, dtype=torch.float64)
    ideal = cell.transmission(volts[ALONE]).flatten()
    both = torch.stack([ours, ideal]).numpy()
    return float(np.abs(both - written).max())


def memory(
    sizes: tuple[int, ...] = (4, 8, 16, 32, 64),
    levels: int = 100,
) -> pd.DataFrame:
    """Bytes of one estimation profile and of a table for every cell, counted on the arrays.

    Both hold one float32 voltage a level: R for a profile, R M^2 for a fully connected layer of M x
    M cells.
    """
    one = profile("eq4").volts(torch.linspace(0, 1, levels))
    rows = []
    for size in sizes:
        each = one.expand(size, size, levels).clone()  # what characterising every cell would fill
        ratio = each.nbytes // one.nbytes
        rows.append((size, one.nbytes, each.nbytes, ratio))
    return pd.DataFrame(rows, columns=["M", "profile (bytes)", "tables (bytes)", "ratio"])
