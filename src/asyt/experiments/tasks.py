"""Tasks: a data set, made ready for a network. Inputs are scaled as asked, targets are one-hot."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from asyt import datasets, streams
from asyt.training import Data

Array = NDArray[np.floating]
#: (training inputs, test inputs) -> both scaled; whatever is fitted is fitted on training inputs.
Scale = Callable[[Array, Array], tuple[Array, Array]]


def pixels(train: Array, test: Array) -> tuple[Array, Array]:
    """As the data set has them."""
    return train, test


def unit_rows(train: Array, test: Array) -> tuple[Array, Array]:
    """Every sample scaled to unit length, as the authors' public demo does."""
    normalize = torch.nn.functional.normalize
    scaled = [normalize(torch.from_numpy(part)).numpy() for part in (train, test)]
    return scaled[0], scaled[1]


def unit_range(train: Array, test: Array) -> tuple[Array, Array]:
    """Features to [0, 1] by the range of the training inputs."""
    low, high = train.min(0), train.max(0)
    return (train - low) / (high - low), (test - low) / (high - low)


def signed_range(train: Array, test: Array) -> tuple[Array, Array]:
    """Features to [-1, 1] by the range of the training inputs."""
    low, high = train.min(0), train.max(0)
    return 2 * (train - low) / (high - low) - 1, 2 * (test - low) / (high - low) - 1


def one_hot(labels: Tensor | NDArray[np.integer], classes: int) -> Tensor:
    """Targets (N, P), float32."""
    return torch.nn.functional.one_hot(torch.as_tensor(labels), classes).to(torch.float32)


def moved(data: Data, compute: str) -> Data:
    """The task on a processor."""
    return Data(*(tensor.to(compute) for tensor in vars(data).values()))


@functools.lru_cache(maxsize=1)
def load(
    name: str,
    *,
    samples: int | None = None,
    scale: Scale = unit_rows,
    split_seed: int = 0,
    compute: str = "cpu",
) -> Data:
    """A data set as a task; the last one asked for is kept.

    Args:
        name: of the data set.
        samples: take that many training samples, drawn from stream `subset`; None takes all.
        scale: of the inputs.
        split_seed: of the split, where the set has no official one.
        compute: "cpu" or "cuda".
    """
    found = datasets.load(name, split_seed=split_seed)
    train_x, test_x = scale(found.train_x, found.test_x)
    x, y = torch.from_numpy(train_x), torch.from_numpy(found.train_y)
    if samples is not None:
        chosen = streams.permutation(len(x), "subset", 0)[:samples]
        x, y = x[chosen], y[chosen]
    classes = len(found.classes)
    test_y = torch.from_numpy(found.test_y)
    data = Data(x, one_hot(y, classes), torch.from_numpy(test_x), one_hot(test_y, classes))
    return moved(data, compute)
