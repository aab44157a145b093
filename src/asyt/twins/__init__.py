"""Digital models of a device: a forward pass and a vector-Jacobian product."""

from asyt.twins.functional import Functional
from asyt.twins.perceptron import Layer, Perceptron, Weights, net

__all__ = ["Functional", "Layer", "Perceptron", "Weights", "net"]
