"""What is timed: the trainer with each method, and back-propagation as fast as we can write it without the trainer.

All train [784, 256, 256, 10] on one preloaded batch of 600 by gradient descent; direct feedback
alignment and the back-propagation beside it train [784, 1024, 1024, 10] on 128.
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
from asyt.twins import Layer, Perceptron, Weights, products

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

    def tensors(self, compute: str = "cpu") -> tuple[Tensor, Tensor]:
        """Inputs (B, in) and labels (B,)."""
        x = streams.normal((self.batch, self.layers[0]), "subset", 0).abs().float()
        labels = streams.permutation(self.batch, "subset", 1) % self.layers[-1]
        return functional.normalize(x).to(compute), labels.to(compute)

    def one_hot(self, labels: Tensor) -> Tensor:
        """Targets (B, P)."""
        return (labels.unsqueeze(-1) == torch.arange(self.layers[-1], device=labels.device)).float()

    def initial(
        self, twin: Perceptron, compute: str = "cpu", scales: tuple[float, float] = (0.1, 0.5)
    ) -> Weights:
        """Weights to start from, of the given scales of weights and biases."""
        return [Layer(*(t.to(compute) for t in layer)) for layer in twin.initial(0, *scales)]

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


def plain(task: Task, linear: Linear = functional.linear, compute: str = "cpu") -> Step:
    """Back-propagation as a PyTorch user writes it: autograd, cross-entropy, torch.optim.SGD."""
    x, labels = task.tensors(compute)
    parameters = [
        torch.nn.Parameter(t)
        for layer in task.initial(Perceptron(task.layers), compute)
        for t in layer
    ]
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


def by_hand(task: Task, compute: str = "cpu") -> Step:
    """Back-propagation without autograd, optimizer or trainer: this library's products and tensors updated in place."""
    x, labels = task.tensors(compute)
    target = task.one_hot(labels)
    layers = task.initial(Perceptron(task.layers), compute)

    @torch.no_grad()
    def step() -> list[Tensor]:
        states = [x]
        for weight, bias in layers[:-1]:
            states.append(products.forward(states[-1], weight).add_(bias).relu_())
        error = (
            products.forward(states[-1], layers[-1].weight)
            .add_(layers[-1].bias)
            .softmax(-1)
            .sub_(target)
        )
        for l in range(len(layers) - 1, -1, -1):
            weight, bias = layers[l]
            back = products.backward(error, weight).mul_(states[l] > 0) if l else None
            weight.sub_(products.gradient(error, states[l]), alpha=RATE)
            bias.sub_(error.sum(0), alpha=RATE)
            error = back
        return [t for layer in layers for t in layer]

    return step


def fleet(
    method: str, chips: int, noise: Noise | None = None, task: Task = MNIST, compute: str = "cpu"
) -> Step:
    """A step of the trainer: the digital model, and C chips trained by a method."""
    x, labels = task.tensors(compute)
    target = task.one_hot(labels)
    twin = Perceptron(task.layers, clip=1.0)
    population = DistortedDevice(
        twin,
        chips,
        0,
        distortion=DISTORTION,
        noise=noise,
        compute=compute,
        encapsulated=method in ("asyt", "pseudo-ip-bp"),
    )
    trainer = Trainer(
        twin,
        task.initial(twin, compute),
        Data(x, target, x, target),
        Schedule(1, task.batch, RATE),
        branches={method: Branch(METHODS[method], population)},
    )

    @torch.no_grad()
    def step() -> list[Tensor]:
        trainer.step(x, target)
        return [t for layer in trainer.digital for t in layer]

    return step


def digital_dfa(task: Task = WIDE, compute: str = "cpu") -> Step:
    """Direct feedback alignment of one digital network, its projection included."""
    x, labels = task.tensors(compute)
    target = task.one_hot(labels)
    twin = Perceptron(task.layers)
    layers = task.initial(twin, compute, (0.03, 0.0))
    matrix = RandomFeedback(sum(task.layers[1:-1]), task.layers[-1], 0).matrix.to(compute)

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


def captured(step: Step) -> Step:
    """The same step as one CUDA graph: the GPU gets all its kernels in one call, and Python is not asked again.

    A step on fixed tensors can be captured as it is, since nothing in it looks at a number. One
    that draws noise
    cannot: its generator belongs to the device.
    """
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # kernels made and memory found before the capture
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        weights = step()

    def replay() -> list[Tensor]:
        graph.replay()
        return weights

    return replay


NOISE = Noise(10.0)
#: Name -> (device -> how it is built, chips). "bp" is the faster of the two ways a PyTorch user can
#: have.
CONTENDERS: dict[str, tuple[Callable[[str], Step], int]] = {
    "bp, torch's products": (lambda device: plain(MNIST, compute=device), 1),
    "bp, our products": (lambda device: plain(MNIST, _Linear.apply, device), 1),
    "bp by hand": (lambda device: by_hand(MNIST, device), 1),
    "asyt, C = 1": (lambda device: fleet("asyt", 1, compute=device), 1),
    "asyt, C = 16": (lambda device: fleet("asyt", 16, compute=device), 16),
    "asyt, C = 64": (lambda device: fleet("asyt", 64, compute=device), 64),
    "asyt, C = 16, 10 dB": (lambda device: fleet("asyt", 16, NOISE, compute=device), 16),
    "pseudo IP-BP, C = 16": (lambda device: fleet("pseudo-ip-bp", 16, compute=device), 16),
    "PAT, C = 16": (lambda device: fleet("pat", 16, compute=device), 16),
    "PAT read-out, C = 16": (lambda device: fleet("pat-readout", 16, compute=device), 16),
    "wide bp, torch's products": (lambda device: plain(WIDE, compute=device), 1),
    "wide bp, our products": (lambda device: plain(WIDE, _Linear.apply, device), 1),
    "wide dfa": (lambda device: digital_dfa(WIDE, device), 1),
}
#: Those that cannot be captured as a CUDA graph.
EAGER = ("asyt, C = 16, 10 dB",)
