"""Update directions of methods at the same controls."""

import torch

from asyt.devices import DistortedDevice
from asyt.methods.directions import back_propagated, cosines, directions
from asyt.twins import Perceptron

NAMES = ("asyt", "pat", "insilico-bp")
TWIN = Perceptron((4, 6, 3), activation="tanh")


def compared(distortion):
    """Cosines of each method with the digital model's gradient, layer by layer."""
    x = torch.rand(8, 4, generator=torch.Generator().manual_seed(0))
    target = torch.eye(3)[torch.arange(8) % 3]
    controls = [layer.map(lambda t: t[None]) for layer in TWIN.initial(0, 0.5, 0.5)]
    device = DistortedDevice(TWIN, 1, 0, distortion=distortion, encapsulated=False)
    updates = directions(NAMES, TWIN, device, controls, x, target)
    reference = back_propagated(TWIN, controls, x, target)
    return {name: torch.cat(cosines(update, reference), -1) for name, update in updates.items()}


def test_on_a_perfect_device_all_directions_are_one():
    for name, cosine in compared(0.0).items():
        assert torch.allclose(cosine, torch.ones(()), atol=1e-4), name


def test_the_direction_of_the_digital_model_does_not_see_the_device():
    cosine = compared(0.6)
    assert torch.allclose(cosine["insilico-bp"], torch.ones(()), atol=1e-4)
    assert cosine["pat"].min() < 0.99
