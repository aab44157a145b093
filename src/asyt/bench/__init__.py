"""How fast training is here, `asyt bench`: contenders, their times, the ratios of these."""

from asyt.bench.ratios import LARGEST, SMALLEST, WORDS, met, ratios, shown, told
from asyt.bench.timing import everything, measure

__all__ = [
    "LARGEST",
    "SMALLEST",
    "WORDS",
    "everything",
    "measure",
    "met",
    "ratios",
    "shown",
    "told",
]
