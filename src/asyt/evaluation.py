"""What a training run is made of, and how well its digital model and every chip do at a moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from asyt.devices import Device
from asyt.errors import DivergenceError
from asyt.methods.contract import Method
from asyt.schedules import Data, Schedule
from asyt.twins import Twin, Weights

#: What a moment of a device is: during an epoch's training, or during the evaluation after it.
TRAINING = 0
EVALUATION = 1
EVALUATION_BATCH = 1000


@dataclass
class Branch:
    """A population trained by one method.

    Attributes:
        method: what trains the device. One that `remembers` serves one branch.
        gain: factor on every update, shaped as controls are (the public demo's "update error").
        limits: the physical range that controls are brought back into after each step.
        controls: what the chips are set to; filled by the trainer.

    Example:
        >>> from asyt.devices import DistortedDevice
        >>> from asyt.methods import METHODS
        >>> from asyt.training import Branch
        >>> from asyt.twins import Perceptron
        >>> chips = DistortedDevice(Perceptron((4, 3)), population=2, seed=0, distortion=0.3)
        >>> Branch(METHODS["asyt"], chips, limits=(-4.0, 4.0)).method.label
        'AsyT'
    """

    method: Method
    device: Device
    gain: Weights | None = None
    limits: tuple[float, float] | None = None
    controls: Weights = field(default_factory=list)


class Tested(NamedTuple):
    """Who is tested: method and fleet as the rows will say, the chips, and how to read them.

    Example:
        >>> import torch
        >>> from asyt.training import Tested
        >>> Tested("ideal-bp", "digital", None, torch.relu).method
        'ideal-bp'
    """

    method: str
    fleet: str
    device: Device | None  # None is the digital model
    read: Callable[[Tensor], Tensor]  # (B, in) -> (C, B, P) or (B, P)


@dataclass(eq=False, repr=False)
class Evaluation:
    """A digital model and the populations that lean on it, at some epoch; see `Trainer`.

    Attributes:
        digital: weights of the digital model.
        epoch: epochs done.
        rows: evaluations so far: {epoch, method, fleet, (trajectory,) chip, split, accuracy}.
        owed: splits of an evaluation that was stopped on the way.
    """

    twin: Twin
    digital: Weights
    data: Data
    schedule: Schedule
    branches: dict[str, Branch]
    insilico: dict[str, Device]
    epoch: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    owed: tuple[str, ...] = ()

    def evaluate(self, splits: tuple[str, ...] = ("test",)) -> None:
        """Append the accuracy of the digital model and of every chip (its index) to `rows`.

        An evaluation that is stopped on the way appends nothing, and `fit` makes up for it.
        """
        self.owed = splits
        rows = []
        for split in splits:
            for tested in self.fleets():
                rows += self.test(*tested, split=split)
        self.rows += rows
        self.owed = ()

    def fleets(self) -> Iterator[Tested]:
        """The digital model and every population, with what reads them."""
        yield Tested(
            "ideal-bp",
            "digital",
            None,
            lambda x: self.twin.forward(self.digital, x)[-1],
        )
        for name, device in self.insilico.items():
            yield self.in_silico(name, device)
        for name, branch in self.branches.items():
            read = functools.partial(branch.method.scores, branch.device, branch.controls)
            yield Tested(branch.method.name, name, branch.device, read)

    def in_silico(self, fleet: str, device: Device) -> Tested:
        """The digital weights put on a population."""

        def read(x: Tensor) -> Tensor:
            controls = [layer.spread(device.population) for layer in self.digital]
            return device(controls, x)

        return Tested("insilico-bp", fleet, device, read)

    def test(
        self,
        method: str,
        fleet: str,
        device: Device | None,
        read: Callable[[Tensor], Tensor],
        split: str = "test",
    ) -> list[dict[str, Any]]:
        """`accuracy` of a `Tested` on a split, "train" or "test", as rows."""
        accuracy = self.accuracy(fleet, device, read, split)
        axes = ("chip",) if accuracy.dim() < 2 else ("trajectory", "chip")
        tested = {"epoch": self.epoch, "method": method, "fleet": fleet}
        by_chip = np.atleast_1d(accuracy.numpy())
        rows = []
        for index, value in np.ndenumerate(by_chip):
            chip = dict(zip(axes, index, strict=True))
            result = {"split": split, "accuracy": float(value)}
            rows.append({**tested, **chip, **result})
        return rows

    @torch.no_grad()
    def accuracy(
        self,
        fleet: str,
        device: Device | None,
        read: Callable[[Tensor], Tensor],
        split: str,
    ) -> Tensor:
        """Accuracy of each chip: the share of samples whose largest output is the right one.

        (C,) or (S, C), float64 on the CPU; of the digital model a scalar or (S, 1). A read-out that
        is not finite is a `DivergenceError`.
        """
        if device is not None:
            device.at(self.schedule.seed, self.epoch, EVALUATION)
        x = getattr(self.data, f"{split}_x")
        target = getattr(self.data, f"{split}_y").argmax(-1)
        correct = torch.zeros((), dtype=torch.int64, device=x.device)
        batches = zip(
            x.split(EVALUATION_BATCH, -2),
            target.split(EVALUATION_BATCH, -1),
            strict=True,
        )
        for batch, label in batches:
            readout = read(batch)
            if not readout.isfinite().all():
                raise DivergenceError(
                    f"the read-out of '{fleet}' is not finite in the evaluation after epoch "
                    f"{self.epoch} at learning rate {self.schedule.rate:g}. Lower the rate or "
                    "check the device."
                )
            correct = correct + (readout.argmax(-1) == label).sum(-1)
        samples = x.shape[-2]
        return (correct.double() / samples).cpu()
