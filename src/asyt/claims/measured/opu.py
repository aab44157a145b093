"""Light-in-the-loop, II.B: a linear projection from intensities, by either holography."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.experiments import opu

EXPERIMENTS = (opu.EXPERIMENT,)
PAGE = "optical-unit.html#fig-opu-light"
CLAIMS = ("opu-linear", "opu-phase-shifting")
#: How far slope and residual may lie from their ideal, fixed with the register's row (slope) before
#: measuring.
TOLERANCE = 0.02


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The rows on holography, every medium counted."""
    measured = opu.wide(table)
    off_axis = measured[measured.scheme == "off-axis"]
    shifting = measured[measured.scheme == "phase-shifting"]
    return [_linear(off_axis), _phase_shifting(off_axis, shifting)]


def _linear(off_axis: pd.DataFrame) -> Measurement:
    slope = off_axis.slope
    ratio = off_axis.residual / off_axis.predicted
    straight = ((slope - 1).abs() <= TOLERANCE).all()
    quiet = (ratio <= 1 + TOLERANCE).all()
    return Measurement(
        "opu-linear",
        measured=float(slope.mean()),
        low=float(slope.min()),
        high=float(slope.max()),
        n=len(off_axis),
        page=PAGE,
        holds=bool(straight and quiet),
        reading="slope over media (smallest to largest); residual over predicted noise "
        f"{ratio.min():.3f} to {ratio.max():.3f}, allowed {1 + TOLERANCE:g}",
    )


def _phase_shifting(off_axis: pd.DataFrame, shifting: pd.DataFrame) -> Measurement:
    gain = float(off_axis.pixels.iloc[0] / shifting.pixels.iloc[0])
    recovered = (shifting["perfect camera"] < 1e-9).all()
    return Measurement(
        "opu-phase-shifting",
        measured=gain,
        n=len(shifting),
        page=PAGE,
        holds=bool(recovered and gain == 4),
        reading="outputs a camera pixel, phase-shifting over off-axis: derived 4 (the source "
        "implies ten); four times the frames for it",
    )
