"""AsyT Fig. 1: whether the numbers on the schematic are the paper's."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import concept

EXPERIMENTS = (concept.EXPERIMENT,)
PAGE = "ten-minutes.html"
CLAIMS = ("asyt-1-concept",)


def measure(table: DataFrame) -> list[Measurement]:
    """P against 2M - P accesses, 1 against N + 1 steps."""
    layers = concept.PROFILES["paper"].layers
    outputs = layers[-1]
    neurons = sum(layers[1:])
    expected = {
        "encapsulated": [outputs, 1],
        "truncated": [2 * neurons - outputs, len(layers) - 1],
    }
    by_structure = table.set_index("structure")[["accesses", "time_steps"]]
    counted = by_structure.T.to_dict("list")
    note = (
        "accesses and time-steps a sample, counted by both kinds of device on Iris, "
        "against P, 2M - P, 1, N + 1"
    )
    return [Measurement("asyt-1-concept", n=1, note=note, holds=counted == expected)]
