"""Pairs that are timed against each other: precision, threads, tests, projections."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from asyt.bench.contenders import CONTENDERS, MNIST, evaluated, fleet
from asyt.devices.opu import medium
from asyt.errors import AsytError
from asyt.twins import kernels, products

Timed = Callable[[], object]
CHIPS = 16
#: Blocks of the transmission matrix that are projected.
BLOCKS = 20


def pairs() -> dict[str, tuple[Timed, Timed, float]]:
    """Ratio -> what is timed above and below the line, and the factor of their ratio.

    Seconds are those of the processor, of all threads together: two threads that never wait take
    twice the seconds of the clock.
    """
    step = fleet("asyt", CHIPS)
    found: dict[str, tuple[Timed, Timed, float]] = {
        "threads_2_over_1": (step, partial(with_threads, 2, step), 2.0),
        "evaluation_fraction": (forward_products(CHIPS), evaluated(CHIPS), 1.0),
        "opu_generator_fraction": (generated, projected(), 1.0),
    }
    if has_bf16():
        rounded = fleet("asyt", CHIPS, precision="bf16")
        found["bf16_over_bp"] = (
            rounded,
            CONTENDERS["bp, our products"].build(),
            1 / CHIPS,
        )
    return found


def has_bf16() -> bool:
    """Whether this processor has products in bfloat16."""
    try:
        kernels.check_precision("bf16", torch.device("cpu"))
    except AsytError:
        return False
    return True


def with_threads(threads: int, step: Timed) -> None:
    """A step with so many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        step()
    finally:
        torch.set_num_threads(before)


def forward_products(chips: int) -> Timed:
    """The products alone of a forward pass of C chips."""
    x, _ = MNIST.tensors()
    inputs = [
        x,
        *(torch.rand(chips, MNIST.batch, width) for width in MNIST.layers[1:-1]),
    ]
    weights = [torch.rand(chips, *shape) for shape in MNIST.products]

    def step() -> list[Tensor]:
        return [products.forward(*pair) for pair in zip(inputs, weights, strict=True)]

    return step


def generated() -> None:
    """The entries of a block row of the medium, by the generator alone."""
    for column in range(BLOCKS):
        medium.block(0, 0, 0, column)


def projected() -> Timed:
    """A projection by the same entries."""
    vector = np.ones((1, BLOCKS * medium.COLUMNS), np.float32)
    return partial(medium.product, vector, 0, range(medium.ROWS), 0)
