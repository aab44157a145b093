"""Training methods. The gradient family is one table of rows; others have a file each.

Example:
    >>> from asyt.methods import LABELS, LOOKS, METHODS, NAMES
    >>> METHODS["asyt"].digital, LABELS["asyt"], LOOKS["asyt"].colour, "spsa" in NAMES
    (0.5, 'AsyT', '#005B96', True)
"""

from asyt.methods.contract import Method
from asyt.methods.gradient import METHODS, GradientMethod
from asyt.methods.looks import LABELS, LOOKS
from asyt.methods.table import NAMES, budgets, method

__all__ = [
    "LABELS",
    "LOOKS",
    "METHODS",
    "NAMES",
    "GradientMethod",
    "Method",
    "budgets",
    "method",
]
