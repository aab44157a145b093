"""The multi-layer perceptron, batched over any leading axes and differentiated by hand (AsyT Eqs. 1, 5-7).

All tensors may carry leading axes (C devices, S trajectories, ...) that broadcast against each
other: inputs (..., B, in), weights (..., out, in), biases (..., out), states (..., B, n). Where the
    states and the
weights are shared by all devices, each layer of the backward pass is one large matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError, lookup
from asyt.twins import products


class Layer(NamedTuple):
    """What one layer is set to, or the update of it: weight (..., out, in), bias (..., out) or None."""

    weight: Tensor
    bias: Tensor | None

    def tensors(self) -> tuple[Tensor, ...]:
        """Weight and bias, or the weight alone."""
        return (self.weight,) if self.bias is None else (self.weight, self.bias)

    def map(self, change: Callable[[Tensor], Tensor]) -> Layer:
        """The layer with `change` applied to weight and bias."""
        return Layer(change(self.weight), None if self.bias is None else change(self.bias))

    def to(self, compute: torch.device | str) -> Layer:
        """The same values on a processor."""
        return self.map(lambda tensor: tensor.to(compute))


Weights = list[Layer]

#: g(z), in place, and g'(z) written with the activation a = g(z).
ACTIVATIONS = {
    "relu": (torch.relu_, lambda a: a > 0),
    "tanh": (torch.tanh_, lambda a: 1 - a * a),
    "sigmoid": (torch.sigmoid_, lambda a: a * (1 - a)),
}
#: What the last layer does in the physics, before the read-out. Softmax follows digitally.
OUTPUTS = ("softmax", "linear", *ACTIVATIONS)
LOSSES = ("cross-entropy", "mse")


def net(layer: Layer, a: Tensor) -> Tensor:
    """Net output z = W a + b of a layer (Eq. 1), samples in rows: (..., B, in) -> (..., B, out)."""
    z = products.forward(a, layer.weight)
    if layer.bias is not None:
        z += layer.bias.unsqueeze(-2)
    return z


@dataclass(frozen=True)
class Perceptron:
    """A fully connected network: z = W a + b, a = g(clip(z)) (AsyT Eq. 1 and "Construction of the parallel model").

    Attributes:
        layers: neurons a layer, input first, e.g. (784, 256, 256, 10).
        activation: hidden non-linearity: relu, tanh or sigmoid.
        output: softmax (applied digitally to the read-out), linear, or a physical non-linearity.
        loss: cross-entropy or mse (half the squared error, summed over the outputs).
        clip: hidden pre-activations are limited to +-clip * A, A the input width of the layer; None
            is no limit. The paper takes A as written (clip 1), its public demo 5 A.
        clip_output: limit the output layer too.
        straight_through: back-propagate as if nothing had been clipped, as the public demo does.
            Otherwise the gradient of a limited neuron is zero, which is what the limited model's
            derivative is.
        bias: whether layers have a bias.
        threshold: where the non-linearity of the hidden layers lies: a = g(z - threshold). Powers
            are never negative, so a sigmoid between 0 and 1 needs one (a ring resonator's
            detuning).

    Raises:
        UnknownNameError: an activation, output or loss that does not exist.
        AsytError: fewer than two layers, a layer without neurons, a clip that is not positive, or
            an output and loss that do not go together.
    """

    layers: tuple[int, ...]
    activation: str = "relu"
    output: str = "softmax"
    loss: str = "cross-entropy"
    clip: float | None = None
    clip_output: bool = False
    straight_through: bool = False
    bias: bool = True
    threshold: float = 0.0

    def __post_init__(self):
        if len(self.layers) < 2 or min(self.layers) < 1:
            raise AsytError(
                f"layers {self.layers}: give at least an input and an output width, all positive."
            )
        lookup(self.activation, ACTIVATIONS, "activation")
        lookup(self.output, OUTPUTS, "output")
        lookup(self.loss, LOSSES, "loss")
        if self.loss == "cross-entropy" and self.output not in ("softmax", "sigmoid"):
            raise AsytError(
                f"cross-entropy needs probabilities, output '{self.output}' gives none: use loss "
                "'mse'."
            )
        if self.clip is not None and not self.clip > 0:
            raise AsytError(
                f"clip {self.clip}: give a positive multiple of the layer's input width, or None."
            )

    @property
    def depth(self) -> int:
        """Number of connections between layers."""
        return len(self.layers) - 1

    def initial(
        self, seed: int, weight_scale: float, bias_scale: float, dtype=torch.float32
    ) -> Weights:
        """Initial controls of stream `initial`: weights and biases normal with the given standard deviations."""
        drawn = []
        for l, (n_in, n_out) in enumerate(zip(self.layers, self.layers[1:], strict=False)):
            weight = weight_scale * streams.normal((n_out, n_in), "initial", seed, l, 0)
            bias = (
                bias_scale * streams.normal((n_out,), "initial", seed, l, 1) if self.bias else None
            )
            drawn.append(Layer(weight.to(dtype), None if bias is None else bias.to(dtype)))
        return drawn

    def bound(self, l: int) -> float | None:
        """The largest net output |z| of layer l, or None."""
        limited = self.clip is not None and (l < self.depth - 1 or self.clip_output)
        return self.clip * self.layers[l] if limited else None

    def forward(self, weights: Weights, x: Tensor, disturb=None) -> list[Tensor]:
        """Propagate a batch.

        Args:
            weights: a layer (..., out, in) and (..., out).
            x: inputs (..., B, in).
            disturb: optional function (layer index, net output) -> net output, with which a
                simulated device distorts and adds noise. Called before clipping.

        Returns:
            The activations of all layers, input first; the last is the read-out (before a softmax).
        """
        states = [x]
        for l, layer in enumerate(weights):
            states.append(self.activate(l, layer, states[-1], disturb))
        return states

    def activate(self, l: int, layer: Layer, a: Tensor, disturb=None) -> Tensor:
        """Activation of layer l, set to `layer`, from what enters it (..., B, in); `disturb` as in `forward`."""
        z = net(layer, a)
        if disturb is not None:
            z = disturb(l, z)
        if (bound := self.bound(l)) is not None:
            z.clamp_(-bound, bound)
        return self.nonlinear(l, z)

    def nonlinear(self, l: int, z: Tensor) -> Tensor:
        """Activation of layer l from its net output; may write into z."""
        hidden = l < self.depth - 1
        name = self.activation if hidden else self.output
        if hidden and self.threshold:
            z -= self.threshold
        return ACTIVATIONS[name][0](z) if name in ACTIVATIONS else z

    def derivative(self, l: int, a: Tensor) -> Tensor:
        """g'(clip(z)) of layer l from its activation a; zero at the limit of a neuron, unless straight-through."""
        name = self.activation if l < self.depth - 1 else self.output
        slope = ACTIVATIONS[name][1](a) if name in ACTIVATIONS else torch.ones_like(a)
        inside = self._inside(l, a)
        return slope if inside is None else slope * inside

    def pull(self, l: int, error: Tensor, a: Tensor) -> Tensor:
        """Product error * g'(clip(z)) at layer l, a its activation; written into `error` (Eq. 5)."""
        if self.activation != "relu" or l == self.depth - 1:
            return error.mul_(self.derivative(l, a))
        bound = None if self.straight_through else self.bound(l)
        high = (
            math.inf
            if bound is None
            else (bound - self.threshold) * (1 - 8 * torch.finfo(a.dtype).eps)
        )
        # 1 where 0 < a < high, else 0, and the product with it, in one pass
        return torch.ops.aten.hardtanh_backward.grad_input(error, a, 0.0, high, grad_input=error)

    def _inside(self, l: int, a: Tensor) -> Tensor | None:
        """Which neurons of layer l are not at their limit, from its activation a; None where no limit counts.

        Equal to rounding counts as at the limit: tanh and sigmoid round differently along a vector.
        """
        bound = self.bound(l)
        if bound is None or self.straight_through:
            return None
        low, high = self.nonlinear(l, torch.tensor([-bound, bound], dtype=a.dtype, device=a.device))
        rounding = 8 * torch.finfo(a.dtype).eps
        return (a > low + rounding * low.abs()) & (a < high - rounding * high.abs())

    def predict(self, readout: Tensor) -> Tensor:
        """Class scores from the read-out: softmax where the output is one."""
        return products.softmax(readout) if self.output == "softmax" else readout

    def error(self, readout: Tensor, target: Tensor) -> Tensor:
        """dL/dz at the output layer, a sample, from a read-out of any origin (digital or measured).

        Args:
            readout: (..., B, P).
            target: one-hot (B, P).
        """
        prediction = self.predict(readout)
        error = prediction - target
        if self.loss == "mse" and self.output == "softmax":  # transpose of the softmax Jacobian
            error = prediction * (error - (error * prediction).sum(-1, keepdim=True))
        elif self.loss == "mse" and self.output in ACTIVATIONS:
            error = error * ACTIVATIONS[self.output][1](readout)
        inside = self._inside(
            self.depth - 1, readout
        )  # with cross-entropy the output's derivative cancels
        return error if inside is None else error * inside

    def loss_value(self, readout: Tensor, target: Tensor) -> Tensor:
        """The loss a sample (..., B), whose derivative `error` is."""
        if self.loss == "mse":
            return 0.5 * (self.predict(readout) - target).square().sum(-1)
        if self.output == "softmax":
            return -(target * readout.log_softmax(-1)).sum(-1)
        return -(torch.xlogy(target, readout) + torch.xlogy(1 - target, 1 - readout)).sum(-1)

    def vjp(
        self, states: list[Tensor], weights: Weights, error: Tensor, at: list[Tensor] | None = None
    ) -> Weights:
        """Back-propagate an output error through given states and weights (AsyT Eqs. 5-7), summed over the batch.

        The one primitive of every gradient-like method: linear in `error`, so a mix of errors gives
        the mix of gradients in a single pass.

        Args:
            states: activations as `forward` returns them (the last one is not used), (..., B, n).
            weights: the weights to go back through, (..., out, in).
            error: dL/dz at the output, (..., B, P).
            at: activations, listed as the states, at which the slopes are taken; by default the
                states themselves. On a device what enters a layer (a state) need not be what the
                twin of the layer before gives (PAT).

        Returns:
            The gradient a layer, weight (..., out, in) and bias (..., out).
        """
        at = states if at is None else at
        gradient = []
        for l in range(self.depth - 1, -1, -1):
            weight_gradient = products.gradient(error, states[l])  # Eq. 6
            gradient.append(
                Layer(weight_gradient, None if weights[l].bias is None else products.total(error))
            )  # Eq. 7
            if l > 0:
                error = self.pull(
                    l - 1, products.backward(error, weights[l].weight), at[l]
                )  # Eq. 5
        return gradient[::-1]
