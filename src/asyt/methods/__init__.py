"""Training methods. The gradient family is one table of rows; a method with code of its own has a file."""

from asyt.methods.gradient import METHODS, GradientMethod, method

__all__ = ["METHODS", "GradientMethod", "method"]
