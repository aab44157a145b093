"""The optical processing unit against the light it stands for."""

import numpy as np
import pytest
import torch

from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu import Camera
from asyt.errors import AsytError

SCHEMES = ("off-axis", "phase-shifting", "phase-shifting-3")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("outputs", [5, 64])
def test_a_perfect_camera_recovers_the_projection(scheme, outputs, ternary, perfect):
    unit = OpticalProcessingUnit(10, outputs, 3, scheme, camera=perfect, dtype=torch.float64)
    e = ternary(6, 10)
    torch.testing.assert_close(unit.project(e), e @ unit.matrix().T, rtol=0, atol=1e-9)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_linear_with_the_predicted_noise(scheme, ternary):
    unit = OpticalProcessingUnit(64, 2048, 1, scheme, slm="phase", dtype=torch.float64)
    e = torch.where(ternary(40, 64) > 0, 1.0, -1.0).double()  # full signal
    true, found = e @ unit.matrix().T, unit.project(e)
    assert abs(float((found * true).sum() / true.square().sum()) - 1) < 0.02
    assert float((found - true).std()) == pytest.approx(unit.noise(), rel=0.1)


def test_a_sum_projects_to_the_sum_within_the_noise():
    unit = OpticalProcessingUnit(10, 1024, 5)
    a, b = torch.zeros(2, 1, 10)
    a[:, :4], b[:, 5:8] = 1, -1
    residual = unit.project(a + b) - unit.project(a) - unit.project(b)
    assert float(residual.std()) < 2 * unit.noise()


def test_equal_patterns_share_light_but_not_noise():
    unit = OpticalProcessingUnit(10, 50, 0)
    e = torch.ones(2, 10)
    field, found = unit.field(e), unit.project(e)
    assert torch.equal(field[0], field[1]) and not torch.equal(found[0], found[1])


def test_an_amplitude_modulator_halves_the_rate():
    amplitude, phase = (OpticalProcessingUnit(4, 4, 0, slm=kind) for kind in ("amplitude", "phase"))
    assert (amplitude.rate, phase.rate) == (750, 1500)
    assert OpticalProcessingUnit(4, 4, 0, "phase-shifting", slm="phase").rate == 375


def test_phase_shifting_reads_four_times_as_many_outputs_a_pixel():
    off, shifting = (
        OpticalProcessingUnit(4, 100, 0, kind) for kind in ("off-axis", "phase-shifting")
    )
    e = torch.ones(1, 4)
    assert off.camera(e).shape == (1, 2, 1, 400) and shifting.camera(e).shape == (1, 2, 4, 100)
    assert off.pixels == 4 * shifting.pixels


def test_saturation_is_reported():
    unit = OpticalProcessingUnit(10, 200, 0, camera=Camera(full_scale=8.0))
    unit.project(torch.ones(4, 10))
    assert 0.2 < unit.saturated < 1


def test_general_vectors_keep_their_scale(perfect):
    unit = OpticalProcessingUnit(
        10, 64, 0, ternary=False, camera=perfect, slm_bits=16, dtype=torch.float64
    )
    e = torch.from_numpy(np.random.default_rng(1).normal(size=(3, 10))) * 1e-3
    torch.testing.assert_close(unit.project(e), e @ unit.matrix().T, rtol=0, atol=1e-6)


BAD = [
    torch.full((1, 4), float("nan")),
    torch.full((1, 4), 0.5),
    torch.zeros(0, 4),
    torch.zeros(1, 3),
]


@pytest.mark.parametrize("e", BAD)
def test_bad_vectors_are_refused(e):
    with pytest.raises(AsytError):
        OpticalProcessingUnit(4, 8, 0).project(e)


def test_bad_sizes_are_refused_and_say_what_they_need():
    with pytest.raises(AsytError, match="at least 1"):
        OpticalProcessingUnit(0, 8, 0)
    with pytest.raises(AsytError, match="GiB"):
        OpticalProcessingUnit(4, 10**8, 0).project(torch.ones(1, 4))


def test_an_ideal_unit_has_no_camera():
    unit = OpticalProcessingUnit(4, 8, 0, "ideal")
    assert (unit.frames, unit.pixels, unit.noise()) == (0, 0, 0)
    with pytest.raises(AsytError, match="no camera"):
        unit.camera(torch.ones(1, 4))


def test_a_unit_that_is_loaded_goes_on_with_the_same_noise():
    e = torch.ones(2, 4)
    unit, resumed = OpticalProcessingUnit(4, 50, 0), OpticalProcessingUnit(4, 50, 0)
    unit.project(e)
    resumed.load_state(unit.state())
    assert torch.equal(resumed.project(e), unit.project(e))
    assert resumed.exposures == unit.exposures == 4
