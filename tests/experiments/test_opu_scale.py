"""A projection whose matrix is not stored."""

import pytest

from asyt.experiments import opu_scale
from asyt.experiments.opu_scale import Config


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_a_projection_is_made_again_by_another_process(cache):
    speeds = opu_scale.speeds(opu_scale.run(Config(300, 500, 200, 80, 1)))
    assert speeds["equal"] == speeds["again"] == 80
    assert speeds["entries"] == 150_000 and speeds["stored"] == pytest.approx(600_000 / 2**30)
    assert list((cache / "projections").iterdir()) == []


def test_every_profile_makes_rows_again_that_it_has():
    for config in opu_scale.PROFILES.values():
        assert config.first + config.again <= config.outputs
