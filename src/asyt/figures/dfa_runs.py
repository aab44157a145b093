"""MNIST trained by direct feedback alignment, digital and optical: the runs behind the numbers of Light-in-the-loop."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import torch
from tqdm import tqdm

from asyt import datasets, streams
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera
from asyt.errors import DivergenceError, lookup
from asyt.methods import feedback
from asyt.twins import Perceptron, products
from asyt.twins.perceptron import Layer, Weights

METHODS = ("dfa-optical", "dfa-ternary", "dfa", "fa", "bp", "readout-only")


@dataclass(frozen=True)
class Config:
    """One training run.

    From the paper: layers, tanh, Adam, epochs, threshold, rate (0.01 optical, 0.001 digital).
    Silent there, fixed here before any run: inputs in [0, 1], batches of 128, mean gradients,
    weights N(0, 1/inputs), biases zero, feedback N(0, 1) (Adam cancels its scale), softmax with
    cross-entropy, dark patterns not shown to the camera.
    """

    method: str = "dfa-optical"
    rate: float = 0.01
    dataset: str = "mnist"
    samples: int | None = None  # training samples used; None is all
    layers: tuple[int, ...] = (784, 1024, 1024, 10)
    epochs: int = 10
    batch_size: int = 128
    threshold: float = 0.1
    holography: str = "off-axis"
    bits: int = 8  # of the camera
    show_dark: bool = False  # expose patterns without a lit pixel too
    seed: int = 0  # of the initial weights, the batches and the medium

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.method}, rate {self.rate:g}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"method": self.method, "rate": self.rate, "seed": self.seed}


#: Method, learning rate and seeds of the paper profile. The last is a control: the optical rate, no
#: light.
VARIANTS = (
    ("dfa-optical", 0.01, range(10)),
    ("dfa-ternary", 0.001, range(5)),
    ("dfa", 0.001, range(5)),
    ("bp", 0.001, range(5)),
    ("fa", 0.001, range(5)),
    ("readout-only", 0.001, range(5)),
    ("dfa-ternary", 0.01, range(4, 5)),
)
PROFILES = {
    "smoke": Config(samples=1280, layers=(784, 64, 64, 10), epochs=1),
    "quick": Config(samples=12_800, layers=(784, 256, 256, 10), epochs=3),
    "paper": Config(),
}


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """Every method with its seeds, in small profiles one; `devices` limits the draws of each."""
    if devices is None and seeds is None and profile != "paper":
        devices = 1
    return [
        replace(PROFILES[profile], method=method, rate=rate, seed=seed)
        for method, rate, draws in VARIANTS
        for seed in (seeds or draws)[:devices]
    ]


def initial(twin: Perceptron, seed: int) -> Weights:
    """Weights N(0, 1/inputs) of stream `initial`, biases zero."""
    drawn = twin.initial(seed, 1.0, 0.0)
    return [Layer(layer.weight / layer.weight.shape[1] ** 0.5, layer.bias) for layer in drawn]


def gradient_function(config: Config, twin: Perceptron):
    """(states, weights, error) -> gradient of the config's method, and the unit it uses (None if digital)."""
    method = lookup(config.method, METHODS, "method")
    hidden, outputs = sum(twin.layers[1:-1]), twin.layers[-1]
    if method == "bp":
        return twin.vjp, None
    if method == "fa":
        fixed = initial(twin, config.seed + 1000)
        return lambda s, w, e: feedback.fa(twin, s, w, e, [layer.weight for layer in fixed]), None
    if method == "readout-only":
        still = [Layer(None, None)] * (twin.depth - 1)
        return lambda s, w, e: [*still, Layer(products.gradient(e, s[-2]), e.sum(0))], None
    if method == "dfa-optical":
        unit = OpticalProcessingUnit(
            outputs,
            hidden,
            config.seed,
            config.holography,
            camera=Camera(bits=config.bits),
            show_dark=config.show_dark,
        )
        project = unit.project
    else:
        unit, project = None, feedback.RandomFeedback(hidden, outputs, config.seed)
    ternary = method != "dfa"

    def gradient(states, weights, error):
        sent = feedback.ternarise(error, config.threshold) if ternary else error
        return feedback.dfa(twin, states, weights, error, project(sent))

    return gradient, unit


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train, and test after each epoch. On the CPU (the simulated unit is there); `checkpoint` is not used.

    Returns:
        Tidy rows: epoch, quantity (accuracy as a fraction: test, and at the end of the first 10,000
        training samples; angle-1, angle-2, ... in degrees against BP a layer, on 1000 training
        samples; exposures and saturated of the optical unit), split, value.

    Raises:
        DivergenceError: if an error is not finite.
    """
    data = datasets.load(config.dataset)
    x, labels = torch.from_numpy(data.train_x), torch.from_numpy(data.train_y)
    test_x, test_labels = torch.from_numpy(data.test_x), torch.from_numpy(data.test_y)
    if config.samples is not None:
        chosen = streams.permutation(len(x), "subset", 0)[: config.samples]
        x, labels = x[chosen], labels[chosen]
    y = torch.nn.functional.one_hot(labels, len(data.classes)).float()
    twin = Perceptron(config.layers, activation="tanh")
    weights = initial(twin, config.seed)
    optimizer = torch.optim.Adam(
        [tensor for layer in weights for tensor in layer], lr=config.rate, fused=True
    )
    gradient, unit = gradient_function(config, twin)
    rows = []

    def record(epoch: int) -> None:
        splits = {"test": (test_x, test_labels)}
        if epoch == config.epochs:
            splits["train"] = (x[:10_000], labels[:10_000])
        for split, (inputs, truth) in splits.items():
            right = (
                torch.cat(
                    [twin.forward(weights, part)[-1].argmax(-1) for part in inputs.split(1000)]
                )
                == truth
            )
            rows.append(
                {
                    "epoch": epoch,
                    "quantity": "accuracy",
                    "split": split,
                    "value": float(right.double().mean()),
                }
            )
        if config.method in (
            "dfa",
            "dfa-ternary",
            "fa",
        ):  # an optical unit's exposures are for training only
            states = twin.forward(weights, x[:1000])
            error = twin.error(states[-1], y[:1000])
            found = feedback.angles(
                gradient(states, weights, error), twin.vjp(states, weights, error)
            )
            rows.extend(
                {"epoch": epoch, "quantity": f"angle-{l + 1}", "split": "train", "value": value}
                for l, value in enumerate(found)
            )

    record(0)
    for epoch in tqdm(range(1, config.epochs + 1), desc=config.label, disable=not progress):
        for chosen in streams.permutation(len(x), "batches", config.seed, epoch).split(
            config.batch_size
        ):
            states = twin.forward(weights, x[chosen])
            error = twin.error(states[-1], y[chosen])
            if not torch.isfinite(error).all():
                raise DivergenceError(
                    f"{config.label}: errors are not finite in epoch {epoch}: lower the rate."
                )
            for layer, update in zip(weights, gradient(states, weights, error), strict=True):
                for tensor, summed in zip(layer, update, strict=True):
                    tensor.grad = None if summed is None else summed / len(chosen)
            optimizer.step()
        record(epoch)
    if unit is not None:
        for quantity, value in (("exposures", unit.exposures), ("saturated", unit.saturated)):
            rows.append(
                {
                    "epoch": config.epochs,
                    "quantity": quantity,
                    "split": "train",
                    "value": float(value),
                }
            )
    return pd.DataFrame(rows)
