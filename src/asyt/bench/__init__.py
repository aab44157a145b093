"""How fast training is here, `asyt bench`: contenders, their times, the ratios of these."""

from asyt.bench.ratios import LARGEST, SMALLEST, met, ratios, shown
from asyt.bench.timing import everything, measure

__all__ = ["LARGEST", "SMALLEST", "everything", "measure", "met", "ratios", "shown"]
