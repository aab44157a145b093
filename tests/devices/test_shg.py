"""A network on second-harmonic-generation benches: its twins, its contract."""

import pytest
import torch

from asyt.devices import SHGDevice, shg, shg_optics, shg_recorded
from asyt.testing import check_device
from asyt.twins import Layer, neural

PERFECT = shg.Spreads(0, 0, 0, 0, 0, 0, 0)
RANDOM = torch.Generator().manual_seed(0)


def amplitudes(*shape):
    return 2 * torch.rand(*shape, dtype=torch.float64, generator=RANDOM) - 1


def benches(population=2, spreads=None, **options):
    return SHGDevice(population, 0, spreads=spreads, **options)


def test_a_perfect_bench_is_its_analytic_twin():
    device, twin = benches(2, PERFECT, dtype=torch.float64), shg.twin(dtype=torch.float64)
    start = shg.initial(0, dtype=torch.float64)
    x = amplitudes(5, shg.LAYERS[0])
    chips = [Layer(layer.weight.expand(2, -1, -1), None) for layer in start]
    assert torch.allclose(device(chips, x), twin.forward(start, x)[-1], rtol=1e-6)


def test_the_twins_gradient_is_the_slope_of_its_loss():
    twin, start = shg.twin(dtype=torch.float64), shg.initial(0, dtype=torch.float64)
    x, target = amplitudes(4, 12), torch.eye(7, dtype=torch.float64)[:4]
    states = twin.forward(start, x)
    gradient = twin.vjp(states, start, twin.error(states[-1], target))

    def loss(step):
        moved = [
            Layer(start[0].weight + step * (torch.arange(shg_optics.WIDTH) == 3), None),
            *start[1:],
        ]
        return twin.loss_value(twin.forward(moved, x)[-1], target).sum()

    assert float(gradient[0].weight[0, 3]) == pytest.approx(
        float(loss(1e-6) - loss(-1e-6)) / 2e-6, rel=1e-5
    )


def test_bench_j_is_the_same_in_any_population_and_differs_from_its_neighbours():
    few, many = (shg.fabricate(n, 0, shg.Spreads(), torch.float32) for n in (2, 5))
    assert torch.equal(few.amplitude, many.amplitude[:2])
    assert torch.equal(few.phase, many.phase[:2])
    assert not torch.allclose(few.amplitude[0], few.amplitude[1])


def test_a_module_of_a_bench_is_off_by_a_seventh_at_the_published_spreads():
    device, nominal = benches(20, shg.Spreads(noise=0.0)), shg_optics.nominal()
    parameters, a = (
        amplitudes(20, 1, shg_optics.WIDTH).float(),
        amplitudes(20, 50, shg_optics.WIDTH).float(),
    )
    real, ideal = (
        shg_optics.contrast(b.spectrum(parameters, a), shg_optics.WIDTH) for b in (device, nominal)
    )
    assert ((real - ideal).square().mean() / ideal.square().mean()).sqrt() == pytest.approx(
        1 / 7, abs=0.03
    )


def controls(device):
    return [
        Layer(amplitudes(device.population, 1, shg_optics.WIDTH).float(), None)
        for _ in device.layers[1:]
    ]


@pytest.mark.parametrize(
    ("spreads", "closed"), [(None, True), (None, False), (shg.Spreads(noise=0.0), True)]
)
def test_it_keeps_the_contract(spreads, closed):
    kept = check_device(
        lambda: benches(2, spreads, encapsulated=closed),
        lambda n: amplitudes(n, 12).float(),
        controls,
        noisy=spreads is None,
    )
    assert "keeps_its_budget" in kept


def test_the_data_sheet_as_a_network_is_the_analytic_twin():
    network = neural.Quadratic(*shg_recorded.data_sheet())
    parameters, a = amplitudes(1, shg_optics.WIDTH).float(), amplitudes(5, shg_optics.WIDTH).float()
    assert torch.allclose(
        network(shg_optics.channels(parameters, a)),
        shg_optics.nominal().spectrum(parameters, a),
        atol=1e-4,
    )


def test_a_neural_twin_learns_a_bench_from_recorded_pairs():
    device = benches(1)
    fitted = shg_recorded.fitted(device, seed=0, samples=2000, epochs=10)
    parameters, a, reading = shg_recorded.record(device, 500, seed=1)
    real, *twins = (
        shg_optics.contrast(s, shg_optics.WIDTH)
        for s in (reading, shg_optics.nominal().spectrum(parameters, a), fitted(parameters, a))
    )
    wrong, learned = ((real - t).square().mean().sqrt() for t in twins)
    assert learned < 0.5 * wrong
