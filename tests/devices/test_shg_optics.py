"""Optics of second-harmonic generation, against sums written out and analytic pulses."""

import math

import numpy as np
import torch

from asyt.devices import shg, shg_optics

RANDOM = torch.Generator().manual_seed(0)


def amplitudes(*shape):
    return 2 * torch.rand(*shape, dtype=torch.float64, generator=RANDOM) - 1


def test_the_spectrum_is_the_phase_matched_square_of_the_self_convolution():
    bench = shg.fabricate(1, 0, shg.Spreads(), torch.float64)
    parameters, a = amplitudes(1, 1, shg_optics.WIDTH), amplitudes(1, 3, shg_optics.WIDTH)
    found = bench.spectrum(parameters, a)[0]
    for sample in range(3):
        field = np.empty(shg_optics.CHANNELS, complex)
        field[0::2], field[1::2] = a[0, sample], parameters[0, 0]
        field *= (bench.amplitude * bench.phase)[0, 0].numpy()
        harmonic = np.append(np.convolve(field, field), 0)  # the sum over all pairs of channels
        wanted = (bench.response * bench.transfer.square())[0, 0].numpy() * np.abs(harmonic) ** 2
        assert np.allclose(found[sample], wanted, rtol=1e-10)


def test_a_gaussian_pulse_gives_a_gaussian_harmonic_narrower_by_the_square_root_of_two():
    open_ = torch.ones(1, 1, shg_optics.WIDTH, dtype=torch.float64)
    narrow = torch.exp(-2 * math.log(2) * shg_optics.frequencies()[0] ** 2)  # 1 THz
    flat = torch.ones(shg_optics.HARMONIC)
    field = shg_optics.Bench(narrow, None, flat, flat)
    power, detuning = field.spectrum(open_, open_)[0, 0], shg_optics.frequencies()[1]
    wanted = power.max() * torch.exp(-4 * math.log(2) * (detuning / math.sqrt(2)) ** 2)
    assert torch.allclose(power, wanted, atol=1e-3 * float(power.max()))


def test_the_phase_matching_vanishes_where_the_walk_off_is_a_full_period():
    one, right = torch.ones(1), torch.zeros(1)
    error = torch.tensor([1 / (shg_optics.WALK_OFF * shg_optics.SPACING * 10) - 1])
    transfer = shg_optics.bench(right, error, one, None, one, torch.float64).transfer
    assert abs(transfer[shg_optics.CHANNELS - 1] - 1) < 1e-12
    assert abs(transfer[shg_optics.CHANNELS - 1 + 10]) < 1e-9
