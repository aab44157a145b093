"""Update directions of methods at the same controls."""

import torch
from torch import nn

from asyt.devices import DistortedDevice, DistortedNetwork
from asyt.methods.directions import back_propagated, cosines, directions
from asyt.twins import Neural, Perceptron

NAMES = ("asyt", "pat", "insilico-bp")
TWIN = Perceptron((4, 6, 3), activation="tanh")


def test_controls_of_any_shape_have_one_direction_a_layer():
    network = nn.Sequential(
        nn.Unflatten(1, (1, 4)), nn.Conv1d(1, 2, 2), nn.Flatten(), nn.Linear(6, 3)
    )
    x, target = torch.rand(8, 4), torch.eye(3)[torch.arange(8) % 3]
    twin = Neural.of(network, example=x)
    controls = [layer.spread(2) for layer in twin.initial(0)]
    device = DistortedNetwork(twin, 2, 0, distortion=0.5)
    updates = directions(("pseudo-ip-bp", "insilico-bp"), twin, device, controls, x, target)
    reference = back_propagated(twin, controls, x, target)
    (same,) = cosines(updates["insilico-bp"], reference)
    (other,) = cosines(updates["pseudo-ip-bp"], reference)
    assert torch.allclose(same, torch.ones(2))
    assert other.shape == (2,)
    assert other.max() < 0.999


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
