"""Light-in-the-loop, II.B: a linear projection from intensities, by either holography."""

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
    slope, ratio = off_axis.slope, off_axis.residual / off_axis.predicted
    straight, quiet = (slope - 1).abs() <= TOLERANCE, ratio <= 1 + TOLERANCE
    gain = float(off_axis.pixels.iloc[0] / shifting.pixels.iloc[0])
    recovered = shifting["perfect camera"] < 1e-9
    return [
        Measurement(
            "opu-linear",
            slope.mean(),
            slope.min(),
            slope.max(),
            len(off_axis),
            "slope over media (smallest to largest); residual over predicted noise "
            f"{ratio.min():.3f} to {ratio.max():.3f}, allowed {1 + TOLERANCE:g}",
            holds=(straight & quiet).all(),
        ),
        Measurement(
            "opu-phase-shifting",
            gain,
            n=len(shifting),
            reading="outputs a camera pixel, phase-shifting over off-axis: derived 4 (the source "
            "implies ten); four times the frames for it",
            holds=recovered.all() and gain == 4,
        ),
    ]
