"""The second-harmonic-generation bench: its spectrum against sums and analytic pulses, its twins, its contract."""

import math

import numpy as np
import pytest
import torch

from asyt.devices import SHGDevice, shg
from asyt.testing import check_device
from asyt.twins import Layer, neural

PERFECT = shg.Spreads(0, 0, 0, 0, 0, 0, 0)
RANDOM = torch.Generator().manual_seed(0)


def amplitudes(*shape):
    return 2 * torch.rand(*shape, dtype=torch.float64, generator=RANDOM) - 1


def benches(population=2, spreads=None, **options):
    return SHGDevice(population, 0, spreads=spreads, **options)


def test_the_spectrum_is_the_phase_matched_square_of_the_self_convolution():
    device = benches(1, shg.Spreads(noise=0.0), dtype=torch.float64)
    bench, parameters, a = device._bench, amplitudes(1, 1, shg.WIDTH), amplitudes(1, 3, shg.WIDTH)
    found = device.spectrum(parameters, a)[0]
    for sample in range(3):
        field = np.empty(shg.CHANNELS, complex)
        field[0::2], field[1::2] = a[0, sample], parameters[0, 0]
        field *= (bench.amplitude * bench.phase)[0, 0].numpy()
        harmonic = np.append(
            np.convolve(field, field), 0
        )  # the sum over all pairs of channels, written out by NumPy
        wanted = (bench.response * bench.transfer.square())[0, 0].numpy() * np.abs(harmonic) ** 2
        assert np.allclose(found[sample], wanted, rtol=1e-10)


def test_a_gaussian_pulse_gives_a_gaussian_harmonic_narrower_by_the_square_root_of_two():
    open_ = torch.ones(1, 1, shg.WIDTH, dtype=torch.float64)
    narrow = torch.exp(-2 * math.log(2) * shg._frequencies()[0] ** 2)  # 1 THz
    field = shg.Bench(narrow, None, torch.ones(2 * shg.CHANNELS), torch.ones(2 * shg.CHANNELS))
    power, detuning = field.spectrum(open_, open_)[0, 0], shg._frequencies()[1]
    wanted = power.max() * torch.exp(-4 * math.log(2) * (detuning / math.sqrt(2)) ** 2)
    assert torch.allclose(power, wanted, atol=1e-3 * float(power.max()))


def test_the_phase_matching_vanishes_where_the_walk_off_is_a_full_period():
    transfer = shg._bench(
        torch.zeros(1),
        torch.tensor([1 / (shg.WALK_OFF * shg.SPACING * 10) - 1]),
        torch.ones(1),
        None,
        torch.ones(1),
        torch.float64,
    ).transfer
    assert abs(transfer[shg.CHANNELS - 1] - 1) < 1e-12
    assert abs(transfer[shg.CHANNELS - 1 + 10]) < 1e-9


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
        moved = [Layer(start[0].weight + step * (torch.arange(shg.WIDTH) == 3), None), *start[1:]]
        return twin.loss_value(twin.forward(moved, x)[-1], target).sum()

    assert float(gradient[0].weight[0, 3]) == pytest.approx(
        float(loss(1e-6) - loss(-1e-6)) / 2e-6, rel=1e-5
    )


def test_bench_j_is_the_same_in_any_population_and_differs_from_its_neighbours():
    few, many = benches(2)._bench, benches(5)._bench
    assert torch.equal(few.amplitude, many.amplitude[:2])
    assert torch.equal(few.phase, many.phase[:2])
    assert not torch.allclose(few.amplitude[0], few.amplitude[1])


def test_a_module_of_a_bench_is_off_by_a_seventh_at_the_published_spreads():
    device, nominal = benches(20, shg.Spreads(noise=0.0)), shg.nominal()
    parameters, a = amplitudes(20, 1, shg.WIDTH).float(), amplitudes(20, 50, shg.WIDTH).float()
    real, ideal = (shg.contrast(b.spectrum(parameters, a), shg.WIDTH) for b in (device, nominal))
    assert ((real - ideal).square().mean() / ideal.square().mean()).sqrt() == pytest.approx(
        1 / 7, abs=0.03
    )


def controls(device):
    return [
        Layer(amplitudes(device.population, 1, shg.WIDTH).float(), None) for _ in device.layers[1:]
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
    assert len(kept) == 6


def test_the_data_sheet_as_a_network_is_the_analytic_twin():
    network = neural.Quadratic(*shg.data_sheet())
    parameters, a = amplitudes(1, shg.WIDTH).float(), amplitudes(5, shg.WIDTH).float()
    assert torch.allclose(
        network(shg.channels(parameters, a)), shg.nominal().spectrum(parameters, a), atol=1e-4
    )


def test_a_neural_twin_learns_a_bench_from_recorded_pairs():
    device = benches(1)
    fitted = shg.fitted(device, seed=0, samples=2000, epochs=10)
    parameters, a, reading = shg.record(device, 500, seed=1)
    real, *twins = (
        shg.contrast(s, shg.WIDTH)
        for s in (reading, shg.nominal().spectrum(parameters, a), fitted(parameters, a))
    )
    wrong, learned = ((real - t).square().mean().sqrt() for t in twins)
    assert learned < 0.5 * wrong
