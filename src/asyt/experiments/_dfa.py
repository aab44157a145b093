"""MNIST trained by direct feedback alignment, digital and optical: runs of Light-in-the-loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, ClassVar

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from asyt import streams
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera
from asyt.errors import DivergenceError, lookup
from asyt.experiments import base, tasks
from asyt.experiments.base import HERE, Execution
from asyt.methods import feedback
from asyt.methods.feedback import RandomFeedback, Rule
from asyt.twins import Layer, Perceptron

#: Training samples on which the accuracy at the end, and the angles, are measured.
TRAINING_SAMPLES, ANGLE_SAMPLES = 10_000, 1000
EVALUATION_BATCH = 1000


@dataclass(frozen=True)
class Config(base.Config):
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
    by: ClassVar[tuple[str, ...]] = ("method", "rate", "seed")

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.method}, rate {self.rate:g}, seed {self.seed}"


def unit(config: Config) -> OpticalProcessingUnit:
    """The optical unit of a config."""
    return OpticalProcessingUnit(
        config.layers[-1],
        sum(config.layers[1:-1]),
        config.seed,
        config.holography,
        camera=Camera(bits=config.bits),
        show_dark=config.show_dark,
    )


#: How a network learns, and the unit that it uses (None if digital).
Learning = tuple[Rule, OpticalProcessingUnit | None]


def _optical(config: Config, twin: Perceptron) -> Learning:
    projector = unit(config)
    return feedback.direct_rule(twin, projector.project, config.threshold), projector


def _random(config: Config) -> RandomFeedback:
    return RandomFeedback(sum(config.layers[1:-1]), config.layers[-1], config.seed)


def _ternary(config: Config, twin: Perceptron) -> Learning:
    return feedback.direct_rule(twin, _random(config), config.threshold), None


def _direct(config: Config, twin: Perceptron) -> Learning:
    return feedback.direct_rule(twin, _random(config)), None


def _layerwise(config: Config, twin: Perceptron) -> Learning:
    drawn = feedback.initial(twin, config.seed + 1000)
    matrices = [layer.weight for layer in drawn]
    return partial(feedback.fa, twin, backward=matrices), None


def _back_propagation(_config: Config, twin: Perceptron) -> Learning:
    return twin.vjp, None


def _readout(_config: Config, twin: Perceptron) -> Learning:
    return feedback.readout_rule(twin), None


RULES: dict[str, Callable[[Config, Perceptron], Learning]] = {
    "dfa-optical": _optical,
    "dfa-ternary": _ternary,
    "dfa": _direct,
    "fa": _layerwise,
    "bp": _back_propagation,
    "readout-only": _readout,
}
#: Rules whose angle to back-propagation is measured: an optical unit's exposures are for training.
WITH_ANGLES = ("dfa", "dfa-ternary", "fa")


class Training:
    """A network in training.

    Args:
        config: of the run.

    Attributes:
        epoch: epochs done.
        weights: of the network.
        unit: the optical unit, None if digital.
        rows: evaluations so far.
    """

    def __init__(self, config: Config):
        learning = RULES[lookup(config.method, RULES, "method")]
        self.config = config
        self.twin = Perceptron(config.layers, activation="tanh")
        self.data = tasks.load(config.dataset, samples=config.samples, scale=tasks.pixels)
        self.weights = feedback.initial(self.twin, config.seed)
        self.rule, self.unit = learning(config, self.twin)
        parameters = [*chain.from_iterable(layer.tensors() for layer in self.weights)]
        self.optimizer = torch.optim.Adam(parameters, lr=config.rate, fused=True)
        self.epoch = 0
        self.rows: list[dict[str, Any]] = []

    def run_epoch(self) -> None:
        """One pass over the training data.

        Raises:
            DivergenceError: if an error is not finite.
        """
        self.epoch += 1
        samples, seed = len(self.data.train_x), self.config.seed
        order = streams.permutation(samples, "batches", seed, self.epoch)
        for batch in order.split(self.config.batch_size):
            self._step(self.data.train_x[batch], self.data.train_y[batch])

    def _step(self, x: Tensor, target: Tensor) -> None:
        states = self.twin.forward(self.weights, x)
        error = self.twin.error(states[-1], target)
        if not torch.isfinite(error).all():
            raise DivergenceError(
                f"{self.config.label}: errors are not finite in epoch {self.epoch}: lower the rate."
            )
        update = self.rule(states, self.weights, error)
        for layer, summed in zip(self.weights, update, strict=True):
            _hand_over(layer, summed, len(x))
        self.optimizer.step()

    def evaluate(self) -> None:
        """Append accuracies and angles to `rows`."""
        data = self.data
        self._note("accuracy", "test", self._accuracy(data.test_x, data.test_y))
        if self.epoch == self.config.epochs:
            x = data.train_x[:TRAINING_SAMPLES]
            target = data.train_y[:TRAINING_SAMPLES]
            self._note("accuracy", "train", self._accuracy(x, target))
        if self.config.method in WITH_ANGLES:
            for layer, angle in enumerate(self._angles(), start=1):
                self._note(f"angle-{layer}", "train", angle)

    def count(self) -> None:
        """Append the counters of the optical unit to `rows`."""
        if self.unit is not None:
            self._note("exposures", "train", float(self.unit.exposures))
            self._note("saturated", "train", float(self.unit.saturated))

    def _note(self, quantity: str, split: str, value: float) -> None:
        row = {"epoch": self.epoch, "quantity": quantity, "split": split, "value": value}
        self.rows.append(row)

    def _accuracy(self, x: Tensor, target: Tensor) -> float:
        parts = x.split(EVALUATION_BATCH)
        readouts = [self.twin.forward(self.weights, part)[-1] for part in parts]
        labels = torch.cat(readouts).argmax(-1)
        right = labels == target.argmax(-1)
        return float(right.double().mean())

    def _angles(self) -> list[float]:
        x = self.data.train_x[:ANGLE_SAMPLES]
        target = self.data.train_y[:ANGLE_SAMPLES]
        states = self.twin.forward(self.weights, x)
        error = self.twin.error(states[-1], target)
        update = self.rule(states, self.weights, error)
        return feedback.angles(update, self.twin.vjp(states, self.weights, error))

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {
            "epoch": self.epoch,
            "rows": self.rows,
            "weights": [list(layer.tensors()) for layer in self.weights],
            "optimizer": self.optimizer.state_dict(),
            "unit": None if self.unit is None else self.unit.state(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        self.epoch, self.rows = state["epoch"], state["rows"]
        for layer, saved in zip(self.weights, state["weights"], strict=True):
            for tensor, values in zip(layer.tensors(), saved, strict=True):
                tensor.copy_(values)
        self.optimizer.load_state_dict(state["optimizer"])
        if self.unit is not None:
            self.unit.load_state(state["unit"])


def _hand_over(layer: Layer, summed: Layer | None, samples: int) -> None:
    """Give a layer's mean gradient to the optimiser; none to a layer that is not trained."""
    if summed is None:
        return
    for tensor, total in zip(layer.tensors(), summed.tensors(), strict=True):
        tensor.grad = total / samples


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test after each epoch. On the CPU: the simulated unit is there.

    Returns:
        Tidy rows: epoch, quantity (accuracy as a fraction: test, and at the end of the first 10,000
        training samples; angle-1, angle-2, ... in degrees against BP a layer, on 1000 training
        samples; exposures and saturated of the optical unit), split, value.

    Raises:
        DivergenceError: if an error is not finite.
    """
    training = Training(config)
    kept = execution.checkpoint
    if kept is not None and (state := kept.load()) is not None:
        training.load_state(state)
    else:
        training.evaluate()
    left = range(training.epoch, config.epochs)
    for _ in tqdm(left, desc=config.label, disable=not execution.progress):
        training.run_epoch()
        training.evaluate()
        if kept is not None:
            kept.save(training.state())
    training.count()
    return pd.DataFrame(training.rows)
