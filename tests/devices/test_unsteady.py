"""Drift, perturbation and levels: what the device feels, by hand, at every moment."""

import pytest
import torch

from asyt import streams
from asyt.devices import Device, DistortedDevice, Drift, Noise, Perturbation, Quantisation, Unsteady
from asyt.errors import AsytError
from asyt.testing import check_device
from asyt.twins import Perceptron

NET = Perceptron((4, 6, 3))
TRAINING = 0


class Felt(Device):
    """Keeps the controls it was given."""

    def __init__(self, population=2):
        super().__init__(NET.layers, population)

    def propagate(self, controls, x):
        self.controls = controls
        return NET.forward(controls, x)


def felt(weights, *events, epoch, seed=3, population=2):
    chip = Felt(population)
    device = Unsteady(chip, *events, seed=seed)
    device.at(0, epoch, TRAINING)
    device(weights, torch.ones(1, 4, dtype=torch.float64))
    return chip.controls


def test_a_perturbation_strikes_once_and_stays(draw_weights):
    weights, event = draw_weights(NET.layers, 1, (2,)), Perturbation(epoch=5, size=0.8)
    assert torch.equal(felt(weights, event, epoch=4)[0].weight, weights[0].weight)
    for epoch in (5, 9):
        found = felt(weights, event, epoch=epoch)
        for l, (n_in, n_out) in enumerate(((4, 6), (6, 3))):
            for chip in range(2):
                gain = 1 + 0.8 * streams.normal((n_out, n_in + 1), "perturbation", 3, chip, l)
                torch.testing.assert_close(
                    found[l].weight[chip], gain[:, :-1] * weights[l].weight[chip]
                )
                torch.testing.assert_close(found[l].bias[chip], gain[:, -1] * weights[l].bias[chip])


def test_each_chip_may_be_struck_by_its_own_size(draw_weights):
    weights = draw_weights(NET.layers, 1, (2,))
    both = felt(weights, Perturbation(0, (0.2, 0.8)), epoch=1)
    for chip, size in enumerate((0.2, 0.8)):
        alone = felt(weights, Perturbation(0, size), epoch=1)
        for l in range(2):
            torch.testing.assert_close(both[l].weight[chip], alone[l].weight[chip])
            torch.testing.assert_close(both[l].bias[chip], alone[l].bias[chip])


@pytest.mark.parametrize("sizes", [(0.2,), (0.1, 0.2, 0.3)])
def test_sizes_are_as_many_as_chips(draw_weights, sizes):
    weights = draw_weights(NET.layers, 1, (2,))
    with pytest.raises(AsytError, match="2 chips: give one each"):
        felt(weights, Perturbation(0, sizes), epoch=1)


@pytest.mark.parametrize("moment", [(5,), (5, 0), (0, 5, 0, 0)])
def test_a_moment_is_seed_epoch_and_phase(moment):
    with pytest.raises(AsytError, match="events need"):
        Unsteady(Felt(), Perturbation(epoch=5, size=0.8), seed=3).at(*moment)


def test_a_chip_is_the_same_chip_in_any_population(draw_weights):
    weights = draw_weights(NET.layers, 1, (2,))
    first = [type(layer)(layer.weight[:1], layer.bias[:1]) for layer in weights]
    for event in (Perturbation(0, 0.5), Drift(0.1)):
        both, one = felt(weights, event, epoch=3), felt(first, event, epoch=3, population=1)
        torch.testing.assert_close(both[1].weight[:1], one[1].weight)


def test_drift_is_a_walk_that_depends_on_the_epoch_only(draw_weights):
    weights, event = draw_weights(NET.layers, 1, (2,)), Drift(0.1)
    assert torch.equal(felt(weights, event, epoch=0)[0].weight, weights[0].weight)
    chip = Felt()
    walked = Unsteady(chip, event, seed=3)
    for epoch in (0, 1, 1, 2, 5, 3):  # forwards, twice, a jump, and back
        walked.at(0, epoch, TRAINING)
        walked(weights, torch.ones(1, 4, dtype=torch.float64))
        assert torch.equal(chip.controls[1].weight, felt(weights, event, epoch=epoch)[1].weight)
    steps = sum(streams.normal((3, 7), "drift", 3, epoch, 0, 1) for epoch in (1, 2, 3))
    torch.testing.assert_close(
        chip.controls[1].weight[0], (1 + 0.1 * steps[:, :-1]) * weights[1].weight[0]
    )


def test_controls_are_set_to_the_nearest_level():
    weights = [
        type(layer)(layer.weight[None], layer.bias[None])
        for layer in NET.initial(0, 1.0, 1.0, torch.float64)
    ]
    found = felt(weights, Quantisation(levels=5, limit=1.0), epoch=0, population=1)
    levels = torch.tensor([-1.0, -0.5, 0, 0.5, 1], dtype=torch.float64)
    wanted = levels[(weights[0].weight.unsqueeze(-1) - levels).abs().argmin(-1)]
    torch.testing.assert_close(found[0].weight, wanted)
    for bad in ((1, 1.0), (5, 0.0)):
        with pytest.raises(AsytError, match="levels"):
            Quantisation(*bad)


def test_events_follow_each_other_in_order(draw_weights):
    weights = draw_weights(NET.layers, 1, (2,))
    levels, blow = Quantisation(3, 1.0), Perturbation(0, 0.5)
    assert set(felt(weights, blow, levels, epoch=0)[0].weight.flatten().tolist()) <= {
        -1.0,
        0.0,
        1.0,
    }
    once = felt(weights, levels, epoch=0)
    torch.testing.assert_close(
        felt(weights, levels, blow, epoch=0)[0].weight, felt(once, blow, epoch=0)[0].weight
    )


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("encapsulated", [False, True])
def test_it_keeps_the_contract_of_a_device(noisy, encapsulated):
    def make():
        chips = DistortedDevice(
            NET,
            2,
            0,
            distortion=0.5,
            encapsulated=encapsulated,
            noise=Noise(10.0) if noisy else None,
        )
        return Unsteady(chips, Perturbation(0, 0.3), Drift(0.1), Quantisation(100, 1.0), seed=1)

    assert "counts_outputs" in check_device(make, noisy=noisy)
