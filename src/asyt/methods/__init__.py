"""Training methods. The gradient family is one table of rows; a method with code of its own has a file."""

from asyt.methods.contract import Method
from asyt.methods.gradient import METHODS, GradientMethod
from asyt.methods.looks import LABELS, LOOKS
from asyt.methods.table import NAMES, budgets, method

__all__ = ["LABELS", "LOOKS", "METHODS", "NAMES", "GradientMethod", "Method", "budgets", "method"]
