"""Digital models of a device: a forward pass and a vector-Jacobian product.

Example:
    >>> from asyt.twins import Perceptron, Weights
    >>> weights: Weights = Perceptron((4, 4, 3)).initial(seed=0, weight_scale=1.0, bias_scale=0.5)
    >>> len(weights)
    2
"""

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
