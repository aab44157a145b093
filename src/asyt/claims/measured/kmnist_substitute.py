"""AsyT Fig. 5c on a substitute for KMNIST: values beside the paper's, which earn no verdict."""

from functools import partial

from asyt.claims.measured import _accuracies
from asyt.claims.measured.kmnist import ACCURACIES, CLAIMS, PAGE
from asyt.experiments import authors_kmnist, kmnist

EXPERIMENTS = (kmnist.EXPERIMENT, authors_kmnist.EXPERIMENT)
__all__ = ["CLAIMS", "PAGE"]
measure = partial(_accuracies.measure, claims=ACCURACIES, substitute=True)
