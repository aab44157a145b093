"""AsyT Fig. 4: digits 0 to 3 on tiled chips."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence
from asyt.experiments.chips import digits_chip

EXPERIMENTS = (digits_chip.EXPERIMENT,)
FIGURE = "digits-chip.html#fig-asyt-fig4"
ACCURACIES = {
    "asyt-4b-insilico": ("insilico-bp", "train"),
    "asyt-4b-train": ("asyt", "train"),
    "asyt-4b-test": ("asyt", "test"),
}
CLAIMS = (*ACCURACIES, "asyt-4b-bp", "asyt-4c-confusion")


def measure(table: DataFrame) -> list[Measurement]:
    """The rows of AsyT Fig. 4."""
    evidence = Evidence(table, "asyt-4b-bp", 25.0, FIGURE)
    confusion = evidence.diagonal("asyt-4c-confusion", "asyt-4b-test")
    return [*evidence.accuracies(ACCURACIES), confusion]
