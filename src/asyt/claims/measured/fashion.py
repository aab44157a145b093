"""AsyT Fig. 5b: accuracies on Fashion-MNIST."""

from functools import partial

from asyt.claims.measured import _accuracies
from asyt.experiments import authors_fashion, fashion

EXPERIMENTS = (fashion.EXPERIMENT, authors_fashion.EXPERIMENT)
PAGE = "mnist-family.html"
ACCURACIES = {
    "asyt": "asyt-5b-asyt",
    "ideal-bp": "asyt-5b-bp",
    "insilico-bp": "asyt-5b-insilico",
}
CLAIMS = tuple(ACCURACIES.values())
measure = partial(_accuracies.measure, claims=ACCURACIES)
