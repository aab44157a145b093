"""How fast training is here: `asyt bench`. The contenders, how they are timed, and the ratios of their times."""

from asyt.bench.ratios import TARGETS, last, met, ratios, shown
from asyt.bench.timing import everything, measure

__all__ = ["TARGETS", "everything", "last", "measure", "met", "ratios", "shown"]
