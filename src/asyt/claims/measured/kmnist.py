"""AsyT Fig. 5c: accuracies on KMNIST."""

from functools import partial

from asyt.claims.measured import _accuracies
from asyt.experiments import kmnist

EXPERIMENTS = (kmnist.EXPERIMENT,)
PAGE = "mnist-family.html"
ACCURACIES = {
    "asyt": "asyt-5c-asyt",
    "ideal-bp": "asyt-5c-bp",
    "insilico-bp": "asyt-5c-insilico",
}
CLAIMS = tuple(ACCURACIES.values())
#: The standard set earns verdicts, once all its runs are stored.
PROFILE = "standard"
measure = partial(_accuracies.measure, claims=ACCURACIES)
