"""AsyT, Methods: two probabilities, and the largest angle among updates of similar magnitude."""

from pandas import DataFrame

from asyt import breaking
from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import alignment

EXPERIMENTS = (alignment.EXPERIMENT,)
PAGE = "alignment.html"
CLAIMS = (*alignment.NAMED, "asyt-m-90degrees")
PRINTED = (
    "percent, two-sided: erfc(1 / (s sqrt 2)), distortion beyond the whole range; 95 % interval of "
    "importance sampling"
)


def measure(table: DataFrame) -> list[Measurement]:
    """The probabilities, to the digits that the paper prints, with their sampling; the angle."""
    sampled = alignment.connections(table).set_index("distortion")
    found = []
    for claim, distortion in alignment.NAMED.items():
        exact, row = breaking.broken(distortion), sampled.loc[distortion]
        reach = 1.96 * row.extra
        low, high = 100 * (row.value - reach), 100 * (row.value + reach)
        holds = float(f"{exact:.1e}") == number(claim)
        found.append(Measurement(claim, 100 * exact, low, high, reading=PRINTED, holds=holds))
    angles = alignment.similar(table).value
    reading = (
        f"largest angle in degrees, any layer, chip and step of {table.seed.nunique()} short MNIST "
        "trainings without and with 10 dB noise; similar: within a factor of "
        f"{alignment.SIMILAR:g}"
    )
    worst, n = angles.max(), len(angles)
    angle = Measurement("asyt-m-90degrees", worst, n=n, reading=reading, holds=bool(worst < 90))
    return [*found, angle]
