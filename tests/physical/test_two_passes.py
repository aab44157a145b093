"""Both passes of an AsyT step meet the same modules as often, with inputs of one shape."""

import pytest
import torch
from torch import nn

from asyt.errors import AsytError
from asyt.physical import PhysicalModule, asyt

X = torch.rand(5, 4, generator=torch.Generator().manual_seed(1))


def twin(controls, x):
    return x @ controls.mT


def module(device=twin):
    return PhysicalModule(device, twin, torch.rand(4, 4), "asyt")


class Uneven(nn.Module):
    """Passes its module so many times, in turn."""

    def __init__(self, *times):
        super().__init__()
        self.lab, self.times, self.passes = module(), times, 0

    def forward(self, x):
        times = self.times[self.passes % len(self.times)]
        self.passes += 1
        for _ in range(times):
            x = self.lab(x)
        return x


@pytest.mark.parametrize("times", [(1, 2), (2, 1), (0, 1), (3, 0)])
def test_unequal_passes_are_refused_and_leave_nothing_behind(times):
    network = Uneven(*times)
    with pytest.raises(AsytError, match=r"more often than the .* pass: they must be alike"):
        asyt(network, X, torch.sum)
    network.times = (2,)
    asyt(network, X, torch.sum).backward()
    assert network.lab.controls[0].grad is not None


def test_passes_of_other_inputs_are_refused():
    class Growing(Uneven):
        def forward(self, x):
            self.passes += 1
            return self.lab(x[: self.passes])

    with pytest.raises(AsytError, match=r"inputs \(2, 4\) in the physical pass and \(1, 4\)"):
        asyt(Growing(), X, torch.sum)


def test_a_module_in_evaluation_mode_is_refused():
    network = nn.Sequential(module(), module())
    network[0].eval()  # its read-out has no gradient for the module before
    with pytest.raises(AsytError, match="all of these in training mode"):
        asyt(network, X, torch.sum)


def test_after_an_interruption_the_step_can_be_taken_again():
    calls = []

    def device(controls, x):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return twin(controls, x)

    network = nn.Sequential(module(device), module(device))
    with pytest.raises(KeyboardInterrupt):
        asyt(network, X, torch.sum)
    asyt(network, X, torch.sum).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_steps_may_be_taken_together():
    together, apart = module(), module()
    apart.load_state_dict(together.state_dict())
    square = lambda y: y.square().sum()  # noqa: E731
    (asyt(together, X, square) + asyt(together, 2 * X, square)).backward()
    for x in (X, 2 * X):
        asyt(apart, x, square).backward()
    for one, other in zip(together.parameters(), apart.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)


def test_digital_controls_that_change_before_the_backward_pass_are_noticed():
    network = module()
    loss = asyt(network, X, torch.sum)
    with torch.no_grad():
        network.digital[0].add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()
