"""The training loop: one digital trajectory, and on it any number of populations trained by any method.

The digital model is trained once. It is the ideal-BP curve itself, its weights put on a device are
the in-silico curve, and its states and error are half of every AsyT update. Each `Branch` adds a
population with controls of its own.

One trainer can carry S such trajectories (other splits, initial values and batch orders) at once:
give data and initial weights leading axes (S, 1), and every population serves all of them, controls
(S, C, out, in).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from asyt import memory, streams
from asyt.devices import Device
from asyt.errors import AsytError, DivergenceError, ResultError
from asyt.methods.contract import Method
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Perceptron, Weights

#: What a moment of a device is: during an epoch's training, or during the evaluation after it.
TRAINING, EVALUATION = 0, 1
EVALUATION_BATCH = 1000


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        epochs: passes over the training data.
        batch_size: samples a step; the samples of an epoch that do not fill a batch are left out.
        rate: learning rate alpha (AsyT Eq. 2).
        optimizer: name of a class in torch.optim; the same for the digital model and the controls.
        options: of the optimizer, beside the rate: (("momentum", 0.9),).
        reduction: "sum" or "mean" of gradients over the batch.
        seed: of the batch order and of noise.
    """

    epochs: int
    batch_size: int
    rate: float
    optimizer: str = "SGD"
    reduction: str = "sum"
    seed: int = 0
    options: tuple[tuple[str, float], ...] = ()

    def __post_init__(self):
        if self.epochs < 1 or self.batch_size < 1:
            raise AsytError(
                f"{self.epochs} epochs of batches of {self.batch_size}: both must be at least 1."
            )
        if not 0 < self.rate < float("inf"):
            raise AsytError(f"learning rate {self.rate}: give a positive number.")
        if self.reduction not in ("sum", "mean"):
            raise AsytError(f"reduction '{self.reduction}': choose 'sum' or 'mean'.")
        named = getattr(torch.optim, self.optimizer, None)
        if not (isinstance(named, type) and issubclass(named, torch.optim.Optimizer)):
            raise AsytError(
                f"optimizer '{self.optimizer}': name a class in torch.optim, e.g. 'SGD' or 'Adam'."
            )


@dataclass
class Data:
    """Tensors of one task: inputs (N, in), one-hot targets (N, P); of S trajectories: (S, 1, N, in), (S, 1, N, P)."""

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor

    @classmethod
    def stack(cls, trajectories: Sequence[Data]) -> Data:
        """The data of S trajectories, equally long, as one."""
        return cls(
            *(
                torch.stack(parts).unsqueeze(1)
                for parts in zip(*(vars(d).values() for d in trajectories), strict=True)
            )
        )


def stack(trajectories: Sequence[Weights]) -> Weights:
    """The initial weights of S trajectories, (out, in) a layer, as one: (S, 1, out, in)."""

    def together(parts: Sequence[Tensor | None]) -> Tensor | None:
        return None if parts[0] is None else torch.stack(parts).unsqueeze(1)

    return [
        Layer(*map(together, zip(*layers, strict=True)))
        for layers in zip(*trajectories, strict=True)
    ]


@dataclass
class Branch:
    """A population trained by one method.

    Attributes:
        method: what trains the device. One with a memory of its own (`state`) serves one branch.
        device: the chips.
        gain: factor on every update its controls receive, (C, out, in) a layer (the public demo's
            "update error").
        limits: the physical range of a control, (lowest, highest): after each step it is brought
            back into it.
        controls: what the chips are set to; filled by the trainer.
    """

    method: Method
    device: Device
    gain: Weights | None = None
    limits: tuple[float, float] | None = None
    controls: Weights = field(default_factory=list)


class Trainer:
    """Trains a digital model and the populations that lean on it.

    Args:
        twin: the digital model.
        initial: its initial weights; every chip starts from the same ("W_(0,dig) = W_(0,phy)").
        data: the task; leading axes (S, 1) as those of `initial`.
        schedule: epochs, batches, rate.
        branches: name -> population to train.
        insilico: name -> population that is only tested, with the digital weights.
        order: epoch -> order of the training samples, (N,) or (S, N); by default a fresh one an
            epoch from stream `batches`: trajectory s takes that of seed `schedule.seed + s`.
        digital_gain: factor on every update of the digital model (see `Branch.gain`).
        digital_limits: range of the digital weights (see `Branch.limits`). Narrower than the
            device's, it leaves the device headroom to correct its errors.

    Attributes:
        epoch: epochs done.
        digital: weights of the digital model.
        rows: evaluations so far: {epoch, method, fleet, (trajectory,) chip, split, accuracy}.
    """

    def __init__(
        self,
        twin: Perceptron,
        initial: Weights,
        data: Data,
        schedule: Schedule,
        *,
        branches: Mapping[str, Branch] | None = None,
        insilico: Mapping[str, Device] | None = None,
        order: Callable[[int], Tensor] | None = None,
        digital_gain: Weights | None = None,
        digital_limits: tuple[float, float] | None = None,
    ):
        memory.keep()
        samples, leading = data.train_x.shape[-2], tuple(initial[0].weight.shape[:-2])
        if schedule.batch_size > samples:
            raise AsytError(
                f"batch size {schedule.batch_size} exceeds the {samples} training samples."
            )
        if tuple(data.train_x.shape[:-2]) != leading or leading[1:] not in ((), (1,)):
            raise AsytError(
                f"initial weights {tuple(initial[0].weight.shape)} and inputs "
                f"{tuple(data.train_x.shape)}: of one "
                "trajectory both have two axes, of S trajectories both have (S, 1) in front "
                "(`stack`, `Data.stack`)."
            )
        self.twin, self.data, self.schedule = twin, data, schedule
        self.branches, self.insilico = dict(branches or {}), dict(insilico or {})
        self.digital_gain, self.digital_limits = digital_gain, digital_limits
        self._order = order or (lambda epoch: _orders(samples, leading, schedule.seed, epoch))
        self.epoch, self.rows = 0, []
        self.digital = [Layer(w.clone(), None if b is None else b.clone()) for w, b in initial]
        self._optimizers = {"": self._optimizer(self.digital)}
        for name, branch in self.branches.items():
            if not name:
                raise AsytError(
                    f"branch name '{name}': the digital model is kept under it, give another one."
                )
            if not branch.method.trains_device:
                raise AsytError(
                    f"method '{branch.method.name}' does not train the device: put '{name}' into "
                    "insilico."
                )
            branch.controls = [_copies(layer, branch.device.population) for layer in initial]
            self._optimizers[name] = self._optimizer(branch.controls)

    def _optimizer(self, weights: Weights) -> torch.optim.Optimizer:
        parameters = [t for layer in weights for t in layer if t is not None]
        plan = self.schedule
        return getattr(torch.optim, plan.optimizer)(parameters, lr=plan.rate, **dict(plan.options))

    def step(self, x: Tensor, target: Tensor) -> None:
        """One batch: all gradients from the states at its start, then all updates."""
        scale = 1.0 if self.schedule.reduction == "sum" else 1.0 / x.shape[-2]
        states = self.twin.forward(self.digital, x)
        step = DigitalStep(self.digital, states, self.twin.error(states[-1], target) * scale)
        gradients = {
            "": (self.twin.vjp(states, self.digital, step.error), self.digital, self.digital_gain)
        }
        for name, branch in self.branches.items():
            update = branch.method.gradient(
                self.twin, step, branch.device, branch.controls, x, target, scale
            )
            gradients[name] = (update, branch.controls, branch.gain)
        for name, (gradient, weights, gain) in gradients.items():
            _assign(weights, gradient, gain)
            self._optimizers[name].step()
            self._optimizers[name].zero_grad()  # or two steps' gradients would be held at once
        _confine(self.digital, self.digital_limits)
        for branch in self.branches.values():
            _confine(branch.controls, branch.limits)

    @torch.no_grad()
    def run_epoch(self) -> None:
        """One pass over the training data.

        Raises:
            DivergenceError: if a weight or control is no longer a finite number.
        """
        for branch in self.branches.values():
            branch.device.at(self.schedule.seed, self.epoch, TRAINING)
        size = self.schedule.batch_size
        order = self._order(self.epoch).to(self.data.train_x.device)
        for start in range(0, order.shape[-1] - size + 1, size):
            batch = order[..., start : start + size]
            self.step(_take(self.data.train_x, batch), _take(self.data.train_y, batch))
        self.epoch += 1
        self._check_finite()

    def _check_finite(self) -> None:
        trained = {
            "the digital model": self.digital,
            **{name: b.controls for name, b in self.branches.items()},
        }
        for name, weights in trained.items():
            if not all(
                bool(t.isfinite().all()) for layer in weights for t in layer if t is not None
            ):
                raise DivergenceError(
                    f"training diverged: {name} is not finite after epoch {self.epoch} at learning "
                    "rate "
                    f"{self.schedule.rate:g}. Lower the rate (gradients are a "
                    f"{self.schedule.reduction} over "
                    f"{self.schedule.batch_size} samples) or check the device's read-out."
                )

    @torch.no_grad()
    def evaluate(self, splits: tuple[str, ...] = ("test",)) -> None:
        """Append the accuracy of the digital model and of every chip (its index in the population) to `rows`."""
        for split in splits:
            for method, fleet, device, read in self.fleets():
                self.rows += self.test(method, fleet, device, read, split)

    def fleets(self) -> Iterator[tuple[str, str, Device | None, Callable[[Tensor], Tensor]]]:
        """Method, name, device and `inputs -> read-outs` of the digital model and of every population."""
        yield "ideal-bp", "digital", None, lambda x: self.twin.forward(self.digital, x)[-1]
        for name, device in self.insilico.items():
            yield "insilico-bp", name, device, lambda x, d=device: d(self.digital, x)
        for name, branch in self.branches.items():
            yield (
                branch.method.name,
                name,
                branch.device,
                lambda x, b=branch: b.method.scores(b.device, b.controls, x),
            )

    def test(
        self,
        method: str,
        fleet: str,
        device: Device | None,
        read: Callable[[Tensor], Tensor],
        split: str = "test",
    ) -> list[dict]:
        """`accuracy` as rows.

        Args:
            method: as the rows will say.
            fleet: as the rows will say.
            device: see `accuracy`.
            read: see `accuracy`.
            split: "train" or "test".
        """
        found = self.accuracy(fleet, device, read, split)
        names = ("trajectory", "chip")[2 - max(found.dim(), 1) :]
        return [
            {
                "epoch": self.epoch,
                "method": method,
                "fleet": fleet,
                **dict(zip(names, index, strict=False)),
                "split": split,
                "accuracy": float(value),
            }
            for index, value in np.ndenumerate(np.atleast_1d(found.numpy()))
        ]

    @torch.no_grad()
    def accuracy(
        self, fleet: str, device: Device | None, read: Callable[[Tensor], Tensor], split: str
    ) -> Tensor:
        """Accuracy of each chip: the share of samples whose largest output is the right one.

        Args:
            fleet: for error messages.
            device: the chips, set to this epoch's evaluation; None for the digital model.
            read: inputs (B, in) -> read-outs (C, B, P) or (B, P).
            split: "train" or "test".

        Returns:
            (C,) or (S, C), float64 on the CPU; a scalar for the digital model of one trajectory,
            (S, 1) of several.

        Raises:
            DivergenceError: if a read-out is not finite, since its largest output would mean
                nothing.
        """
        if device is not None:
            device.at(self.schedule.seed, self.epoch, EVALUATION)
        x, target = getattr(self.data, f"{split}_x"), getattr(self.data, f"{split}_y").argmax(-1)
        correct = torch.zeros((), dtype=torch.int64, device=x.device)
        parts = zip(x.split(EVALUATION_BATCH, -2), target.split(EVALUATION_BATCH, -1), strict=True)
        for part, label in parts:
            readout = read(part)
            if not readout.isfinite().all():
                raise DivergenceError(
                    f"the read-out of '{fleet}' is not finite in the evaluation after epoch "
                    f"{self.epoch} at "
                    f"learning rate {self.schedule.rate:g}. Lower the rate or check the device."
                )
            correct = correct + (readout.argmax(-1) == label).sum(-1)
        return (correct.double() / x.shape[-2]).cpu()

    def fit(
        self,
        when: Callable[[int], bool] = lambda epoch: True,
        checkpoint=None,
        every: int = 10,
        splits: tuple[str, ...] = ("test",),
        progress: bool = False,
    ) -> list[dict]:
        """Run all remaining epochs.

        Args:
            when: epoch -> whether to evaluate after it; epoch 0 is before training. The last epoch
                always is.
            checkpoint: a `results.Checkpoint`; an existing one is resumed, and the run goes on with
                the same numbers.
            every: epochs between checkpoints.
            splits: what to evaluate on.
            progress: show a progress bar.

        Returns:
            `rows`.
        """
        if checkpoint is not None and (state := checkpoint.load()) is not None:
            self.load_state(state)
        last = self.schedule.epochs
        bar = tqdm(total=last, initial=self.epoch, unit="epoch", disable=not progress)
        if self.epoch == 0 and not self.rows and when(0):
            self.evaluate(splits)
        while self.epoch < last:
            self.run_epoch()
            bar.update()
            if when(self.epoch) or self.epoch == last:
                self.evaluate(splits)
            if checkpoint is not None and (self.epoch % every == 0 or self.epoch == last):
                checkpoint.save(self.state())
        bar.close()
        return self.rows

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs; random streams need nothing, they are addressed by epoch."""
        weights = {
            "": self.digital,
            **{name: branch.controls for name, branch in self.branches.items()},
        }
        return {
            "epoch": self.epoch,
            "rows": self.rows,
            "weights": {name: [list(layer) for layer in value] for name, value in weights.items()},
            "optimizers": {
                name: optimizer.state_dict() for name, optimizer in self._optimizers.items()
            },
            "methods": {name: branch.method.state() for name, branch in self.branches.items()},
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`.

        Raises:
            ResultError: if it was saved by a trainer with other branches.
        """
        ours, theirs = sorted(self.branches), sorted(filter(None, state["weights"]))
        if ours != theirs:
            raise ResultError(
                f"a checkpoint of branches {theirs} cannot continue a trainer of {ours}: start "
                "again."
            )
        self.epoch, self.rows = state["epoch"], state["rows"]
        for name, saved in state["weights"].items():
            held = self.branches[name].controls if name else self.digital
            for layer, values in zip(held, saved, strict=True):
                for tensor, value in zip(layer, values, strict=True):
                    if tensor is not None:
                        tensor.copy_(value)
            self._optimizers[name].load_state_dict(state["optimizers"][name])
        for name, kept in state.get(
            "methods", {}
        ).items():  # older checkpoints have none, as their methods
            self.branches[name].method.load_state(kept)


def _orders(samples: int, leading: tuple[int, ...], seed: int, epoch: int) -> Tensor:
    """The order of an epoch, (N,), or those of S trajectories, (S, N)."""
    if not leading:
        return streams.permutation(samples, "batches", seed, epoch)
    return torch.stack(
        [streams.permutation(samples, "batches", seed + s, epoch) for s in range(leading[0])]
    )


def _take(samples: Tensor, batch: Tensor) -> Tensor:
    """Rows of (N, n) by (B,) indices, or of (S, 1, N, n) by (S, B)."""
    if batch.dim() == 1:
        return samples.index_select(-2, batch)
    return samples.take_along_dim(batch[:, None, :, None], dim=-2)


def _confine(weights: Weights, limits: tuple[float, float] | None) -> None:
    """Bring weights and biases back into their physical range."""
    if limits is not None:
        for tensor in (t for layer in weights for t in layer if t is not None):
            tensor.clamp_(*limits)


def _copies(layer: Layer, population: int) -> Layer:
    """The same values for each of C chips: (out, in) or (S, 1, out, in) -> (C, out, in) or (S, C, out, in)."""
    copies = []
    for tensor, axes in zip(layer, (2, 1), strict=True):
        if tensor is not None:
            shape = (*tensor.shape[:-axes][:-1], population, *tensor.shape[-axes:])
            tensor = tensor.expand(shape).clone()
        copies.append(tensor)
    return Layer(*copies)


def _assign(weights: Weights, gradient: Weights, gain: Weights | None) -> None:
    """Hand a gradient, times an optional gain, to the optimizer."""
    for l, (layer, update) in enumerate(zip(weights, gradient, strict=True)):
        for i, (tensor, value) in enumerate(zip(layer, update, strict=True)):
            if tensor is not None:
                tensor.grad = value if gain is None else value * gain[l][i]
