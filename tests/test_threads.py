"""The same numbers with one thread and two: exactly on small networks, to rounding on large."""

import pytest
import torch

from asyt import results
from asyt.experiments.trials import drill
from asyt.twins import Perceptron

#: Largest relative difference that another order of summation may make of a gradient of MNIST's
#: size in float32: a few hundred roundings of 6e-8.
ROUNDING = 2e-5


@pytest.fixture
def threads():
    """Sets the number of threads; afterwards it is what it was."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def test_a_small_run_has_the_same_bytes(threads):
    found = []
    for count in (1, 2):
        threads(count)
        found.append(results.sha256(drill.run(drill.Config(epochs=4))))
    assert found[0] == found[1]


def test_a_large_gradient_is_the_same_to_rounding(threads):
    twin = Perceptron((784, 256, 10), "relu", clip=1.0)
    weights = twin.initial(0, 0.1, 0.5)
    x = torch.rand(600, 784, generator=torch.Generator().manual_seed(0))
    target = torch.eye(10)[torch.arange(600) % 10]
    found = []
    for count in (1, 2):
        threads(count)
        states = twin.forward(weights, x)
        layers = twin.vjp(states, weights, twin.error(states[-1], target))
        found.append(
            torch.cat([tensor.flatten() for layer in layers for tensor in layer.tensors()])
        )
    difference = (found[0] - found[1]).abs().max() / found[0].abs().max()
    assert difference <= ROUNDING
