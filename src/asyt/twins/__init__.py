"""Digital models of a device: a forward pass and a vector-Jacobian product."""

from asyt.twins.contract import Layer, Twin, Weights, tensors
from asyt.twins.functional import Functional
from asyt.twins.named import Named
from asyt.twins.network import Neural
from asyt.twins.perceptron import Perceptron, net

__all__ = [
    "Functional",
    "Layer",
    "Named",
    "Neural",
    "Perceptron",
    "Twin",
    "Weights",
    "net",
    "tensors",
]
