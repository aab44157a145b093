"""The camera against what it stands for."""

import pytest
import torch

from asyt.devices.opu import Camera
from asyt.errors import AsytError


@pytest.mark.parametrize(
    "wrong", [{"well": 0}, {"bits": 0}, {"full_scale": -1}, {"read_noise": -1}]
)
def test_a_camera_that_cannot_be_is_refused(wrong):
    with pytest.raises(AsytError, match="must be positive"):
        Camera(**wrong)


def test_light_beyond_full_scale_is_cut_off_and_counted():
    camera = Camera(noisy=False, full_scale=10.0)
    light, share = camera.expose(torch.tensor([1.0, 5.0, 20.0, 30.0]), torch.Generator())
    assert share == 0.5
    assert light[2] == light[3] == 10


@pytest.mark.parametrize("bits", [4, None])
def test_the_noise_of_a_pixel_has_the_predicted_variance(bits):
    camera = Camera(bits=bits)
    drawn, _ = camera.expose(torch.full((200_000,), 4.7), torch.Generator().manual_seed(0))
    spread = float((drawn - 4.7).square().mean())
    if bits is None:
        assert spread == pytest.approx(camera.variance(4.7), rel=0.02)
    else:
        step = camera.full_scale / camera.levels
        assert camera.variance(4.7) - Camera(bits=None).variance(4.7) == pytest.approx(step**2 / 12)
