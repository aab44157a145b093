"""AsyT Fig. 5c on a substitute for KMNIST: values beside the paper's, which earn no verdict."""

from pandas import DataFrame, concat

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.claims.measured.kmnist import ACCURACIES, CLAIMS, PAGE
from asyt.experiments import authors, authors_kmnist, kmnist

EXPERIMENTS = (kmnist.EXPERIMENT, authors_kmnist.EXPERIMENT)
__all__ = ["CLAIMS", "PAGE"]


def measure(table: DataFrame, demo: DataFrame) -> list[Measurement]:
    """The accuracies in every reading, labelled as those of a substitute."""
    both = concat([authors.as_fig5(demo), table])
    return _accuracies.measure(both, ACCURACIES, substitute=True)
