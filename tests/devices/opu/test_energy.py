"""Energies of a projection."""

import numpy as np
import pytest

from asyt.devices.opu import energy


@pytest.mark.parametrize(
    ("use", "made"),
    [("arithmetic", "GPU, arithmetic"), ("memory", "GPU, matrix from memory")],
)
def test_the_energies_cross_where_they_are_said_to(use, made):
    joules = energy.projection(np.array([energy.crossing()[use]]))
    assert joules[made] == pytest.approx(joules["optical, two frames"])


def test_a_frame_costs_the_same_up_to_the_largest_size():
    joules = energy.projection(np.array([1e2, 1e5, 1e6]))["optical, one frame"]
    assert joules[:2] == pytest.approx(0.02) and np.isnan(joules[2])


def test_a_backward_pass_has_no_error_of_the_first_layer():
    operations = 2 * (3 * 4 + 4 * 5 + 4 * 5)
    joules = operations / energy.GPU_FLOPS * energy.GPU_WATT
    assert energy.backward((3, 4, 5)) == pytest.approx(joules)
