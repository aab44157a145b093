"""The training loop: one digital trajectory, and on it populations trained by any method.

The digital model is the ideal-BP curve itself, and its weights put on a device the in-silico curve.
S trajectories (other splits, initial values and batch orders) train at once if data and initial
weights have leading axes (S, 1); every population then has controls (S, C, out, in).

Example:
    >>> from asyt.training import TRAINING
    >>> moment = (0, 12, TRAINING)  # seed, epoch and phase, as a device is told them
    >>> moment
    (0, 12, 0)
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from asyt import memory
from asyt.checkpoints import Checkpoint
from asyt.devices import Device
from asyt.errors import AsytError, DivergenceError, ResultError
from asyt.evaluation import TRAINING, Branch, Evaluation, Tested
from asyt.methods.sources import DigitalStep
from asyt.schedules import Data, Schedule, orders, stack, take
from asyt.twins import Perceptron, Twin, Weights, kernels, tensors

__all__ = ["TRAINING", "Branch", "Data", "Schedule", "Tested", "Trainer", "stack"]


class Trainer(Evaluation):
    """Trains a digital model and the populations that lean on it; attributes as `Evaluation`.

    Args:
        twin: the digital model.
        initial: its initial weights; every chip starts from the same ("W_(0,dig) = W_(0,phy)").
        data: the task; leading axes (S, 1) as those of `initial`.
        schedule: epochs, batches, rate; its seed sets the moments of the devices.
        branches: name -> population to train.
        insilico: name -> population that is only tested, with the digital weights.
        order: epoch -> order of the training samples, (N,) or (S, N); by default a fresh one an
            epoch from stream `batches`: trajectory s takes that of seed `schedule.seed + s`.
        digital_gain: see `Branch.gain`.
        digital_limits: see `Branch.limits`. Narrower than the device's, they leave it headroom to
            correct its errors.

    Example:
        >>> import torch
        >>> from asyt.devices import DistortedDevice
        >>> from asyt.methods import METHODS
        >>> from asyt.training import Branch, Data, Schedule, Trainer
        >>> from asyt.twins import Perceptron
        >>> x, y = torch.rand(60, 4), torch.eye(3)[torch.arange(60) % 3]
        >>> twin = Perceptron((4, 4, 3))
        >>> chips = DistortedDevice(twin, population=2, seed=0, distortion=0.3)
        >>> trainer = Trainer(
        ...     twin, twin.initial(0, 1.0, 0.5), Data(x[:40], y[:40], x[40:], y[40:]),
        ...     Schedule(epochs=2, batch_size=10, rate=0.1),
        ...     branches={"mine": Branch(METHODS["asyt"], chips)},
        ... )
        >>> [(row["epoch"], row["method"]) for row in trainer.fit()][-1]
        (2, 'asyt')
    """

    def __init__(
        self,
        twin: Twin,
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
        samples = data.train_y.shape[-2]
        leading = initial[0].leading
        if schedule.batch_size > samples:
            raise AsytError(
                f"batch size {schedule.batch_size} exceeds the {samples} training samples."
            )
        shape = tuple(getattr(data.train_x, "shape", ()))
        if shape[:-1] != (*leading, samples) or leading[1:] not in ((), (1,)):
            raise AsytError(
                f"initial weights {tuple(tensors(initial)[0].shape)} and inputs {shape}: of one "
                "trajectory inputs are rows (N, in), those of a network of another form laid so by "
                "its twin's `rows`; of S trajectories both have (S, 1) in front (`stack`, "
                "`Data.stack`)."
            )
        weights = [layer.map(torch.clone) for layer in initial]
        super().__init__(
            twin,
            weights,
            data,
            schedule,
            dict(branches or {}),
            dict(insilico or {}),
        )
        _check_precision(schedule.precision, twin, data.train_x)
        self.digital_gain = digital_gain
        self.digital_limits = digital_limits
        self.order = order or functools.partial(orders, samples, leading, schedule.seed)
        self._optimizers = {"": self._optimizer(self.digital)}
        _check_branches(self.branches)
        for name, branch in self.branches.items():
            chips = branch.device.population
            shared = [layer.spread(chips) for layer in initial]
            branch.controls = [layer.map(torch.clone) for layer in shared]
            self._optimizers[name] = self._optimizer(branch.controls)

    def _optimizer(self, weights: Weights) -> torch.optim.Optimizer:
        plan = self.schedule
        kind = getattr(torch.optim, plan.optimizer)
        return kind(tensors(weights), lr=plan.rate, **dict(plan.options))

    def _weights(self) -> dict[str, Weights]:
        """All that is trained; the digital model under the empty name."""
        weights = {"": self.digital}
        for name, branch in self.branches.items():
            weights[name] = branch.controls
        return weights

    def step(self, x: Tensor, target: Tensor) -> None:
        """One batch: all gradients from the states at its start, then all updates."""
        with kernels.precision(self.schedule.precision):
            gradients = self._gradients(x, target)
        for name, weights in self._weights().items():
            self._update(name, weights, gradients.pop(name))

    def _gradients(self, x: Tensor, target: Tensor) -> dict[str, Weights]:
        """Those of a batch: of the digital model, under the empty name, and of every population."""
        batch = x.shape[-2]
        scale = 1.0 if self.schedule.reduction == "sum" else 1.0 / batch
        states = self.twin.forward(self.digital, x)
        error = self.twin.error(states[-1], target) * scale
        step = DigitalStep(self.digital, states, error)
        gradients = {"": self.twin.vjp(states, self.digital, error)}
        for name, branch in self.branches.items():
            gradients[name] = branch.method.gradient(
                self.twin,
                step,
                branch.device,
                branch.controls,
                x,
                target,
                scale,
            )
        return gradients

    def _update(self, name: str, weights: Weights, gradient: Weights) -> None:
        """A step of one optimizer, and back into the physical range."""
        gain = self.digital_gain
        limits = self.digital_limits
        if name:
            branch = self.branches[name]
            gain = branch.gain
            limits = branch.limits
        if gain is not None:
            pairs = zip(gradient, gain, strict=True)
            gradient = [update.map(torch.mul, factor) for update, factor in pairs]
        for tensor, update in zip(tensors(weights), tensors(gradient), strict=True):
            tensor.grad = update
        optimizer = self._optimizers[name]
        optimizer.step()
        optimizer.zero_grad()  # or two steps' gradients would be held at once
        if limits is not None:
            for tensor in tensors(weights):
                tensor.clamp_(*limits)

    @torch.no_grad()
    def run_epoch(self) -> None:
        """One pass over the training data; whatever stops it on the way undoes it.

        A weight or control that is no longer a finite number is a `DivergenceError`.
        """
        start = copy.deepcopy(self._trained())
        plan = self.schedule
        data = self.data
        try:
            for branch in self.branches.values():
                branch.device.at(plan.seed, self.epoch, TRAINING)
            order = self.order(self.epoch).to(data.train_x.device)
            for batch in order.split(plan.batch_size, -1):
                if batch.shape[-1] == plan.batch_size:
                    self.step(take(data.train_x, batch), take(data.train_y, batch))
        except BaseException:
            self._restore(start)
            raise
        self.epoch += 1
        self._check_finite()

    def _check_finite(self) -> None:
        for name, weights in self._weights().items():
            if not all(bool(tensor.isfinite().all()) for tensor in tensors(weights)):
                plan = self.schedule
                raise DivergenceError(
                    f"training diverged: {name or 'the digital model'} is not finite after epoch "
                    f"{self.epoch} at learning rate {plan.rate:g}. Lower the rate (gradients are a "
                    f"{plan.reduction} over {plan.batch_size} samples) or check the device's "
                    "read-out."
                )

    def fit(
        self,
        when: Callable[[int], bool] = lambda _: True,
        checkpoint: Checkpoint | None = None,
        every: int = 10,
        splits: tuple[str, ...] = ("test",),
        progress: bool = False,
    ) -> list[dict[str, Any]]:
        """Run all remaining epochs; returns `rows`.

        Args:
            when: epoch -> whether to evaluate after it; 0 is before training, the last always is.
            checkpoint: an existing one is resumed, and the run goes on with the same numbers.
            every: epochs between checkpoints.
            splits: what to evaluate on.
            progress: show a progress bar.
        """
        if checkpoint is not None:
            state = checkpoint.load()
            if state is not None:
                self.load_state(state)
        last = self.schedule.epochs
        if self.owed:
            self.evaluate(self.owed)
        elif self.epoch == 0 and not self.rows and when(0):
            self.evaluate(splits)
        with tqdm(total=last, initial=self.epoch, unit="epoch", disable=not progress) as bar:
            while self.epoch < last:
                self.run_epoch()
                bar.update()
                is_last = self.epoch == last
                if when(self.epoch) or is_last:
                    self.evaluate(splits)
                if checkpoint is not None and (self.epoch % every == 0 or is_last):
                    checkpoint.save(self.state())
        return self.rows

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {"epoch": self.epoch, "rows": self.rows, **self._trained()}

    def _trained(self) -> dict[str, Any]:
        """Weights, optimizers and methods: what an epoch changes."""
        weights = {}
        for name, layers in self._weights().items():
            weights[name] = [list(layer.tensors()) for layer in layers]
        optimizers = {}
        for name, optimizer in self._optimizers.items():
            optimizers[name] = optimizer.state_dict()
        methods = {}
        for name, branch in self.branches.items():
            methods[name] = branch.method.state()
        return {
            "weights": weights,
            "optimizers": optimizers,
            "methods": methods,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`; a `ResultError` if a trainer of other branches saved it."""
        ours = sorted(self.branches)
        theirs = sorted(filter(None, state["weights"]))
        if ours != theirs:
            raise ResultError(
                f"a checkpoint of branches {theirs} cannot continue a trainer of {ours}: start "
                "again."
            )
        self.epoch = state["epoch"]
        self.rows = state["rows"]
        self.owed = ()
        self._restore(state)

    @torch.no_grad()
    def _restore(self, state: dict[str, Any]) -> None:
        for name, layers in self._weights().items():
            for layer, saved in zip(layers, state["weights"][name], strict=True):
                for tensor, value in zip(layer.tensors(), saved, strict=False):
                    tensor.copy_(value)
            self._optimizers[name].load_state_dict(state["optimizers"][name])
        # older checkpoints have no methods, as their methods had no memory
        for name, kept in state.get("methods", {}).items():
            self.branches[name].method.load_state(kept)


def _check_precision(precision: str, twin: Twin, x: Tensor) -> None:
    kernels.check_precision(precision, x.device)
    if precision != "float32" and not isinstance(twin, Perceptron):
        raise AsytError(
            f"precision '{precision}' is for the batched perceptron, and the twin is a "
            f"{type(twin).__name__}: use 'float32'."
        )
    if precision != "float32" and x.dtype != torch.float32:
        raise AsytError(
            f"precision '{precision}' rounds float32 products, and the inputs are {x.dtype}: "
            "convert them to float32, or leave the precision out."
        )


def _check_branches(branches: Mapping[str, Branch]) -> None:
    owners: dict[int, str] = {}
    for name, branch in branches.items():
        method = branch.method
        if not name:
            raise AsytError(
                f"branch name '{name}': the digital model is kept under it, give another one."
            )
        if not method.trains_device:
            raise AsytError(
                f"method '{method.name}' does not train the device: put '{name}' into insilico."
            )
        owner = owners.setdefault(id(method), name) if method.remembers else name
        if owner != name:
            raise AsytError(
                f"branches '{owner}' and '{name}' share one method '{method.name}', and it has a "
                f"memory: give each its own, e.g. asyt.methods.method('{method.name}')."
            )
