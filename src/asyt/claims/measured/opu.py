"""Light-in-the-loop, II.B: a linear projection from intensities, by either holography."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import opu

EXPERIMENTS = (opu.EXPERIMENT,)
PAGE = "optical-unit.html#fig-opu-light"
CLAIMS = ("opu-linear", "opu-phase-shifting")
#: How far slope and residual may lie from their ideal, fixed with the register's row (slope) before
#: measuring.
TOLERANCE = 0.02


def measure(table: DataFrame) -> list[Measurement]:
    """The rows on holography, every medium counted."""
    measured = opu.wide(table)
    off_axis = measured[measured.scheme == "off-axis"]
    shifting = measured[measured.scheme == "phase-shifting"]
    slope = off_axis.slope
    straight = (slope - 1).abs() <= TOLERANCE
    ratio = off_axis.residual / off_axis.predicted
    quiet = ratio <= 1 + TOLERANCE
    gain = float(off_axis.pixels.iloc[0] / shifting.pixels.iloc[0])
    recovered = shifting["perfect camera"] < 1e-9
    found = {
        "centre": slope.mean(),
        "low": slope.min(),
        "high": slope.max(),
        "n": len(slope),
    }
    linear = (
        "slope over media (smallest to largest); residual over predicted noise "
        f"{ratio.min():.3f} to {ratio.max():.3f}, allowed {1 + TOLERANCE:g}"
    )
    pixels = (
        "outputs a camera pixel, phase-shifting over off-axis: derived 4 (the source implies ten); "
        "four times the frames for it"
    )
    return [
        Measurement.of(
            "opu-linear",
            found,
            linear,
            holds=(straight & quiet).all(),
        ),
        Measurement(
            "opu-phase-shifting",
            gain,
            n=len(shifting),
            note=pixels,
            holds=recovered.all() and gain == 4,
        ),
    ]
