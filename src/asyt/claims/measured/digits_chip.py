"""AsyT Fig. 4: digits 0 to 3 on tiled chips."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import evidence, whole_range
from asyt.experiments.chips import digits_chip

EXPERIMENTS = (digits_chip.EXPERIMENT,)
PAGE = "digits-chip.html#fig-asyt-fig4"
CHANCE = 25.0
ACCURACIES = {
    "asyt-4b-insilico": ("insilico-bp", "train"),
    "asyt-4b-train": ("asyt", "train"),
    "asyt-4b-test": ("asyt", "test"),
}
CLAIMS = (*ACCURACIES, "asyt-4b-bp", "asyt-4c-confusion")


def measure(table: DataFrame) -> list[Measurement]:
    """The rows of AsyT Fig. 4."""
    found = []
    for chips in evidence(table, CHANCE):
        found += chips.accuracies(ACCURACIES)
        found.append(chips.diagonal("asyt-4c-confusion", "asyt-4b-test"))
    return found + [chips.ideal("asyt-4b-bp") for chips in whole_range(table, CHANCE)]
