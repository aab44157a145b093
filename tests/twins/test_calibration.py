"""Calibration of a twin from recorded passes: it finds the constants, and says when it cannot."""

import math

import pytest
import torch
from torch import nn

from asyt.twins.calibration import CalibrationError, calibrate

REAL = {"gain": torch.tensor([[1.3], [0.7]]), "offset": torch.tensor([0.2, -0.1])}


class Twin(nn.Module):
    def __init__(self, gain=1.0, offset=0.0):
        super().__init__()
        self.gain = nn.Parameter(torch.full((2, 1), gain))
        self.offset = nn.Parameter(torch.full((2,), offset))

    def forward(self, controls, x):
        return torch.tanh(x @ (self.gain * controls).mT + self.offset)


def recordings(count=12, noise=0.0):
    draw = torch.Generator().manual_seed(0)
    controls = torch.randn(count, 2, 3, generator=draw)
    inputs = torch.rand(count, 20, 3, generator=draw)
    readouts = torch.tanh(inputs @ (REAL["gain"] * controls).mT + REAL["offset"])
    return controls, inputs, readouts + noise * torch.randn(readouts.shape, generator=draw)


def test_it_finds_the_constants_of_the_device():
    twin = Twin()
    found = calibrate(twin, *recordings())
    torch.testing.assert_close(twin.gain.detach(), REAL["gain"], rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(twin.offset.detach(), REAL["offset"], rtol=1e-3, atol=1e-3)
    assert found.after < 1e-2 < 0.1 < found.before
    assert (found.fitted, found.held) == (9, 3)


def test_errors_are_those_of_passes_kept_back_in_units_of_their_readouts():
    controls, inputs, readouts = recordings()
    twin = Twin()
    with torch.no_grad():
        told = torch.stack([twin(c, x) for c, x in zip(controls[6:], inputs[6:], strict=True)])
        wanted = (told - readouts[6:]).norm() / readouts[6:].norm()
    found = calibrate(twin, controls, inputs, readouts, kept=0.5)
    assert math.isclose(found.before, float(wanted), rel_tol=1e-5)


def test_noise_is_what_is_left():
    controls, inputs, readouts = recordings(40, noise=0.05)
    found = calibrate(Twin(), controls, inputs, readouts)
    noise = 0.05 / float(readouts.square().mean().sqrt())
    assert 0.8 * noise < found.after < 1.2 * noise


def test_afterwards_training_leaves_the_twin_alone():
    twin = Twin()
    calibrate(twin, *recordings())
    assert [p.requires_grad for p in twin.parameters()] == [False, False]


def test_controls_may_be_trees_and_gradients_may_be_off():
    class Named(Twin):
        def forward(self, controls, x):
            return super().forward(controls["w"], x)

    controls, inputs, readouts = recordings()
    with torch.no_grad():
        found = calibrate(Named(), [{"w": c} for c in controls], inputs, readouts)
    assert found.after < 1e-2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c, x, y: (c[:5], x, y), "5 controls, 12 inputs, 12 read-outs"),
        (lambda c, x, y: (c[:1], x[:1], y[:1]), "at least two"),
        (
            lambda c, x, y: (c, x, y[..., :1]),
            r"gives \(20, 2\) a recording, the device gave \(20, 1\)",
        ),
        (lambda c, x, y: (c, x, y / 0), "480 of 480 read-outs are not finite"),
        (lambda c, x, y: (c, x, 0 * y), "the largest is 0"),
    ],
)
def test_recordings_that_cannot_be_used_are_refused(change, said):
    twin = Twin()
    with pytest.raises(CalibrationError, match=said):
        calibrate(twin, *change(*recordings()))
    assert (twin.gain == 1).all()


def test_unusable_options_are_refused():
    with pytest.raises(CalibrationError, match="kept 1"):
        calibrate(Twin(), *recordings(), kept=1)
    with pytest.raises(CalibrationError, match="Identity has no parameters"):
        calibrate(nn.Identity(), *recordings())


def test_a_fit_that_foretells_nothing_gives_the_data_sheet_back():
    class Wild(Twin):
        def forward(self, controls, x):
            fitted = not torch.is_grad_enabled() and (self.gain != 1).any()
            return super().forward(controls, x) / (0.0 if fitted else 1.0)

    twin = Wild()
    with pytest.raises(CalibrationError, match="the fit diverged"):
        calibrate(twin, *recordings())
    assert (twin.gain == 1).all()
