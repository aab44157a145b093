"""What is timed: the trainer with each method, and back-propagation as fast as we can write it without the trainer.

All train [784, 256, 256, 10] on one preloaded batch of 600 by gradient descent; direct feedback alignment and the
back-propagation beside it train [784, 1024, 1024, 10] on 128.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from asyt import streams
from asyt.devices import DistortedDevice, Noise
from asyt.methods import METHODS
from asyt.methods.feedback import RandomFeedback, dfa
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron, products

RATE = 1e-4
DISTORTION = 0.6
#: One step; returns the weights and biases of the digital network, layer by layer.
Step = Callable[[], list[Tensor]]
Linear = Callable[[Tensor, Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Task:
    """Layers and batch size; inputs and labels are drawn, since speed does not depend on them."""

    layers: tuple[int, ...] = (784, 256, 256, 10)
    batch: int = 600

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Inputs (B, in) and labels (B,)."""
        x = streams.normal((self.batch, self.layers[0]), "subset", 0).abs().float()
        return functional.normalize(x), streams.permutation(self.batch, "subset", 1) % self.layers[-1]

    @property
    def products(self) -> list[tuple[int, int]]:
        """(out, in) of each layer."""
        return [(n_out, n_in) for n_in, n_out in zip(self.layers, self.layers[1:], strict=False)]

    def flops(self) -> dict[str, float]:
        """Floating point operations of the products of one network and step: forward, backward, all."""
        forward = sum(2.0 * self.batch * n_out * n_in for n_out, n_in in self.products)
        first = 2.0 * self.batch * self.products[0][0] * self.products[0][1]
        return {"forward": forward, "backward": 2 * forward - first, "all": 3 * forward - first}


MNIST = Task()
WIDE = Task((784, 1024, 1024, 10), 128)


class _Linear(torch.autograd.Function):
    """A linear layer for autograd by this library's products."""

    @staticmethod
    def forward(ctx, a: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(a, weight)
        return products.forward(a, weight).add_(bias)

    @staticmethod
    def backward(ctx, error: Tensor) -> tuple[Tensor | None, Tensor, Tensor]:
        a, weight = ctx.saved_tensors
        back = products.backward(error, weight) if ctx.needs_input_grad[0] else None
        return back, products.gradient(error, a), error.sum(0)


def plain(task: Task, linear: Linear = functional.linear) -> Step:
    """Back-propagation as a PyTorch user writes it: autograd, cross-entropy, torch.optim.SGD."""
    x, labels = task.tensors()
    parameters = [torch.nn.Parameter(t) for layer in Perceptron(task.layers).initial(0, 0.1, 0.5) for t in layer]
    optimizer = torch.optim.SGD(parameters, RATE)
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))

    def step() -> list[Tensor]:
        optimizer.zero_grad()
        a = x
        for weight, bias in pairs[:-1]:
            a = torch.relu(linear(a, weight, bias))
        functional.cross_entropy(linear(a, *pairs[-1]), labels, reduction="sum").backward()
        optimizer.step()
        return parameters

    return step


def by_hand(task: Task) -> Step:
    """Back-propagation without autograd, optimizer or trainer: this library's products and tensors updated in place."""
    x, labels = task.tensors()
    target = functional.one_hot(labels, task.layers[-1]).float()
    layers = Perceptron(task.layers).initial(0, 0.1, 0.5)

    @torch.no_grad()
    def step() -> list[Tensor]:
        states = [x]
        for weight, bias in layers[:-1]:
            states.append(products.forward(states[-1], weight).add_(bias).relu_())
        error = products.forward(states[-1], layers[-1].weight).add_(layers[-1].bias).softmax(-1).sub_(target)
        for l in range(len(layers) - 1, -1, -1):
            weight, bias = layers[l]
            back = products.backward(error, weight).mul_(states[l] > 0) if l else None
            weight.sub_(products.gradient(error, states[l]), alpha=RATE)
            bias.sub_(error.sum(0), alpha=RATE)
            error = back
        return [t for layer in layers for t in layer]

    return step


def fleet(method: str, chips: int, noise: Noise | None = None, task: Task = MNIST) -> Step:
    """A step of the trainer: the digital model, and C chips trained by a method."""
    x, labels = task.tensors()
    target = functional.one_hot(labels, task.layers[-1]).float()
    twin = Perceptron(task.layers, clip=1.0)
    device = DistortedDevice(twin, chips, 0, distortion=DISTORTION, noise=noise,
                             encapsulated=method in ("asyt", "pseudo-ip-bp"))  # fmt: skip
    trainer = Trainer(twin, twin.initial(0, 0.1, 0.5), Data(x, target, x, target), Schedule(1, task.batch, RATE),
                      branches={method: Branch(METHODS[method], device)})  # fmt: skip

    @torch.no_grad()
    def step() -> list[Tensor]:
        trainer.step(x, target)
        return [t for layer in trainer.digital for t in layer]

    return step


def digital_dfa(task: Task = WIDE) -> Step:
    """Direct feedback alignment of one digital network, its projection included."""
    x, labels = task.tensors()
    target = functional.one_hot(labels, task.layers[-1]).float()
    twin = Perceptron(task.layers)
    layers = twin.initial(0, 0.03, 0.0)
    matrix = RandomFeedback(sum(task.layers[1:-1]), task.layers[-1], 0).matrix

    @torch.no_grad()
    def step() -> list[Tensor]:
        states = twin.forward(layers, x)
        error = twin.error(states[-1], target)
        updates = dfa(twin, states, layers, error, products.forward(error, matrix))
        for layer, update in zip(layers, updates, strict=True):
            for tensor, value in zip(layer, update, strict=True):
                tensor.sub_(value, alpha=RATE)
        return [t for layer in layers for t in layer]

    return step


NOISE = Noise(10.0)
#: Name -> (how it is built, chips). "bp" is the faster of the two ways a PyTorch user can have.
CONTENDERS: dict[str, tuple[Callable[[], Step], int]] = {
    "bp, torch's products": (lambda: plain(MNIST), 1),
    "bp, our products": (lambda: plain(MNIST, _Linear.apply), 1),
    "bp by hand": (lambda: by_hand(MNIST), 1),
    "asyt, C = 1": (lambda: fleet("asyt", 1), 1),
    "asyt, C = 16": (lambda: fleet("asyt", 16), 16),
    "asyt, C = 64": (lambda: fleet("asyt", 64), 64),
    "asyt, C = 16, 10 dB": (lambda: fleet("asyt", 16, NOISE), 16),
    "pseudo IP-BP, C = 16": (lambda: fleet("pseudo-ip-bp", 16), 16),
    "PAT, C = 16": (lambda: fleet("pat", 16), 16),
    "PAT read-out, C = 16": (lambda: fleet("pat-readout", 16), 16),
    "wide bp, torch's products": (lambda: plain(WIDE), 1),
    "wide bp, our products": (lambda: plain(WIDE, _Linear.apply), 1),
    "wide dfa": (digital_dfa, 1),
}
