"""Named, separate random streams.

A stream is a counter-based generator (Philox) addressed by its name and a few integers (seed,
device, layer, epoch), so any part of it can be drawn again on any machine, alone, in any order.
"""

from __future__ import annotations

import numpy as np
import torch

from asyt.errors import AsytError, lookup

#: What may be random, and how often it is drawn.
STREAMS = {
    "fabrication": "static: the hidden imperfections of a chip",
    "drift": "event: slow change of a chip",
    "perturbation": "event: a sudden change of a chip",
    "noise": "a pass: independent read-out or pre-activation noise",
    "common-gain": "a pass: one gain for a whole layer",
    "initial": "static: initial controls",
    "batches": "an epoch: the order of the training samples",
    "subset": "static: which samples a reduced profile uses",
    "update": "static: write errors of the control updates",
    "search": "a step: directions and wrong labels that a method without gradients tries",
}


def sequence(stream: str, *address: int) -> np.random.SeedSequence:
    """The seed material of one address of a stream in `STREAMS`.

    An address is integers below 2^32, e.g. (seed, device, layer), always as many in one stream,
    since trailing zeros do not count; others would share a stream and are an `AsytError`.
    """
    name = lookup(stream, STREAMS, "random stream")
    if not all(0 <= number < 2**32 for number in address):
        raise AsytError(
            f"address {address} of random stream '{name}': give integers from 0 to 2^32 - 1."
        )
    number = list(STREAMS).index(name)
    return np.random.SeedSequence([number, *address])


def generator(stream: str, *address: int) -> np.random.Generator:
    """A counter-based NumPy generator for one address of a stream."""
    counter = np.random.Philox(sequence(stream, *address))
    return np.random.Generator(counter)


def normal(shape: tuple[int, ...], stream: str, *address: int) -> torch.Tensor:
    """Standard normal numbers (float64, CPU) of one address of a static stream."""
    numbers = generator(stream, *address).standard_normal(shape)
    return torch.from_numpy(numbers)


def permutation(n: int, stream: str, *address: int) -> torch.Tensor:
    """A random order of n samples (int64, CPU)."""
    order = generator(stream, *address).permutation(n)
    return torch.from_numpy(order)


def torch_generator(
    compute: torch.device | str,
    stream: str,
    *address: int,
) -> torch.Generator:
    """A torch generator seeded with one address: for noise drawn in bulk where the tensors live."""
    (state,) = sequence(stream, *address).generate_state(1, np.uint64)
    seed = int(state) >> 1
    return torch.Generator(device=compute).manual_seed(seed)
