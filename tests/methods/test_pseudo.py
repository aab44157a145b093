"""The readings of pseudo IP-BP."""

import itertools

import pytest
import torch

from asyt.experiments.chips import fleets, iris_pseudo
from asyt.methods.pseudo import readings
from asyt.methods.sources import DigitalStep


@pytest.fixture
def trainer():
    """Every reading on the same small chips."""
    return fleets.build(iris_pseudo.EXPERIMENT.jobs("smoke")[0], methods=readings())


def gradients(trainer):
    """Method -> its gradient of the first step, weights a layer."""
    twin, x, y = trainer.twin, trainer.data.train_x, trainer.data.train_y
    states = twin.forward(trainer.digital, x)
    step = DigitalStep(trainer.digital, states, twin.error(states[-1], y))
    found = {}
    for branch in trainer.branches.values():
        layers = branch.method.gradient(twin, step, branch.device, branch.controls, x, y)
        found[branch.method.name] = [layer.weight for layer in layers]
    return found


def moved(trainer):
    """Method -> largest move of a weight in the first epoch, a layer."""
    before = [layer.weight.clone() for layer in trainer.digital]
    trainer.run_epoch()
    found = {}
    for branch in trainer.branches.values():
        pairs = zip(branch.controls, before, strict=True)
        found[branch.method.name] = [float((now.weight - then).abs().max()) for now, then in pairs]
    return found


def test_only_the_last_layer_moves_where_the_others_are_unknown(trainer):
    found = moved(trainer)
    hidden, last = found.pop("output-layer-only")
    assert hidden == 0 and last > 0
    assert min(min(layers) for layers in found.values()) > 0


def test_no_two_readings_train_alike(trainer):
    trainer.run_epoch()
    controls = [branch.controls[-1].weight for branch in trainer.branches.values()]
    for one, other in itertools.combinations(controls, 2):
        assert not torch.equal(one, other)


@pytest.mark.parametrize("name", ["no-digital-error", "frozen-twin"])
def test_first_step_is_the_fair_one_where_model_and_controls_are_the_same(trainer, name):
    found = gradients(trainer)
    for ours, fair in zip(found[name], found["pseudo-ip-bp"], strict=True):
        torch.testing.assert_close(ours, fair, rtol=1e-4, atol=1e-4)


def test_hidden_states_matter_to_the_last_layer_alone_where_they_are_withheld(trainer):
    found = gradients(trainer)
    fair = found["pseudo-ip-bp"][-1]
    torch.testing.assert_close(found["output-layer-only"][-1], fair)
    assert not torch.allclose(found["unknown-hidden"][-1], fair)
