"""Light-in-the-loop: more than 1e11 matrix entries without storing the matrix."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import opu_scale

EXPERIMENTS = (opu_scale.EXPERIMENT,)
PAGE = "optical-unit.html"
CLAIMS = ("opu-scale",)
#: As the register's row has them.
ENTRIES = 1e11
LIMIT_MIB = 1024
AGAIN = 10_000


def measure(table: DataFrame) -> list[Measurement]:
    """Completed, below the memory limit, and a part made again exactly."""
    found = opu_scale.speeds(table)
    in_bounds = found["entries"] >= ENTRIES and found["memory"] < LIMIT_MIB
    holds = in_bounds and found["equal"] == found["again"] == AGAIN
    reading = (
        f"{found['entries']:.0e} entries in {found['seconds']:.0f} s, peak memory "
        f"{found['memory']:.0f} MiB; "
        f"{found['equal']:.0f} of {found['again']:.0f} outputs made again are equal"
    )
    return [Measurement("opu-scale", found["entries"], n=1, note=reading, holds=holds)]
