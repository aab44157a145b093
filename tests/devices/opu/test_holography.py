"""Both holographies recover the field."""

import pytest
import torch

from asyt.devices.opu.holography import HOLOGRAPHY, OffAxis, PhaseShifting
from asyt.errors import AsytError


@pytest.mark.parametrize("name", ["off-axis", "phase-shifting", "phase-shifting-3"])
def test_demodulation_undoes_the_intensities(name):
    scheme = HOLOGRAPHY[name]
    field = torch.randn(3, 12, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))
    light = scheme.intensities(field)
    assert light.shape == (3, scheme.frames, 12 * scheme.pixels)
    torch.testing.assert_close(scheme.demodulate(light), field)


def test_the_side_band_overlaps_below_four_pixels_a_speckle():
    with pytest.raises(AsytError, match="below 4"):
        OffAxis(pixels=3)


def test_two_frames_do_not_tell_a_field_from_its_conjugate():
    with pytest.raises(AsytError, match="use 3 or 4"):
        PhaseShifting(frames=2)
