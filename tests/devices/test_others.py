"""Oscillators and transistor circuits: analytic solutions, twins, contract, trained by all."""

import math

import pytest
import torch

from asyt.devices import CircuitDevice, OscillatorDevice, circuit, oscillators
from asyt.methods import METHODS
from asyt.testing import check_device
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, neural


def uniform(*shape, dtype=torch.float64, seed=0):
    return 2 * torch.rand(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed)) - 1


def test_a_linear_oscillator_moves_as_the_textbook_says():
    chain = oscillators.Chain(damping=0.0, stiffness=2.0, hardening=0.0, coupling=0.0)
    force, t, omega = uniform(3, 4), oscillators.STEP * oscillators.STEPS, math.sqrt(2.0)
    wanted = (
        force / (2.0 - 1.0) * (math.cos(t) - math.cos(omega * t))
    )  # F / (w^2 - 1) (cos t - cos w t), from rest
    assert torch.allclose(chain.displacement(force), wanted, rtol=2e-3, atol=1e-4)


def test_springs_between_oscillators_pull_neither_way_when_all_move_alike():
    alone, coupled = oscillators.Chain(coupling=0.0), oscillators.Chain(coupling=5.0)
    force = torch.full((1, 4), 0.7, dtype=torch.float64)
    assert torch.allclose(alone.displacement(force), coupled.displacement(force))
    assert not torch.allclose(
        alone.displacement(uniform(1, 4)), coupled.displacement(uniform(1, 4)), atol=0.01
    )


def test_a_circuit_of_matched_transistors_is_tanh_of_a_gilbert_product():
    weight, bias, x = uniform(2, 3, seed=1), uniform(2, seed=2), uniform(5, 3)
    wanted = torch.tanh(circuit.GAIN * (torch.einsum("ji,bi->bj", weight.tanh(), x.tanh()) + bias))
    assert torch.allclose(circuit.Cells().stage(Layer(weight, bias), x), wanted)


MAKERS = {
    "oscillators": (
        lambda **o: OscillatorDevice(4, 2, 2, 0, **o),
        lambda: oscillators.twin(2),
        [Layer(0.5 * uniform(1, 4, seed=l, dtype=torch.float32), None) for l in range(2)],
    ),
    "circuit": (
        lambda **o: CircuitDevice((4, 5, 4), 2, 0, **o),
        lambda: circuit.twin((4, 5, 4)),
        [
            Layer(0.5 * uniform(m, n, seed=m, dtype=torch.float32), torch.zeros(m))
            for n, m in ((4, 5), (5, 4))
        ],
    ),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("closed", [True, False])
def test_they_keep_the_contract(name, closed):
    make, _, start = MAKERS[name]
    settings = [
        Layer(w.expand(2, *w.shape), None if b is None else b.expand(2, -1)) for w, b in start
    ]
    for noisy in (True, False):
        options = {"encapsulated": closed} | ({} if noisy else {"noise": 0.0})
        kept = check_device(
            lambda o=options: make(**o), controls=lambda _device: settings, noisy=noisy
        )
        assert "keeps_its_budget" in kept


@pytest.mark.parametrize("name", MAKERS)
def test_every_method_trains_them_better_than_no_training(name):
    make, twin, start = MAKERS[name]
    labels = torch.arange(80) % 4
    x = torch.eye(4)[labels] + 0.2 * torch.randn(80, 4, generator=torch.Generator().manual_seed(0))
    data = Data(x[:60], torch.eye(4)[labels[:60]], x[60:], torch.eye(4)[labels[60:]])
    names = ("pat", "asyt", "pseudo-ip-bp")
    branches = {name: Branch(METHODS[name], make(encapsulated=name != "pat")) for name in names}
    trainer = Trainer(twin(), start, data, Schedule(8, 60, 0.1, "Adam", "mean"), branches=branches)
    found = {row["method"]: row["accuracy"] for row in trainer.fit(lambda _epoch: False)}
    assert min(found.values()) > 0.5, found


def test_a_perceptron_fitted_to_recordings_is_a_better_twin_than_the_data_sheet():
    device = OscillatorDevice(4, 1, 1, 0, spread=0.3)
    u = neural.settings(3000, 8, seed=0)
    read = device([Layer(u[:, :4].unsqueeze(0), None)], u[:, 4:])[0]
    network = neural.fit(
        neural.perceptron(8, 64, 4, seed=0), u[:2500], read[:2500], seed=0, epochs=120
    )
    sheet = oscillators.Chain().displacement(u[2500:, :4] + u[2500:, 4:])
    wrong, learned = ((read[2500:] - y).square().mean() for y in (sheet, network(u[2500:])))
    assert learned < 0.5 * wrong


def test_a_perceptron_learns_a_circuit_too():
    device = CircuitDevice((3, 2), 1, 0)
    u = neural.settings(3000, 9, seed=0)
    setting, a = Layer(u[:, :6].unflatten(-1, (2, 3)), None), u[:, None, 6:]  # one setting a sample
    read = device([Layer(setting.weight.unsqueeze(1), None)], a.unsqueeze(1))[:, 0, 0]
    network = neural.fit(
        neural.perceptron(9, 64, 2, seed=0), u[:2500], read[:2500], seed=0, epochs=40
    )
    sheet = circuit.Cells().stage(setting, a)[2500:, 0]
    wrong, learned = ((read[2500:] - y).square().mean() for y in (sheet, network(u[2500:])))
    assert learned < 0.5 * wrong
