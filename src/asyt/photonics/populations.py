"""Cells of many devices, each alone: their curves, and how far these lie apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from asyt.photonics.fabrication import TYPICAL
from asyt.photonics.mzi import IDEAL, Cells, Spreads
from asyt.photonics.profiles import V_PI, Profile, profile

Array = NDArray[np.floating]
#: The cells of a device: two 4 x 4 modules.
SHAPE = (2, 4, 4)
#: For use with tensors of volts (V,): the axes of `Cells.transmission`.
ALONE = (slice(None), *[None] * 4)


def curves(volts: Tensor, devices: int, spreads: Spreads = TYPICAL, seed: int = 0) -> Tensor:
    """Transmission of every cell alone (its neighbours are off), (V, C, 32).

    Args:
        volts: (V,).
        devices: C; the cells of a device are the same in a population of any size.
        spreads: how cells differ.
        seed: of the fabrication stream.
    """
    alone = replace(spreads, crosstalk=0.0)
    cells = Cells(SHAPE, devices, alone, seed, 0, dtype=torch.float64)
    return cells.transmission(volts[ALONE]).flatten(2)


def mismatch(volts: Tensor, found: Tensor, estimate: Profile) -> pd.DataFrame:
    """How far the cells of each device are from the estimate, and from one another.

    Args:
        volts: (V,), up to the profile's `v_pi`.
        found: (V, C, cells), of `curves`.
        estimate: the profile.

    Returns:
        A row a device: `worst` |T_device - T_profile| over cells and voltages; `spread`, the
        largest difference of transmission between two of its cells at one voltage; `shift`, the
        difference between the leftmost and the rightmost cell at half transmission, in units of the
        phase pi.
    """
    cells = found.numpy()
    estimated = estimate.transmission(volts).numpy()
    apart = np.abs(cells - estimated[:, None, None])
    phase = _half_phase(volts.numpy(), cells)
    return pd.DataFrame(
        {
            "worst": apart.max((0, 2)),
            "spread": np.ptp(cells, axis=2).max(0),
            "shift": np.ptp(phase, axis=1),
        }
    )


def _half_phase(volts: Array, cells: Array) -> Array:
    """Phase, in units of pi, at which each cell first has less than half of its own best (C, n)."""
    level = cells / cells.max(0)
    first = np.argmax(level < 0.5, axis=0)
    return (volts[first] / V_PI) ** 2


def equation_4_error(points: int = 401) -> float:
    """Largest difference of our profile, and of an ideal cell, from AsyT Eq. 4 up to `V_PI`."""
    volts = torch.linspace(0, V_PI, points, dtype=torch.float64)
    gamma = np.pi / (2 * V_PI**2)
    phase = 2 * gamma * volts.numpy() ** 2
    written = 0.5 * (1 + np.cos(phase))  # AsyT Eq. 4
    ours = profile("eq4").transmission(volts).numpy()
    cell = Cells((1, 1, 1), 1, IDEAL, 0, 0, dtype=torch.float64)
    real = cell.transmission(volts[ALONE]).flatten().numpy()
    errors = np.abs(ours - written), np.abs(real - written)
    return float(np.max(errors))


def memory(sizes: tuple[int, ...] = (4, 8, 16, 32, 64), levels: int = 100) -> pd.DataFrame:
    """Bytes of one estimation profile and of a table for every cell, counted on the arrays.

    Both hold one float32 voltage a level: R for a profile, R M^2 for a fully connected layer of M x
    M cells.
    """
    one = profile("eq4").volts(torch.linspace(0, 1, levels))
    rows = []
    for size in sizes:
        each = one.expand(size, size, levels).clone()  # what characterising every cell would fill
        rows.append(
            {
                "M": size,
                "profile (bytes)": one.nbytes,
                "tables (bytes)": each.nbytes,
                "ratio": each.nbytes // one.nbytes,
            }
        )
    return pd.DataFrame(rows)
