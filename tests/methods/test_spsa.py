"""SPSA on a linear device, whose loss is quadratic, so that a central difference is exact."""

import pytest
import torch

from asyt.devices import DistortedDevice
from asyt.errors import AsytError
from asyt.methods.spsa import SPSA
from asyt.twins import Layer, Perceptron

NET = Perceptron((4, 3), output="linear", loss="mse")


def task(draw_weights, draw_batch):
    masks = [Layer(0.6 * w, 0.6 * b) for w, b in draw_weights(NET.layers, 9, (2,))]
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(9, 4, 3)
    (mask,), (layer,) = masks, controls
    error = torch.einsum("cij,bj->cbi", (1 + mask.weight) * layer.weight, x) - target
    error += ((1 + mask.bias) * layer.bias)[:, None]
    wanted = (
        (1 + mask.weight) * torch.einsum("cbi,bj->cij", error, x),
        (1 + mask.bias) * error.sum(1),
    )
    return DistortedDevice.from_masks(NET, masks), controls, x, target, wanted


def test_estimate_is_the_derivative_along_its_direction(draw_weights, draw_batch):
    device, controls, x, target, wanted = task(draw_weights, draw_batch)
    (ours,) = SPSA(0.3).gradient(NET, None, device, controls, x, target, 0.5)
    for chip in range(2):
        found = torch.cat([ours.weight[chip].flatten(), ours.bias[chip]])
        true = 0.5 * torch.cat([wanted[0][chip].flatten(), wanted[1][chip]])
        torch.testing.assert_close(found.abs(), found.abs()[:1].expand(15))
        torch.testing.assert_close((true * found.sign()).sum(), found[0].abs())


def test_estimates_average_to_the_gradient_of_the_device(draw_weights, draw_batch):
    device, controls, x, target, wanted = task(draw_weights, draw_batch)
    method = SPSA()
    mean = torch.stack(
        [method.gradient(NET, None, device, controls, x, target)[0].weight for _ in range(4000)]
    ).mean(0)
    assert torch.cosine_similarity(mean.flatten(), wanted[0].flatten(), 0) > 0.99
    assert (mean - wanted[0]).norm() < 0.1 * wanted[0].norm()


def test_a_step_is_two_read_outs_of_a_closed_device_and_its_number_is_the_memory(
    draw_weights, draw_batch
):
    device, controls, x, target, _ = task(draw_weights, draw_batch)
    first, second = SPSA(), SPSA()
    first.gradient(NET, None, device, controls, x, target)
    assert (device.accesses.samples, device.accesses.reads, device.accesses.writes) == (
        18,
        2 * 9 * 3,
        0,
    )
    second.load_state(first.state())
    a, b = (m.gradient(NET, None, device, controls, x, target)[0].weight for m in (first, second))
    assert torch.equal(a, b)
    with pytest.raises(AsytError, match="perturbation of 0"):
        SPSA(0)
