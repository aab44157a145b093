"""AsyT Fig. 5b: accuracies on Fashion-MNIST."""

from functools import partial

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
measure = partial(_accuracies.measure, claims=ACCURACIES, dataset="fashion-mnist")
