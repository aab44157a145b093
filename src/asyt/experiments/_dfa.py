"""MNIST trained by direct feedback alignment, digital and optical: runs of Light-in-the-loop."""

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
from asyt.training import Data
from asyt.twins import Layer, Perceptron, tensors

#: Training samples on which the accuracy at the end, and the angles, are measured.
TRAINING_SAMPLES = 10_000
ANGLE_SAMPLES = 1000
EVALUATION_BATCH = 1000


@dataclass(frozen=True)
class Config(base.Config):
    """One training run.

    From the paper: layers, tanh, Adam, epochs, threshold, rate (0.01 optical, 0.001 digital).
    Silent there, fixed here before any run: inputs in [0, 1], batches of 128, mean gradients,
    weights N(0, 1/inputs), biases zero, feedback N(0, 1) (Adam cancels its scale), softmax with
    cross-entropy, dark patterns not shown to the camera.
    """

    by: ClassVar[tuple[str, ...]] = ("method", "rate", "seed")

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

    def data(self) -> Data:
        """The task, pixels from 0 to 1."""
        return tasks.load(
            self.dataset,
            samples=self.samples,
            scale=tasks.pixels,
        )


#: What a network can learn by; the first with light.
RULES = (
    "dfa-optical",
    "dfa-ternary",
    "dfa",
    "fa",
    "bp",
    "readout-only",
)
#: Rules whose angle to back-propagation is measured: an optical unit's exposures are for training.
WITH_ANGLES = ("dfa", "dfa-ternary", "fa")


class Training:
    """A network in training, and the `rows` of its evaluations; `unit` is None without light."""

    def __init__(self, config: Config):
        lookup(config.method, RULES, "method")
        self.config = config
        self.twin = Perceptron(config.layers, activation="tanh")
        self.data = config.data()
        self.weights = feedback.initial(self.twin, config.seed)
        self.unit: OpticalProcessingUnit | None = None
        self.rule = self._rule()
        self.optimizer = torch.optim.Adam(
            tensors(self.weights),
            lr=config.rate,
            fused=True,
        )
        self.epoch = 0
        self.rows: list[dict[str, Any]] = []

    def _rule(self) -> Rule:
        config = self.config
        twin = self.twin
        if config.method == "bp":
            return twin.vjp
        if config.method == "readout-only":
            return feedback.readout_rule(twin)
        if config.method == "fa":
            drawn = feedback.initial(twin, config.seed + 1000)
            backward = [layer.weight for layer in drawn]
            return partial(feedback.fa, twin, backward=backward)
        if config.method == "dfa-optical":
            self.unit = _unit(config)
            return feedback.direct_rule(twin, self.unit.project, config.threshold)
        random = RandomFeedback(
            _hidden(config),
            config.layers[-1],
            config.seed,
        )
        threshold = None
        if config.method == "dfa-ternary":
            threshold = config.threshold
        return feedback.direct_rule(twin, random, threshold)

    def run_epoch(self) -> None:
        """One pass over the training data.

        Raises:
            DivergenceError: if an error is not finite.
        """
        self.epoch += 1
        data = self.data
        order = streams.permutation(
            len(data.train_x),
            "batches",
            self.config.seed,
            self.epoch,
        )
        for batch in order.split(self.config.batch_size):
            x = data.train_x[batch]
            target = data.train_y[batch]
            states, error = self._forward(x, target)
            if not torch.isfinite(error).all():
                raise DivergenceError(
                    f"{self.config.label}: errors are not finite in epoch {self.epoch}: "
                    "lower the rate."
                )
            update = self.rule(states, self.weights, error)
            for layer, summed in zip(self.weights, update, strict=True):
                if summed is not None:
                    _set_gradients(layer, summed, len(batch))
            self.optimizer.step()

    def _forward(self, x: Tensor, target: Tensor) -> tuple[list[Tensor], Tensor]:
        states = self.twin.forward(self.weights, x)
        error = self.twin.error(states[-1], target)
        return states, error

    def evaluate(self) -> None:
        """Append accuracies and angles to `rows`."""
        data = self.data
        on_test = self._accuracy(data.test_x, data.test_y)
        self._note("accuracy", "test", on_test)
        if self.epoch == self.config.epochs:
            on_training = self._accuracy(
                data.train_x[:TRAINING_SAMPLES],
                data.train_y[:TRAINING_SAMPLES],
            )
            self._note("accuracy", "train", on_training)
        if self.config.method in WITH_ANGLES:
            for layer, angle in enumerate(self._angles(), start=1):
                self._note(f"angle-{layer}", "train", angle)

    def _angles(self) -> list[float]:
        """Between the rule's update and that of back-propagation, degrees, layer by layer."""
        x = self.data.train_x[:ANGLE_SAMPLES]
        target = self.data.train_y[:ANGLE_SAMPLES]
        states, error = self._forward(x, target)
        truth = self.twin.vjp(states, self.weights, error)
        update = self.rule(states, self.weights, error)
        return feedback.angles(update, truth)

    def count(self) -> None:
        """Append the counters of the optical unit to `rows`."""
        if self.unit is not None:
            self._note("exposures", "train", float(self.unit.exposures))
            self._note("saturated", "train", float(self.unit.saturated))

    def _note(self, quantity: str, split: str, value: float) -> None:
        row = {
            "epoch": self.epoch,
            "quantity": quantity,
            "split": split,
            "value": value,
        }
        self.rows.append(row)

    def _accuracy(self, x: Tensor, target: Tensor) -> float:
        batches = x.split(EVALUATION_BATCH)
        readouts = [self.twin.forward(self.weights, batch)[-1] for batch in batches]
        said = torch.cat(readouts).argmax(-1)
        right = said == target.argmax(-1)
        return float(right.double().mean())

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
        self.epoch = state["epoch"]
        self.rows = state["rows"]
        saved = chain.from_iterable(state["weights"])
        for tensor, values in zip(tensors(self.weights), saved, strict=True):
            tensor.copy_(values)
        self.optimizer.load_state_dict(state["optimizer"])
        if self.unit is not None:
            self.unit.load_state(state["unit"])


def _hidden(config: Config) -> int:
    """Neurons of all hidden layers."""
    return sum(config.layers[1:-1])


def _unit(config: Config) -> OpticalProcessingUnit:
    return OpticalProcessingUnit(
        config.layers[-1],
        _hidden(config),
        config.seed,
        config.holography,
        camera=Camera(bits=config.bits),
        show_dark=config.show_dark,
    )


def _set_gradients(layer: Layer, summed: Layer, batch_size: int) -> None:
    """The mean gradient of a batch, where the optimizer looks for it."""
    for tensor, total in zip(layer.tensors(), summed.tensors(), strict=True):
        tensor.grad = total / batch_size


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
    state = kept.load() if kept is not None else None
    if state is None:
        training.evaluate()
    else:
        training.load_state(state)
    left = range(training.epoch, config.epochs)
    for _ in tqdm(left, desc=config.label, disable=not execution.progress):
        training.run_epoch()
        training.evaluate()
        if kept is not None:
            kept.save(training.state())
    training.count()
    return pd.DataFrame(training.rows)
