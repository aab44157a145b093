"""What the tests of the optical unit share."""

import numpy as np
import pytest
import torch

from asyt.devices.opu import Camera


@pytest.fixture(scope="session")
def ternary():
    """(batch, width) -> random vectors of -1, 0, 1, float64."""

    def draw(batch: int, width: int) -> torch.Tensor:
        drawn = np.random.default_rng(0).integers(-1, 2, (batch, width))
        return torch.from_numpy(drawn).double()

    return draw


@pytest.fixture(scope="session")
def perfect():
    """A camera without noise, quantisation or saturation."""
    return Camera(bits=None, noisy=False, full_scale=1e6)
