"""The optical unit as the projector of direct feedback alignment."""

import torch

from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera
from asyt.methods import feedback
from asyt.twins import Layer, Perceptron


def test_an_optical_unit_is_a_projector_and_is_not_needed_afterwards(tmp_path):
    twin = Perceptron((4, 6, 5, 3), activation="tanh")
    weights = twin.initial(0, 1.0, 1.0)
    x = torch.eye(4)
    states = twin.forward(weights, x)
    error = twin.error(states[-1], torch.eye(3)[[0, 1, 2, 0]])
    unit = OpticalProcessingUnit(3, 11, 0)
    step = feedback.dfa(twin, states, weights, error, unit.project(feedback.ternarise(error)))
    for layer, update in zip(weights, step, strict=True):
        layer.weight.sub_(0.1 * update.weight)
    expected = twin.forward(weights, x)[-1]
    torch.save([tuple(layer) for layer in weights], tmp_path / "net.pt")
    del unit
    loaded = [Layer(*layer) for layer in torch.load(tmp_path / "net.pt")]
    assert torch.equal(twin.forward(loaded, x)[-1], expected)


def test_dark_patterns_take_no_frame_and_give_no_noise_unless_they_are_shown():
    e = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, -1, 0]])
    skipping, showing = (
        OpticalProcessingUnit(3, 50, 0, show_dark=shown) for shown in (False, True)
    )
    found, noisy = skipping.project(e), showing.project(e)
    assert (skipping.exposures, showing.exposures) == (3, 6)
    assert (found[0] == 0).all() and (noisy[0] != 0).any()
    assert skipping.camera(e)[1, 1].abs().max() == 0


def test_a_unit_made_again_from_its_seed_is_the_same_projector():
    quiet = Camera(noisy=False)
    first, second, other = (OpticalProcessingUnit(4, 30, seed, camera=quiet) for seed in (7, 7, 8))
    e = torch.eye(4)
    assert torch.equal(first.project(e), second.project(e)) and not torch.equal(
        first.project(e), other.project(e)
    )
