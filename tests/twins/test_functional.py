"""Twins through torch.func: the perceptron's gradients, and PAT where states are measured."""

import torch

from asyt.twins import Functional, Layer, Named, Perceptron


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def pair(bias=True):
    """A perceptron, and the same network as functions."""
    by_hand = Perceptron((4, 6, 5, 3), activation="tanh", bias=bias)

    def stage(l):
        def run(layer, a):
            z = a @ layer.weight.mT + (0 if layer.bias is None else layer.bias.unsqueeze(-2))
            return torch.tanh(z) if l < 2 else z

        return run

    return by_hand, Functional(tuple(stage(l) for l in range(3)))


def largest_difference(one, other):
    return max(
        (a - b).abs().max()
        for x, y in zip(one, other, strict=True)
        for a, b in zip(x, y, strict=True)
        if a is not None
    )


def test_on_a_perceptron_both_ways_agree_to_rounding():
    x, target = normal(7, 4), torch.eye(3, dtype=torch.float64)[[0, 1, 2, 0, 1, 2, 0]]
    for bias in (True, False):
        by_hand, functional = pair(bias)
        weights = by_hand.initial(0, 0.5, 0.5, torch.float64)
        states = functional.forward(weights, x)
        error = functional.error(states[-1], target)
        assert (error - by_hand.error(states[-1], target)).abs().max() < 1e-14
        assert torch.allclose(
            functional.loss_value(states[-1], target), by_hand.loss_value(states[-1], target)
        )
        found, wanted = functional.vjp(states, weights, error), by_hand.vjp(states, weights, error)
        assert [layer.bias is None for layer in found] == [not bias] * 3
        assert largest_difference(found, wanted) < 1e-13


def test_a_digital_model_shared_by_devices_gives_each_its_own_gradient():
    by_hand, functional = pair()
    weights, x = by_hand.initial(0, 0.5, 0.5, torch.float64), normal(7, 4)
    states, error = functional.forward(weights, x), normal(2, 7, 3, seed=1)
    found = functional.vjp(states, weights, error)
    assert found[0].weight.shape == (2, 6, 4)
    for c in range(2):
        alone = functional.vjp(states, weights, error[c])
        assert largest_difference([Layer(w[c], b[c]) for w, b in found], alone) < 1e-13


def test_functions_may_take_named_controls():
    by_hand, functional = pair()
    weights, x, error = by_hand.initial(0, 0.5, 0.5, torch.float64), normal(7, 4), normal(2, 7, 3)
    named = [Named({"matrix": layer.weight, "offset": layer.bias}) for layer in weights]

    def renamed(stage):
        return lambda layer, a: stage(Layer(layer["matrix"], layer["offset"]), a)

    twin = Functional(tuple(map(renamed, functional.stages)))
    found = twin.vjp(twin.forward(named, x), named, error)
    wanted = functional.vjp(functional.forward(weights, x), weights, error)
    assert largest_difference([layer.tensors() for layer in found], wanted) < 1e-13


def test_each_layer_is_linearised_at_the_state_it_is_given():
    _, functional = pair(bias=False)
    weights = [Layer(normal(n, m, seed=m), None) for m, n in ((4, 6), (6, 5), (5, 3))]
    measured = [
        normal(7, n, seed=10 + n) for n in (4, 6, 5, 3)
    ]  # not what the twin would have made
    error = normal(7, 3, seed=20)
    slope = [1 - torch.tanh(a @ w.mT) ** 2 for a, (w, _) in zip(measured, weights, strict=False)]
    second = (error @ weights[2].weight) * slope[1]
    first = (second @ weights[1].weight) * slope[0]
    wanted = [first.mT @ measured[0], second.mT @ measured[1], error.mT @ measured[2]]
    for layer, hand in zip(functional.vjp(measured, weights, error), wanted, strict=True):
        assert torch.allclose(layer.weight, hand, rtol=1e-12)


def test_the_error_is_the_derivative_of_the_loss_at_any_scale():
    functional = Functional((), scale=3.0)
    readout, target = (
        normal(5, 3).requires_grad_(),
        torch.eye(3, dtype=torch.float64)[[0, 1, 2, 0, 1]],
    )
    functional.loss_value(readout, target).sum().backward()
    assert torch.allclose(functional.error(readout.detach(), target), readout.grad)
