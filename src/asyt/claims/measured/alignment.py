"""AsyT, Methods: two probabilities, and the largest angle among updates of similar magnitude."""

from pandas import DataFrame

from asyt import breaking
from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import alignment, summaries

EXPERIMENTS = (alignment.EXPERIMENT,)
PAGE = "alignment.html"
CLAIMS = (*alignment.NAMED, "asyt-m-90degrees")
BOUND = 90  # degrees
PRINTED = (
    "percent, two-sided: erfc(1 / (s sqrt 2)), distortion beyond the whole range; 95 % interval of "
    "importance sampling"
)


def measure(table: DataFrame) -> list[Measurement]:
    """The probabilities, to the digits that the paper prints, with their sampling; the angle."""
    sampled = alignment.connections(table).set_index("distortion")
    found = []
    for claim, distortion in alignment.NAMED.items():
        exact = breaking.broken(distortion)
        row = sampled.loc[distortion]
        reach = 1.96 * row.extra
        printed = float(f"{exact:.1e}")
        found.append(
            Measurement(
                claim,
                100 * exact,
                100 * (row.value - reach),
                100 * (row.value + reach),
                note=PRINTED,
                holds=printed == number(claim),
            )
        )
    for _, rows in alignment.similar(table).groupby("reading"):
        found.append(_angle(rows))
    return found


def _angle(similar: DataFrame) -> Measurement:
    """The largest angle of a training: its mean over trainings; none may reach the bound."""
    largest = similar.groupby("seed").value.max()
    worst = largest.max()
    found = summaries.mean(largest.to_numpy()[:, None])
    note = (
        f"largest angle in degrees of any layer, chip and step of a short MNIST training, mean "
        f"over trainings; largest of all {worst:.1f}; similar: within a factor of "
        f"{alignment.SIMILAR:g}"
    )
    holds = bool(max(worst, found["high"]) < BOUND)
    reading = similar.reading.iloc[0]
    return Measurement.of("asyt-m-90degrees", found, note, holds=holds, reading=reading)
