"""AsyT Eq. 8."""

import pytest
import torch

from asyt import angles
from asyt.devices import DistortedDevice
from asyt.twins import Perceptron


def test_misalignment_is_equation_8():
    digital = torch.tensor([[[[1.0, 0.0]]]])
    physical = torch.tensor([[[[1.0, 1.0]], [[-2.0, 0.0]]]])
    angle, magnitude = angles.misalignment(physical, digital)
    assert angle.flatten().tolist() == pytest.approx([45, 180])
    assert magnitude.flatten().tolist() == pytest.approx([2**0.5 - 1, 1])


def test_responses_of_undistorted_chips_are_aligned_and_those_of_others_are_not():
    twin = Perceptron((4, 4, 3), activation="sigmoid")
    digital, x = twin.initial(0, 1.0, 0.5), torch.rand(20, 4)
    found = []
    for distortion in (0.0, 0.6):
        chips = DistortedDevice(twin, 5, 0, distortion=distortion)
        controls = [layer.map(lambda t: t.expand(5, *t.shape)) for layer in digital]
        found.append(angles.response_angle(twin, digital, chips, controls, x))
    assert found[0].shape == (5,)
    assert float(found[0].max()) < 0.1 < 1 < float(found[1].min())
