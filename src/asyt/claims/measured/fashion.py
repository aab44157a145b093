"""AsyT Fig. 5b: accuracies on Fashion-MNIST."""

from pandas import DataFrame, concat

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.experiments import authors, authors_fashion, fashion

EXPERIMENTS = (fashion.EXPERIMENT, authors_fashion.EXPERIMENT)
PAGE = "mnist-family.html"
ACCURACIES = {"asyt": "asyt-5b-asyt", "ideal-bp": "asyt-5b-bp", "insilico-bp": "asyt-5b-insilico"}
CLAIMS = tuple(ACCURACIES.values())


def measure(table: DataFrame, demo: DataFrame) -> list[Measurement]:
    """The accuracies in every reading."""
    both = concat([authors.as_fig5(demo), table])
    return _accuracies.measure(both, ACCURACIES)
