"""AsyT Fig. 5b: accuracies on Fashion-MNIST."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.experiments import authors_fashion, authors_scale, fashion, input_scale

EXPERIMENTS = (
    fashion.EXPERIMENT,
    authors_fashion.EXPERIMENT,
    authors_scale.EXPERIMENT,
    input_scale.EXPERIMENT,
)
PAGE = "mnist-family.html"
ACCURACIES = {
    "asyt": "asyt-5b-asyt",
    "ideal-bp": "asyt-5b-bp",
    "insilico-bp": "asyt-5b-insilico",
}
CLAIMS = tuple(ACCURACIES.values())


def measure(
    table: DataFrame,
    demo: DataFrame,
    chip: DataFrame | None = None,
    pixels: DataFrame | None = None,
) -> list[Measurement]:
    """The accuracies in every reading."""
    scaled = _accuracies.scaled("fashion-mnist", chip, pixels)
    return _accuracies.measure(table, demo, *scaled, claims=ACCURACIES)
