"""Populations made of functions of one chip."""

import pytest
import torch

from asyt.devices import Device, SingleChips
from asyt.errors import AsytError, DeviceOutputError
from asyt.testing import check_device
from asyt.twins import Layer


def chip(gain):
    """One chip of two layers, whose weights are too strong by a factor."""

    def read(controls, x):
        first, last = controls
        hidden = torch.tanh(x @ (gain * first.weight).mT + first.bias)
        return hidden @ last.weight.mT + last.bias

    return read


def in_numpy(controls, x):
    (layer,) = controls
    return x.numpy() @ layer.weight.numpy().T  # a driver's, in lists or arrays


@pytest.mark.parametrize("chips", [chip(1.3), [chip(1.3)], [chip(0.8), chip(1.0), chip(1.2)]])
def test_functions_of_one_chip_keep_the_contract(chips):
    assert "chip_by_chip" in check_device(lambda: Device.of(chips, (4, 5, 3)))


def test_each_chip_gets_its_own_controls(draw_weights, draw_batch):
    gains = (0.8, 1.0, 1.2)
    device = Device.of([chip(gain) for gain in gains], (4, 5, 3))
    weights, (x, _) = draw_weights((4, 5, 3), lead=(3,)), draw_batch(6, 4, 3)
    for j, (gain, read) in enumerate(zip(gains, device(weights, x), strict=True)):
        alone = [Layer(weight[j], bias[j]) for weight, bias in weights]
        assert torch.equal(read, chip(gain)(alone, x))


def test_a_driver_may_return_numpy_arrays():
    check_device(lambda: Device.of(in_numpy, (4, 3)), bias=False)


class Noisy:
    """A chip that follows the moment."""

    def at(self, *moment):
        self.generator = torch.Generator().manual_seed(hash(moment) % 2**31)

    def __call__(self, controls, x):
        (layer,) = controls
        clean = x @ layer.weight.mT + layer.bias
        return clean + 0.01 * torch.randn(clean.shape, generator=self.generator)


def test_a_chip_that_wants_to_know_the_moment_is_told():
    check_device(lambda: started(Device.of([Noisy(), Noisy()], (4, 3))), noisy=True)


def started(device):
    device.at(0, 0, 0)
    return device


@pytest.mark.parametrize("chips", [[], [chip(1.0), 3], "ab"])
def test_what_is_no_chip_is_refused(chips):
    with pytest.raises(AsytError, match=r"give at least 1|give a function"):
        SingleChips(chips, (4, 3))


@pytest.mark.parametrize(
    "wrong", [lambda y: y.mT, lambda y: y[:1], lambda y: y[None], lambda y: y.sum()]
)
def test_a_wrong_shape_names_the_chip(wrong):
    device = Device.of([lambda _c, x: x[:, :3], lambda _c, x: wrong(x[:, :3])], (4, 3))
    with pytest.raises(DeviceOutputError, match=r"chip 1 returned shape .*\(B, P\) = \(5, 3\)"):
        device([Layer(torch.ones(2, 3, 4))], torch.ones(5, 4))


def test_a_complex_field_is_refused():
    device = Device.of(lambda _c, x: x[:, :3] + 0j, (4, 3))
    with pytest.raises(DeviceOutputError, match="return what detectors read"):
        device([Layer(torch.ones(1, 3, 4))], torch.ones(5, 4))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (5, 1, 3, 4)])
def test_controls_of_other_chips_are_refused(shape):
    with pytest.raises(AsytError, match=r"give each layer's weights as \(C, out, in\), C = 1"):
        Device.of(in_numpy, (4, 3))([Layer(torch.ones(shape))], torch.ones(5, 4))
