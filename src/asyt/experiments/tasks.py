"""Tasks: a data set, made ready for a network. Inputs are scaled as asked, targets are one-hot."""

import functools
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from asyt import datasets, streams
from asyt.training import Data

Array = NDArray[np.floating]
Labels = NDArray[np.integer]
Pair = tuple[Array, Array]
#: (training inputs, test inputs) -> both scaled; whatever is fitted is fitted on training inputs.
Scale = Callable[[Array, Array], Pair]
_kept = functools.cache(datasets.load)
#: Classes of `few_digits`, from 0.
DIGITS = 4


def pixels(train: Array, test: Array) -> Pair:
    """As the data set has them."""
    return train, test


def unit_rows(train: Array, test: Array) -> Pair:
    """Every sample scaled to unit length, as the authors' public demo does."""
    normalize = torch.nn.functional.normalize
    train_rows = normalize(torch.from_numpy(train))
    test_rows = normalize(torch.from_numpy(test))
    return train_rows.numpy(), test_rows.numpy()


def standardised(train: Array, test: Array) -> Pair:
    """All features by one mean and one deviation, those of the training inputs."""
    mean = train.mean()
    deviation = train.std()
    return (train - mean) / deviation, (test - mean) / deviation


def unit_range(train: Array, test: Array) -> Pair:
    """Features to [0, 1] by the range of the training inputs."""
    low = train.min(0)
    high = train.max(0)
    return (train - low) / (high - low), (test - low) / (high - low)


def powers(train: Array, test: Array) -> Pair:
    """As `unit_range`; test inputs beyond it are cut off, as light is at no and at full power."""
    train, test = unit_range(train, test)
    return train.clip(0, 1), test.clip(0, 1)


def signed_range(train: Array, test: Array) -> Pair:
    """Features to [-1, 1] by the range of the training inputs."""
    train, test = unit_range(train, test)
    return 2 * train - 1, 2 * test - 1


def principal(train: Array, test: Array, components: int) -> Pair:
    """Principal components of the training inputs, float64."""
    from sklearn.decomposition import PCA

    train = train.astype(np.float64)
    test = test.astype(np.float64)
    fitted = PCA(components, svd_solver="arpack", random_state=0).fit(train)
    return fitted.transform(train), fitted.transform(test)


def component_powers(components: int) -> Scale:
    """Principal components, then `powers`."""

    def scale(train: Array, test: Array) -> Pair:
        train, test = principal(train, test, components)
        return powers(train, test)

    return scale


#: How the pixels of an image may be scaled, by the name that a configuration gives.
SCALES: dict[str, Scale] = {
    "unit-rows": unit_rows,
    "pixels": pixels,
    "standardised": standardised,
}


def one_hot(labels: Tensor | Labels, classes: int) -> Tensor:
    """Targets (N, P), float32."""
    numbers = torch.as_tensor(labels)
    return torch.nn.functional.one_hot(numbers, classes).to(torch.float32)


def moved(data: Data, compute: str) -> Data:
    """The task on a processor."""
    return data.to(compute)


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

    So many training `samples` are drawn from stream `subset`, by default all; `split_seed` is of
    the split, where the set has no official one.
    """
    found = datasets.load(name, split_seed=split_seed)
    data = ready(
        found.train_x,
        found.train_y,
        found.test_x,
        found.test_y,
        len(found.classes),
        scale,
    )
    if samples is not None:
        order = streams.permutation(len(data.train_x), "subset", 0)
        chosen = order[:samples]
        data.train_x = data.train_x[chosen]
        data.train_y = data.train_y[chosen]
    return data.to(compute)


def ready(
    train_x: Array,
    train_y: Labels,
    test_x: Array,
    test_y: Labels,
    classes: int,
    scale: Scale,
) -> Data:
    """Inputs (N, in) and labels (N,) of both splits as a task, float32."""
    train, test = scale(train_x, test_x)
    return Data(
        torch.from_numpy(train).float(),
        one_hot(train_y, classes),
        torch.from_numpy(test).float(),
        one_hot(test_y, classes),
    )


def iris_two(seed: int) -> Data:
    """Setosa and Versicolor, two principal components; a third of the flowers for the test."""
    from sklearn.model_selection import train_test_split

    found = datasets.load("iris")
    x = np.concatenate([found.train_x, found.test_x])
    y = np.concatenate([found.train_y, found.test_y])
    two = y < 2
    train_x, test_x, train_y, test_y = train_test_split(
        x[two],
        y[two],
        test_size=1 / 3,
        random_state=seed,
        stratify=y[two],
    )
    return ready(
        train_x,
        train_y,
        test_x,
        test_y,
        2,
        component_powers(2),
    )


def iris_three(seed: int) -> Data:
    """All three species, four features as `powers`."""
    return load("iris", scale=powers, split_seed=seed)


def few_digits(seed: int) -> Data:
    """MNIST digits 0 to 3, 784 pixels to 8 principal components.

    The paper does not say how many samples it took; these are 600 and 300 random ones.
    """
    found = _kept("mnist")
    train_x, train_y = _some(
        found.train_x,
        found.train_y,
        600,
        (seed, 0),
    )
    test_x, test_y = _some(
        found.test_x,
        found.test_y,
        300,
        (seed, 1),
    )
    return ready(
        train_x,
        train_y,
        test_x,
        test_y,
        DIGITS,
        component_powers(8),
    )


def _some(
    x: Array,
    y: Labels,
    count: int,
    address: tuple[int, int],
) -> tuple[Array, Labels]:
    (kept,) = np.nonzero(y < DIGITS)
    generator = streams.generator("subset", *address)
    order = generator.permutation(len(kept))
    chosen = kept[order[:count]]
    return x[chosen], y[chosen]
