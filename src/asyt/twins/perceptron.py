"""The multi-layer perceptron, batched, and differentiated by hand (AsyT Eqs. 1, 5-7).

All tensors may carry leading axes (C devices, S trajectories, ...) that broadcast against each
other: inputs (..., B, in), weights (..., out, in), biases (..., out), states (..., B, n).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from asyt import streams
from asyt.errors import AsytError, lookup
from asyt.twins import kernels, products
from asyt.twins.contract import Layer, Twin, Weights

#: (layer index, net output) -> net output: what a simulated device does before the clipping.
Disturb = Callable[[int, Tensor], Tensor]
#: g(z), in place, and g'(z) written with the activation a = g(z).
ACTIVATIONS = {
    "relu": (torch.relu_, lambda a: a > 0),
    "tanh": (torch.tanh_, lambda a: 1 - a * a),
    "sigmoid": (torch.sigmoid_, lambda a: a * (1 - a)),
}
_LINEAR = (lambda z: z, torch.ones_like)
#: What the last layer does in the physics, before the read-out. Softmax follows digitally.
OUTPUTS = ("softmax", "linear", *ACTIVATIONS)
LOSSES = ("cross-entropy", "mse")
#: Methods that train any differentiable network, encapsulated or not; PAT and DAT want to read it.
ANY = "asyt, pseudo-ip-bp, spsa, or, if every layer can be read, pat or dat"


def net(layer: Layer, a: Tensor) -> Tensor:
    """Net output z = W a + b of a layer (Eq. 1), samples in rows: (..., B, in) -> (..., B, out).

    Example:
        >>> import torch
        >>> from asyt.twins import Layer, net
        >>> net(Layer(torch.ones(3, 4), torch.ones(3)), torch.ones(1, 4))
        tensor([[5., 5., 5.]])
    """
    z = products.forward(a, layer.weight)
    if layer.bias is not None:
        z += layer.bias.unsqueeze(-2)
    return z


@dataclass(frozen=True)
class Perceptron:
    """A fully connected network: z = W a + b, a = g(clip(z)) (AsyT Eq. 1 and "parallel model").

    Attributes:
        layers: neurons a layer, input first, e.g. (784, 256, 256, 10).
        activation: hidden non-linearity: relu, tanh or sigmoid.
        output: softmax (applied digitally to the read-out), linear, or a physical non-linearity.
        loss: cross-entropy or mse (half the squared error, summed over the outputs).
        clip: hidden pre-activations are limited to +-clip * A, A the input width of the layer; None
            is no limit. The paper takes A as written (clip 1), its public demo 5 A.
        clip_output: limit the output layer too.
        straight_through: back-propagate as if nothing had been clipped, as the public demo does;
            else the gradient of a limited neuron is zero.
        bias: whether layers have a bias.
        threshold: of the hidden layers, a = g(z - threshold): powers are never negative, so a
            sigmoid between 0 and 1 needs one (a ring resonator's detuning).

    Raises:
        AsytError: values out of range, or an output and loss that do not go together.

    Example:
        >>> import torch
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 4, 3), activation="sigmoid")
        >>> weights = twin.initial(seed=0, weight_scale=1.0, bias_scale=0.5)
        >>> states = twin.forward(weights, torch.rand(5, 4))
        >>> error = twin.error(states[-1], torch.eye(3)[torch.arange(5) % 3])
        >>> [layer.weight.shape for layer in twin.vjp(states, weights, error)]
        [torch.Size([4, 4]), torch.Size([3, 4])]
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
        self,
        seed: int,
        weight_scale: float,
        bias_scale: float,
        dtype: torch.dtype = torch.float32,
    ) -> Weights:
        """Initial controls of stream `initial`, normal with these standard deviations."""
        drawn = []
        for l, shape in enumerate(self.shapes):
            weight = weight_scale * streams.normal(shape, "initial", seed, l, 0)
            layer = Layer(weight.to(dtype))
            if self.bias:
                bias = bias_scale * streams.normal(shape[:1], "initial", seed, l, 1)
                layer = layer._replace(bias=bias.to(dtype))
            drawn.append(layer)
        return drawn

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(out, in) of every layer's weights."""
        return list(zip(self.layers[1:], self.layers, strict=False))

    def bound(self, l: int) -> float | None:
        """The largest net output |z| of layer l, or None."""
        limited = self.clip_output or not self._last(l)
        if self.clip is None or not limited:
            return None
        return self.clip * self.layers[l]

    def _last(self, l: int) -> bool:
        return l == self.depth - 1

    def _name(self, l: int) -> str:
        """The non-linearity behind layer l."""
        return self.output if self._last(l) else self.activation

    def forward(
        self,
        weights: Weights,
        x: Tensor,
        disturb: Disturb | None = None,
    ) -> list[Tensor]:
        """The activations of all layers, input first; the last is the read-out, before a softmax.

        With `disturb` a simulated device distorts its net outputs before clipping.
        """
        states = [x]
        for l, layer in enumerate(weights):
            states.append(self.activate(l, layer, states[-1], disturb))
        return states

    def activate(
        self,
        l: int,
        layer: Layer,
        a: Tensor,
        disturb: Disturb | None = None,
    ) -> Tensor:
        """Activation of layer l, set to `layer`, from its inputs (..., B, in); see `forward`."""
        z = net(layer, a)
        if disturb is not None:
            z = disturb(l, z)
        bound = self.bound(l)
        if bound is not None:
            z.clamp_(-bound, bound)
        return self.nonlinear(l, z)

    def net(
        self,
        l: int,  # noqa: ARG002 - as `Twin.net`
        layer: Layer,
        a: Tensor,
    ) -> Tensor:
        """Net output of a layer; where autograd watches, by products that it knows."""
        if not torch.is_grad_enabled():
            return net(layer, a)
        z = torch.matmul(a, layer.weight.mT)
        if layer.bias is None:
            return z
        return z + layer.bias.unsqueeze(-2)

    def settle(self, l: int, z: Tensor) -> Tensor:
        """As `Twin.settle`: clipping and non-linearity; leaves z as it is."""
        bound = self.bound(l)
        if bound is None:
            return self.nonlinear(l, z.clone())
        clipped = functional.hardtanh(z, -bound, bound)  # as clamp, with one pass back, not four
        return self.nonlinear(l, clipped)

    def nonlinear(self, l: int, z: Tensor) -> Tensor:
        """Activation of layer l from its net output; may write into z."""
        name = self._name(l)
        if self.threshold and not self._last(l):
            z -= self.threshold
        activated, _ = ACTIVATIONS.get(name, _LINEAR)
        return activated(z)

    def derivative(self, l: int, a: Tensor) -> Tensor:
        """g'(clip(z)) of layer l from its activation; 0 at a limit, unless straight through."""
        inside = self._inside(l, a)
        _, slope_at = ACTIVATIONS.get(self._name(l), _LINEAR)
        slope = slope_at(a)
        return slope if inside is None else slope * inside

    def pull(self, l: int, error: Tensor, a: Tensor) -> Tensor:
        """Error * g'(clip(z)) at layer l, a its activation; written into `error` (Eq. 5)."""
        if self.activation != "relu" or self._last(l):
            return error.mul_(self.derivative(l, a))
        bound = None if self.straight_through else self.bound(l)
        if bound is None:
            return kernels.inside(error, a, math.inf)
        rounding = 8 * torch.finfo(a.dtype).eps
        limit = (bound - self.threshold) * (1 - rounding)
        return kernels.inside(error, a, limit)

    def _inside(self, l: int, a: Tensor) -> Tensor | None:
        """Which neurons of layer l are not, to rounding, at a limit; None where no limit counts."""
        bound = self.bound(l)
        if bound is None or self.straight_through:
            return None
        limits = torch.tensor([-bound, bound], dtype=a.dtype, device=a.device)
        low, high = self.nonlinear(l, limits)
        rounding = 8 * torch.finfo(a.dtype).eps
        above = a > low + rounding * low.abs()
        return above & (a < high - rounding * high.abs())

    def predict(self, readout: Tensor) -> Tensor:
        """Class scores from the read-out: softmax where the output is one."""
        if self.output == "softmax":
            return products.softmax(readout)
        return readout

    def error(self, readout: Tensor, target: Tensor) -> Tensor:
        """dL/dz at the output, a sample (..., B, P), from a read-out of any origin."""
        prediction = self.predict(readout)
        error = prediction - target
        if self.loss == "mse" and self.output == "softmax":
            common = (error * prediction).sum(-1, keepdim=True)
            error = prediction * (error - common)  # transpose of the softmax Jacobian
        elif self.loss == "mse" and self.output in ACTIVATIONS:
            _, slope_at = ACTIVATIONS[self.output]
            error = error * slope_at(readout)
        # with cross-entropy the output's derivative cancels
        inside = self._inside(self.depth - 1, readout)
        return error if inside is None else error * inside

    def loss_value(self, readout: Tensor, target: Tensor) -> Tensor:
        """The loss a sample (..., B), whose derivative `error` is."""
        if self.loss == "mse":
            return 0.5 * (self.predict(readout) - target).square().sum(-1)
        if self.output == "softmax":
            return -(target * readout.log_softmax(-1)).sum(-1)
        wrong = torch.xlogy(1 - target, 1 - readout)
        return -(torch.xlogy(target, readout) + wrong).sum(-1)

    def gradient(
        self,
        l: int,  # noqa: ARG002 - as `Twin.gradient`
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> Layer:
        """As `Twin.gradient`: the same for every layer."""
        return layer_gradient(delta, entered, layer)

    def back(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> tuple[Tensor, Layer]:
        """As `Twin.back`."""
        error = products.backward(delta, layer.weight)
        return error, self.gradient(l, layer, entered, delta)

    def vjp(
        self,
        states: list[Tensor],
        weights: Weights,
        error: Tensor,
        at: list[Tensor] | None = None,
    ) -> Weights:
        """Back-propagate an output error through given states and weights (AsyT Eqs. 5-7).

        Summed over the batch, and linear in `error`: a mix of errors gives the mix of gradients.

        Args:
            states: activations as `forward` returns them, (..., B, n); the last one is not used.
            weights: the weights to go back through, (..., out, in).
            error: dL/dz at the output, (..., B, P).
            at: activations at which the slopes are taken; by default the states. On a device what
                enters a layer (a state) need not be what the twin of the layer before gives (PAT).
        """
        at = states if at is None else at
        gradient = []
        for l in reversed(range(self.depth)):
            layer = weights[l]
            gradient.append(layer_gradient(error, states[l], layer))
            if l > 0:  # Eq. 5
                error = products.backward(error, layer.weight)
                error = self.pull(l - 1, error, at[l])
        return gradient[::-1]


def layer_gradient(delta: Tensor, entered: Tensor, layer: Layer) -> Layer:
    """What dL/dz of a layer, (..., B, out), asks of its weight (Eq. 6) and bias (Eq. 7), if any."""
    weight = products.gradient(delta, entered)
    if layer.bias is None:
        return Layer(weight)
    return Layer(weight, products.total(delta))


def required(twin: Twin, what: str) -> Perceptron:
    """The twin, if it is a perceptron; else an `AsytError` that names what needs one."""
    if isinstance(twin, Perceptron):
        return twin
    raise AsytError(
        f"{what} needs the layers and derivatives of a Perceptron; the twin is a "
        f"{type(twin).__name__}. Use a method that asks for less: {ANY}."
    )


def whole(twin: Twin) -> bool:
    """Whether a network is one single function to its twin, whatever is inside."""
    return twin.depth == 1 and not isinstance(twin, Perceptron)


def opened(twin: Twin, what: str) -> None:
    """Refuse, by an `AsytError`, a `whole` network."""
    if whole(twin):
        raise AsytError(
            f"{what} trains by what the parts of a network carry, and the twin is one single "
            "function: give its parts one after the other (`Neural.of(first, second, example=x)`) "
            f"and an open device, or use a method that asks for less: {ANY}."
        )
