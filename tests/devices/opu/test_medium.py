"""The matrix that is never stored."""

import numpy as np
import pytest

from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import medium
from asyt.errors import AsytError


def test_entries_are_normal_and_independent():
    t = OpticalProcessingUnit(300, 1000, 0).matrix().numpy()
    assert abs(t.mean()) < 0.01 and abs(t.var() - 1) < 0.01
    assert abs((t**4).mean() - 3) < 0.1
    assert np.abs(np.corrcoef(t.T) - np.eye(300)).max() < 0.2
    imaginary = medium.product(np.eye(300, dtype=np.float32), 0, range(1000), 1).T
    assert abs(np.corrcoef(t.ravel(), imaginary.ravel())[0, 1]) < 0.01


def test_any_rows_can_be_made_again():
    x = np.random.default_rng(0).standard_normal((2, 5000))
    whole = medium.product(x, 7, range(700), 0)
    np.testing.assert_array_equal(medium.product(x, 7, range(250, 600), 0), whole[:, 250:600])


@pytest.mark.parametrize("rows", [range(0), range(-1, 3), range(0, 6, 2)])
def test_rows_that_are_not_a_stretch_of_outputs_are_refused(rows):
    with pytest.raises(AsytError, match="with step 1"):
        medium.product(np.ones((1, 4)), 0, rows, 0)
