"""Linear layers around second-harmonic generation."""

import torch

from asyt.devices.shg_network import SHGNetwork


def test_parameters_of_the_modules_are_brought_back_into_the_shapers_range():
    network = SHGNetwork(2, 0, "pat")
    amplitudes = network.physical.controls[0]
    amplitudes.data[0] = 5.0
    network.confine()
    assert amplitudes.abs().max() == 1


def test_every_pulse_has_parameters_of_its_own():
    network, x = SHGNetwork(3, 0, "insilico-bp"), torch.rand(5, 784)
    network(x).sum().backward()
    gradient = network.physical.controls[0].grad
    assert gradient.shape[0] == 3
    assert not torch.equal(gradient[0], gradient[1])


def test_without_a_method_it_is_two_linear_layers():
    network, x = SHGNetwork(3, 0, None), torch.rand(5, 784)
    assert torch.equal(network(x), network.after(network.before(x)))
