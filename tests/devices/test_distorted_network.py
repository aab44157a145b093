"""Chips that are meant to be a network: the contract, and errors of every parameter (Eq. 9)."""

import pytest
import torch
from torch import nn

from asyt.devices import DistortedNetwork, Drift, Noise, Perturbation, Quantisation, Unsteady
from asyt.errors import AsytError
from asyt.testing import check_device
from asyt.twins import Neural


def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Conv1d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(12, 2))


EXAMPLE = torch.rand(5, 1, 6)
TWIN = Neural.of(network(), example=EXAMPLE)
ROWS = TWIN.rows(EXAMPLE)


def controls(population):
    return [layer.spread(population).map(torch.clone) for layer in TWIN.initial()]


@pytest.mark.parametrize("noise", [None, Noise(10.0), Noise(10.0, common=True)])
def test_the_contract_is_kept(noise):
    check_device(
        lambda: DistortedNetwork(TWIN, 3, 0, distortion=0.3, offset=0.1, noise=noise),
        controls=lambda _: controls(3),
        noisy=noise is not None,
    )


def test_every_parameter_meets_an_error_of_its_own():
    chips = DistortedNetwork(TWIN, 2, 0, distortion=0.3)
    readout = chips(controls(2), ROWS)
    for c in range(2):
        other = network()
        with torch.no_grad():
            for name, parameter in other.named_parameters():
                parameter *= chips.gain[0][name][c]
        assert torch.allclose(readout[c], other(EXAMPLE), atol=1e-6)


def test_the_errors_have_the_deviations_asked_for():
    chips = DistortedNetwork(TWIN, 400, 0, distortion=0.3, offset=0.2)
    error = torch.cat([tensor.flatten() for tensor in chips.gain[0].tensors()]) - 1
    assert error.std() == pytest.approx(0.3, rel=0.05)
    dark = [layer.map(torch.zeros_like) for layer in controls(400)]
    bias = chips(dark, torch.zeros(1, 6))  # what is left is N_init of the last biases, distorted
    assert bias.std() == pytest.approx(0.2 * (1 + 0.3**2) ** 0.5, rel=0.2)


def test_a_chip_of_a_seed_is_the_same_in_any_population():
    alone = DistortedNetwork(TWIN, 1, 7, distortion=0.3, chips=[2])
    among = DistortedNetwork(TWIN, 3, 7, distortion=0.3)
    for name, gain in alone.gain[0].items():
        assert torch.equal(gain[0], among.gain[0][name][2])
        assert not torch.equal(gain[0], among.gain[0][name][1])


def test_noise_is_a_share_of_what_is_read():
    still = DistortedNetwork(TWIN, 200, 0, distortion=0.0)
    noisy = DistortedNetwork(TWIN, 200, 0, distortion=0.0, noise=Noise(10.0))
    signal = still(controls(200), ROWS)
    error = noisy(controls(200), ROWS) - signal
    share = error.std() / signal.square().mean().sqrt()
    assert share == pytest.approx(10**-0.5, rel=0.05)


@pytest.mark.parametrize(
    "event",
    [Perturbation(0, 0.3), Drift(0.1), Quantisation(5, 1.0)],
    ids=lambda e: type(e).__name__,
)
def test_events_happen_to_a_network_too(event):
    chips = DistortedNetwork(TWIN, 2, 0, distortion=0.3)
    unsteady = Unsteady(chips, event, seed=0)
    unsteady.at(0, 3, 0)
    assert not torch.allclose(unsteady(controls(2), ROWS), chips(controls(2), ROWS), rtol=0.01)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"distortion": -0.1}, "distortion -0.1"),
        ({"distortion": 0.1, "offset": float("inf")}, "offset inf"),
        ({"distortion": 0.1, "chips": [0]}, "1 chips for a population of 2"),
    ],
)
def test_impossible_chips_are_refused(options, said):
    with pytest.raises(AsytError, match=said):
        DistortedNetwork(TWIN, 2, 0, **options)
