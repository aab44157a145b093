"""Small tasks and weights that the tests of the numerical core share; everything is float64."""

import sys

import numpy as np
import pytest
import torch

from asyt.training import Data
from asyt.twins import Layer


@pytest.fixture(scope="session")
def draw_weights():
    """(layers, seed, lead, bias) -> weights (*lead, out, in) and biases (*lead, out) of standard deviation 1."""

    def draw(layers, seed=0, lead=(), bias=True):
        rng = np.random.default_rng(seed)
        return [
            Layer(
                torch.from_numpy(rng.standard_normal((*lead, n_out, n_in))),
                torch.from_numpy(rng.standard_normal((*lead, n_out))) if bias else None,
            )
            for n_in, n_out in zip(layers, layers[1:], strict=False)
        ]

    return draw


@pytest.fixture(scope="session")
def draw_batch():
    """(batch, n_in, n_out, seed) -> inputs (B, in) and one-hot targets (B, P)."""

    def draw(batch, n_in, n_out, seed=0):
        rng = np.random.default_rng((1, seed))
        labels = torch.from_numpy(rng.integers(n_out, size=batch))
        return torch.from_numpy(rng.standard_normal((batch, n_in))), torch.eye(
            n_out, dtype=torch.float64
        )[labels]

    return draw


@pytest.fixture(scope="session")
def blobs():
    """Three classes of 4 features that a perceptron can tell apart: 90 training and 60 test samples."""
    rng = np.random.default_rng(5)
    labels = rng.permutation(np.arange(150) % 3)
    x = torch.from_numpy(2.0 * np.eye(3, 4)[labels] + 0.5 * rng.standard_normal((150, 4)))
    y = torch.eye(3, dtype=torch.float64)[torch.from_numpy(labels)]
    return Data(x[:90], y[:90], x[90:], y[90:])


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Matplotlib keeps every figure until it is closed, and warns after twenty."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
