"""What is trained on, from what start, for how long and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import AsytError, lookup
from asyt.twins import Weights, kernels


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        batch_size: samples a step; the samples of an epoch that do not fill a batch are left out.
        rate: learning rate alpha (AsyT Eq. 2).
        optimizer: name of a class in torch.optim.
        options: of the optimizer, beside the rate: (("momentum", 0.9),).
        precision: "float32"; or "bf16", which rounds the factors of large products to bfloat16 and
            sums them in float32. Weights, updates and evaluations are float32 in both.
        reduction: "sum" or "mean" of gradients over the batch.
        seed: of the batch order and of noise.

    Example:
        >>> from asyt.training import Schedule
        >>> Schedule(epochs=200, batch_size=10, rate=0.5, reduction="mean").optimizer
        'SGD'
    """

    epochs: int
    batch_size: int
    rate: float
    optimizer: str = "SGD"
    reduction: str = "sum"
    seed: int = 0
    options: tuple[tuple[str, float], ...] = ()
    precision: str = "float32"

    def __post_init__(self):
        if self.epochs < 1 or self.batch_size < 1:
            raise AsytError(
                f"{self.epochs} epochs of batches of {self.batch_size}: both must be at least 1."
            )
        if not 0 < self.rate < float("inf"):
            raise AsytError(f"learning rate {self.rate}: give a positive number.")
        lookup(self.precision, kernels.PRECISIONS, "precision")
        if self.reduction not in ("sum", "mean"):
            raise AsytError(f"reduction '{self.reduction}': choose 'sum' or 'mean'.")
        named = getattr(torch.optim, self.optimizer, None)
        if not (isinstance(named, type) and issubclass(named, torch.optim.Optimizer)):
            raise AsytError(
                f"optimizer '{self.optimizer}': name a class in torch.optim, e.g. 'SGD' or 'Adam'."
            )
        self._try_optimizer(named)

    def _try_optimizer(self, kind: type[torch.optim.Optimizer]) -> None:
        """Take one step, since some optimizers want a closure, sparse gradients or matrices."""
        probes = [torch.zeros(1), torch.zeros(1, 1, 1)]
        for probe in probes:
            probe.grad = torch.zeros_like(probe)
        options: dict[str, Any] = {"lr": 1e-3}
        options.update(self.options)
        try:
            kind(probes, **options).step()
        except Exception as error:  # each optimizer has errors of its own
            raise AsytError(
                f"optimizer '{self.optimizer}' with options {dict(self.options)} cannot step on "
                f"weights and biases ({error}): use another one, e.g. 'SGD' or 'Adam'."
            ) from error


@dataclass
class Data:
    """Inputs (N, in) and one-hot targets (N, P); of S trajectories with (S, 1) in front.

    Example:
        >>> import torch
        >>> from asyt.training import Data
        >>> x, y = torch.rand(6, 4), torch.eye(3)[torch.arange(6) % 3]
        >>> Data(x[:4], y[:4], x[4:], y[4:]).train_x.shape
        torch.Size([4, 4])
    """

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor

    @classmethod
    def stack(cls, trajectories: Sequence[Data]) -> Data:
        """The data of S trajectories, equally long, as one."""
        arrays = [vars(data).values() for data in trajectories]
        return cls(*map(_together, *arrays))

    def to(self, compute: torch.device | str) -> Data:
        """The same task on a processor."""
        moved = [tensor.to(compute) for tensor in vars(self).values()]
        return Data(*moved)


def stack(trajectories: Sequence[Weights]) -> Weights:
    """The initial weights of S trajectories, (out, in) a layer, as one: (S, 1, out, in).

    Example:
        >>> from asyt.training import stack
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 3))
        >>> stack([twin.initial(seed, 1.0, 0.5) for seed in range(3)])[0].weight.shape
        torch.Size([3, 1, 3, 4])
    """
    layers = zip(*trajectories, strict=True)
    return [first.map(_together, *others) for first, *others in layers]


def _together(*parts: Tensor) -> Tensor:
    return torch.stack(parts).unsqueeze(1)


def orders(
    samples: int,
    leading: tuple[int, ...],
    seed: int,
    epoch: int,
) -> Tensor:
    """The order of an epoch, (N,), or those of S trajectories, (S, N)."""
    if not leading:
        return streams.permutation(samples, "batches", seed, epoch)
    one_each = []
    for s in range(seed, seed + leading[0]):
        one_each.append(streams.permutation(samples, "batches", s, epoch))
    return torch.stack(one_each)


def take(samples: Tensor, batch: Tensor) -> Tensor:
    """Rows of (N, n) by (B,) indices, or of (S, 1, N, n) by (S, B)."""
    if batch.dim() == 1:
        return samples.index_select(-2, batch)
    return samples.take_along_dim(batch[:, None, :, None], dim=-2)
