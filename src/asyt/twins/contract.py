"""What a digital model is to those who use one: layers of weights, and five functions of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class Layer(NamedTuple):
    """What a layer is set to, or its update: weight (..., out, in), bias (..., out) or None.

    Example:
        >>> import torch
        >>> from asyt.twins import Layer
        >>> Layer(torch.zeros(3, 4), torch.zeros(3)).spread(20).weight.shape
        torch.Size([20, 3, 4])
    """

    weight: Tensor
    bias: Tensor | None = None

    def tensors(self) -> tuple[Tensor, ...]:
        """Weight and bias, or the weight alone."""
        if self.bias is None:
            return (self.weight,)
        return (self.weight, self.bias)

    def map(self, change: Callable[..., Tensor], *others: Layer) -> Layer:
        """A layer of `change` of the weights, and of the biases, of this one and the others."""
        weights = [other.weight for other in others]
        weight = change(self.weight, *weights)
        if self.bias is None:
            return Layer(weight)
        biases = [other.bias for other in others]
        return Layer(weight, change(self.bias, *biases))

    def filled(self, values: Iterable[Tensor]) -> Layer:
        """A layer of other tensors, in the order of `tensors`."""
        return Layer(*values)

    @property
    def leading(self) -> tuple[int, ...]:
        """The axes in front, (C,) or (S, C); () of one digital model."""
        return tuple(self.weight.shape[:-2])

    def drawn(self, draw: Callable[[tuple[int, ...]], Tensor]) -> Layer:
        """Numbers for every parameter of every chip; `draw` makes (C, *shape) from a shape."""
        n_out, n_in = self.weight.shape[-2:]
        table = draw((n_out, n_in + 1)).to(self.weight)  # the last column belongs to the bias
        weight = table[..., :-1]
        if self.bias is None:
            return Layer(weight)
        return Layer(weight, table[..., -1])

    def to(self, compute: torch.device | str) -> Layer:
        """The same values on a processor."""
        return self.map(lambda tensor: tensor.to(compute))

    def expand(self, *leading: int) -> Layer:
        """Views with other leading axes, to which those of each broadcast."""
        weight = self.weight.expand(*leading, *self.weight.shape[-2:])
        if self.bias is None:
            return Layer(weight)
        bias = self.bias.expand(*leading, self.bias.shape[-1])
        return Layer(weight, bias)

    def spread(self, population: int) -> Layer:
        """One view a chip: (out, in) or (S, 1, out, in) -> (C, out, in) or (S, C, out, in)."""
        return self.expand(*self.weight.shape[:-3], population)

    def shared(self) -> Layer:
        """Undo `spread`: a layer that all chips see as one, without its axis of chips."""
        axes = self.weight.dim()
        if axes < 3 or self.weight.stride(-3) != 0:
            return self
        if axes == 3:
            return self.map(lambda tensor: tensor[0])
        return self.map(lambda tensor: tensor[:, :1])


#: One a layer. A network made from modules has `Named` ones, tensors of any shape by name, with
#: which the same can be done.
Weights = list[Layer]


def tensors(weights: Iterable[Layer]) -> list[Tensor]:
    """All weights and biases, layer by layer.

    Example:
        >>> from asyt.twins import Perceptron, tensors
        >>> len(tensors(Perceptron((4, 4, 3)).initial(0, 1.0, 0.5)))
        4
    """
    flat: list[Tensor] = []
    for layer in weights:
        flat += layer.tensors()
    return flat


class Twin(Protocol):
    """A digital model of a device, as the trainer and the methods see it: a chain of layers.

    A layer is a function that controls set, its net output z = f(controls, a), and a fixed
    non-linearity g(z) behind it. Where the two are not told apart, all is f and g(z) = z.
    A method that needs to know more of it says so (`asyt.twins.perceptron.required`).

    Example:
        >>> from asyt.twins import Perceptron, Twin
        >>> twin: Twin = Perceptron((4, 4, 3))
        >>> twin.depth
        2
    """

    @property
    def depth(self) -> int:
        """Number of layers."""
        ...

    def forward(self, weights: Weights, x: Tensor) -> list[Tensor]:
        """What every layer carries, (..., B, n), inputs first; the last is the read-out."""
        ...

    def activate(self, l: int, layer: Layer, a: Tensor) -> Tensor:
        """What layer l, set to `layer`, makes of its inputs (..., B, n)."""
        ...

    def net(self, l: int, layer: Layer, a: Tensor) -> Tensor:
        """Net output of layer l, set to `layer`; differentiable by autograd."""
        ...

    def settle(self, l: int, z: Tensor) -> Tensor:
        """Activation of layer l from its net output; differentiable by autograd."""
        ...

    def derivative(self, l: int, a: Tensor) -> Tensor:
        """g'(z) of layer l, from its activation a = g(z)."""
        ...

    def error(self, readout: Tensor, target: Tensor) -> Tensor:
        """dL/dz at the output, a sample (..., B, P), from a read-out of any origin."""
        ...

    def loss_value(self, readout: Tensor, target: Tensor) -> Tensor:
        """The loss a sample (..., B), whose derivative `error` is."""
        ...

    def gradient(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> Layer:
        """What dL/dz of layer l, (..., B, n), asks of its controls, summed over the batch."""
        ...

    def back(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> tuple[Tensor, Layer]:
        """From dL/dz of layer l to dL/d(what entered it), and its `gradient`."""
        ...

    def vjp(
        self,
        states: list[Tensor],
        weights: Weights,
        error: Tensor,
        at: list[Tensor] | None = None,
    ) -> Weights:
        """Back-propagate an output error through states and weights, summed over the batch."""
        ...
