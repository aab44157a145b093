"""The chip of the authors' public demo, held against the numbers that are known of it."""

import numpy as np
import torch

from asyt.devices import demo

LAYERS = (784, 256, 256, 10)


def test_errors_of_the_first_layer_are_six_times_its_initial_weights():
    errors, initial = demo.masks(LAYERS)[0].weight, demo.initial(LAYERS)[0].weight
    assert torch.allclose(errors, 6 * initial, rtol=1e-6, atol=0)


def test_a_layer_s_biases_and_first_weights_come_from_the_same_numbers():
    for layer in demo.initial(LAYERS):
        first = layer.weight.reshape(-1)[: len(layer.bias)]
        assert torch.allclose(layer.bias, 5 * first, rtol=1e-6, atol=0)


def test_the_chip_is_one_sequence_layer_after_layer_weights_then_biases():
    numbers = 0.6 * np.random.RandomState(42).randn(784 * 256 + 256 + 3)
    first, second, _ = demo.masks(LAYERS)
    assert np.allclose(first.bias, numbers[784 * 256 :][:256], rtol=1e-6)
    assert np.allclose(second.weight.reshape(-1)[:3], numbers[-3:], rtol=1e-6)


def test_update_errors_of_a_layer_are_a_sequence_of_their_own():
    for l, (weight, bias) in enumerate(demo.update_errors(LAYERS)):
        numbers = 0.6 * np.random.RandomState((126, 252, 378)[l]).randn(weight.numel() + len(bias))
        assert np.allclose(weight.reshape(-1), numbers[: weight.numel()], rtol=1e-6)
        assert np.allclose(bias, numbers[weight.numel() :], rtol=1e-6)


def test_the_errors_keep_their_pattern_at_any_distortion():
    one, two = demo.masks(LAYERS), demo.masks(LAYERS, 1.2)
    for small, large in zip(one, two, strict=True):
        assert torch.allclose(2 * small.weight, large.weight)
