"""What is timed: the trainer with each method, and back-propagation without the trainer.

All train [784, 256, 256, 10] on one preloaded batch of 600 by gradient descent; direct feedback
alignment and the back-propagation beside it train [784, 1024, 1024, 10] on 128.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from asyt import streams
from asyt.devices import Device, DistortedDevice, DistortedNetwork, Noise
from asyt.methods import method as find
from asyt.methods.feedback import RandomFeedback, dfa
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, Neural, Perceptron, Twin, Weights, kernels, net, products, tensors

RATE = 1e-4
DISTORTION = 0.6
#: One step; returns the weights and biases of the digital network, layer by layer.
Step = Callable[[], list[Tensor]]


@dataclass(frozen=True)
class Task:
    """Layers and batch size; inputs and labels are drawn, since speed does not depend on them."""

    layers: tuple[int, ...] = (784, 256, 256, 10)
    batch: int = 600

    def tensors(self, compute: str = "cpu") -> tuple[Tensor, Tensor]:
        """Inputs (B, in) and labels (B,)."""
        inputs, outputs = self.layers[0], self.layers[-1]
        drawn = streams.normal((self.batch, inputs), "subset", 0)
        x = functional.normalize(drawn.abs().float())
        labels = streams.permutation(self.batch, "subset", 1) % outputs
        return x.to(compute), labels.to(compute)

    def targeted(self, compute: str = "cpu") -> tuple[Tensor, Tensor]:
        """Inputs (B, in) and targets (B, P)."""
        x, labels = self.tensors(compute)
        classes = torch.arange(self.layers[-1], device=labels.device)
        target = labels.unsqueeze(-1) == classes
        return x, target.float()

    def initial(
        self,
        compute: str = "cpu",
        weight: float = 0.1,
        bias: float = 0.5,
    ) -> Weights:
        """Weights to start from, of the given scales of weights and biases."""
        twin = Perceptron(self.layers)
        return [layer.to(compute) for layer in twin.initial(0, weight, bias)]

    @property
    def products(self) -> list[tuple[int, int]]:
        """(out, in) of each layer."""
        return Perceptron(self.layers).shapes

    def flops(self) -> dict[str, float]:
        """Floating point operations of the products of one network and step, by pass."""
        operations = [2.0 * self.batch * n_out * n_in for n_out, n_in in self.products]
        forward = sum(operations)
        backward = 2 * forward - operations[0]
        return {
            "forward": forward,
            "backward": backward,
            "all": forward + backward,
        }


MNIST = Task()
WIDE = Task((784, 1024, 1024, 10), 128)


def descend(layer: Layer, update: Layer) -> None:
    """A step of gradient descent, in place."""
    for tensor, value in zip(layer.tensors(), update.tensors(), strict=True):
        tensor.sub_(value, alpha=RATE)


class _Linear(torch.autograd.Function):
    """A linear layer for autograd by this library's products."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(a, weight)
        return products.forward(a, weight).add_(bias)

    @staticmethod
    def backward(ctx: Any, error: Tensor) -> tuple[Tensor | None, Tensor, Tensor]:
        a, weight = ctx.saved_tensors
        back = None
        if ctx.needs_input_grad[0]:
            back = products.backward(error, weight)
        return back, products.gradient(error, a), error.sum(0)


def plain(
    task: Task,
    linear: Callable[..., Tensor] = functional.linear,
    compute: str = "cpu",
) -> Step:
    """Back-propagation as a PyTorch user writes it: autograd, cross-entropy, torch.optim.SGD."""
    x, labels = task.tensors(compute)
    initial = tensors(task.initial(compute))
    parameters: list[Tensor] = [torch.nn.Parameter(tensor) for tensor in initial]
    optimizer = torch.optim.SGD(parameters, RATE)
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)

    def step() -> list[Tensor]:
        optimizer.zero_grad()
        a = x
        for weight, bias in hidden:
            a = torch.relu(linear(a, weight, bias))
        readout = linear(a, *last)
        functional.cross_entropy(readout, labels, reduction="sum").backward()
        optimizer.step()
        return parameters

    return step


def by_hand(task: Task, compute: str = "cpu") -> Step:
    """Back-propagation without autograd, optimizer or trainer: tensors updated in place."""
    x, target = task.targeted(compute)
    layers = task.initial(compute)

    @torch.no_grad()
    def step() -> list[Tensor]:
        states = [x]
        for layer in layers[:-1]:
            states.append(net(layer, states[-1]).relu_())
        error = net(layers[-1], states[-1]).softmax(-1).sub_(target)
        for l in range(len(layers) - 1, -1, -1):
            update = Layer(products.gradient(error, states[l]), error.sum(0))
            if l:
                error = products.backward(error, layers[l].weight).mul_(states[l] > 0)
            descend(layers[l], update)
        return tensors(layers)

    return step


def fleet(
    method: str,
    chips: int,
    noise: Noise | None = None,
    task: Task = MNIST,
    compute: str = "cpu",
    precision: str = "float32",
) -> Step:
    """A step of the trainer: the digital model, and C chips trained by a method."""
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
    trainer = _trainer(
        twin,
        task.initial(compute),
        method,
        population,
        task,
        compute,
        precision,
    )
    return _trained(trainer, task, compute)


def evaluated(chips: int, task: Task = MNIST, compute: str = "cpu") -> Step:
    """The read-outs and accuracies of C chips on `task.batch` samples, as after an epoch."""
    twin = Perceptron(task.layers, clip=1.0)
    population = DistortedDevice(
        twin,
        chips,
        0,
        distortion=DISTORTION,
        compute=compute,
    )
    trainer = _trainer(
        twin,
        task.initial(compute),
        "asyt",
        population,
        task,
        compute,
    )
    (branch,) = trainer.branches.values()
    read = partial(branch.method.scores, population, branch.controls)

    def step() -> list[Tensor]:
        return [trainer.accuracy("asyt", population, read, "test")]

    return step


def general(chips: int, task: Task = MNIST, compute: str = "cpu") -> Step:
    """A step of AsyT as that of `fleet`, but of a twin and chips made from a PyTorch module."""
    modules: list[nn.Module] = []
    for layer in task.initial():
        n_out, n_in = layer.weight.shape
        linear = nn.Linear(n_in, n_out)
        linear.load_state_dict({"weight": layer.weight, "bias": layer.bias})
        modules += [linear, nn.ReLU()]
    network = nn.Sequential(*modules[:-1])
    x, _ = task.tensors()
    twin = Neural.of(network, example=x[:2])
    population = DistortedNetwork(
        twin,
        chips,
        0,
        distortion=DISTORTION,
        compute=compute,
    )
    trainer = _trainer(
        twin,
        [layer.to(compute) for layer in twin.initial()],
        "asyt",
        population,
        task,
        compute,
    )
    return _trained(trainer, task, compute)


def _trained(trainer: Trainer, task: Task, compute: str) -> Step:
    """A step of the trainer with one branch."""
    x, target = task.targeted(compute)

    @torch.no_grad()
    def step() -> list[Tensor]:
        trainer.step(x, target)
        return tensors(trainer.digital)

    return step


def _trainer(
    twin: Twin,
    initial: Weights,
    method: str,
    population: Device,
    task: Task,
    compute: str,
    precision: str = "float32",
) -> Trainer:
    x, target = task.targeted(compute)
    return Trainer(
        twin,
        initial,
        Data(x, target, x, target),
        Schedule(1, task.batch, RATE, precision=precision),
        branches={method: Branch(find(method), population)},
    )


class _Recorded(Device):
    """Somebody's device that answers at once, always the same."""

    def __init__(self, readout: Tensor, layers: tuple[int, ...]):
        super().__init__(layers, len(readout))
        self._readout = readout

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:  # noqa: ARG002
        """As `Device.propagate`, without any physics."""
        return [x, self._readout]


def passed_on(chips: int, task: Task = MNIST, compute: str = "cpu") -> Step:
    """What `asyt.gate` does in a step with a device that is not ours: copies in, checks, a copy."""
    x, _ = task.targeted(compute)
    controls = [layer.spread(chips).map(torch.clone) for layer in task.initial(compute)]
    readout = x.new_ones(chips, task.batch, task.layers[-1])
    device = _Recorded(readout, task.layers)

    def step() -> list[Tensor]:
        return [device(controls, x)]

    return step


def digital_dfa(task: Task = WIDE, compute: str = "cpu") -> Step:
    """Direct feedback alignment of one digital network, its projection included."""
    x, target = task.targeted(compute)
    twin = Perceptron(task.layers)
    layers = task.initial(compute, 0.03, 0.0)
    feedback = RandomFeedback(sum(task.layers[1:-1]), task.layers[-1], 0)
    matrix = torch.as_tensor(feedback.matrix).to(compute)

    @torch.no_grad()
    def step() -> list[Tensor]:
        states = twin.forward(layers, x)
        error = twin.error(states[-1], target)
        projected = products.forward(error, matrix)
        updates = dfa(twin, states, layers, error, projected)
        for layer, update in zip(layers, updates, strict=True):
            descend(layer, update)
        return tensors(layers)

    return step


def operations(step: Step) -> int:
    """Floating point operations of the products of one step, counted while it runs."""
    ours = {kernels.internal("mkldnn._linear_pointwise"): _of_a_product}
    with FlopCounterMode(display=False, custom_mapping=ours) as counter:
        step()
    return counter.get_total_flops()


def _of_a_product(a: torch.Size, b: torch.Size, *_: object, **_shapes: object) -> int:
    """Operations of A b^T, from the shapes (..., m, k) and (n, k)."""
    return 2 * a.numel() * b[0]


@dataclass(frozen=True)
class Replay:
    """A step as one CUDA graph: all its kernels in one call.

    A graph reads and writes memory where it lay at the capture. So the step is kept, and with it
    its inputs, labels and weights.
    """

    graph: torch.cuda.CUDAGraph
    step: Step
    weights: list[Tensor]

    def __call__(self) -> list[Tensor]:
        """As the step, whose weights change in place."""
        self.graph.replay()
        return self.weights


def captured(step: Step) -> Replay:
    """The same step as a CUDA graph.

    Nothing in a step looks at a number. One that draws noise cannot be captured: its generator
    belongs to the device.
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
    return Replay(graph, step, weights)


@dataclass(frozen=True)
class Contender:
    """What is timed: how its step is built (it takes `compute`), and how many chips it trains."""

    build: Callable[..., Step]
    chips: int = 1


def _fleet(method: str, chips: int, noise: Noise | None = None) -> Contender:
    return Contender(partial(fleet, method, chips, noise), chips)


def _general(chips: int) -> Contender:
    return Contender(partial(general, chips), chips)


#: Methods that are no single backward pass, by their names.
OTHERS = ("spsa", "dat", "forward-only")
#: What is counted of them, and of BP, by `operations`.
OPERATIONS = "operations a step and chip"
#: By name. "bp" is the faster of the two ways a PyTorch user can have.
CONTENDERS = {
    "bp, torch's products": Contender(partial(plain, MNIST)),
    "bp, our products": Contender(partial(plain, MNIST, _Linear.apply)),
    "bp by hand": Contender(partial(by_hand, MNIST)),
    "asyt, C = 1": _fleet("asyt", 1),
    "asyt, C = 16": _fleet("asyt", 16),
    "asyt, C = 64": _fleet("asyt", 64),
    "asyt, C = 16, 10 dB": _fleet("asyt", 16, Noise(10.0)),
    "general twin, C = 1": _general(1),
    "general twin, C = 16": _general(16),
    "pseudo IP-BP, C = 16": _fleet("pseudo-ip-bp", 16),
    "PAT, C = 16": _fleet("pat", 16),
    "PAT read-out, C = 16": _fleet("pat-readout", 16),
    **{f"{name}, C = 16": _fleet(name, 16) for name in OTHERS},
    "wide bp, torch's products": Contender(partial(plain, WIDE)),
    "wide bp, our products": Contender(partial(plain, WIDE, _Linear.apply)),
    "wide dfa": Contender(partial(digital_dfa, WIDE)),
}
#: Those that cannot be captured as a CUDA graph.
EAGER = ("asyt, C = 16, 10 dB", *(f"{name}, C = 16" for name in OTHERS))
