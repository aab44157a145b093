"""Training methods. The gradient family is one table of rows; others have a file each."""

from asyt.methods.contract import Method
from asyt.methods.gradient import METHODS, GradientMethod
from asyt.methods.looks import LABELS, LOOKS
from asyt.methods.table import NAMES, budgets, method

__all__ = ["LABELS", "LOOKS", "METHODS", "NAMES", "GradientMethod", "Method", "budgets", "method"]
