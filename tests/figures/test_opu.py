"""What is measured of the optical unit."""

import pytest

from asyt import claims, experiments
from asyt.figures import _style as style
from asyt.figures import opu, opu_scale


@pytest.fixture(scope="module")
def table():
    return opu.run(opu.PROFILES["smoke"]).assign(seed=0)


def test_the_unit_is_linear_with_the_predicted_noise(table, monkeypatch):
    monkeypatch.setattr(experiments, "table", lambda *a, **k: table)
    rows = {row["id"]: row for row in claims.rows(opu.measurements())}
    assert (
        rows["opu-phase-shifting"]["measured"] == 4
        and rows["opu-phase-shifting"]["verdict"] == "reproduced"
    )
    assert rows["opu-linear"]["measured"] == pytest.approx(1, abs=0.02)


def test_a_slope_that_is_off_is_not_reproduced(table, monkeypatch):
    bent = table.assign(value=table.value.mask(table.quantity == "slope", 1.03))
    monkeypatch.setattr(experiments, "table", lambda *a, **k: bent)
    assert not opu.measurements()[0].holds


def test_the_figure_has_six_panels(table):
    style.use()
    assert len(opu.draw(table)[0].axes) == 6
    assert len(opu.schemes(table)) == 3


def test_a_projection_is_made_again_by_another_process(monkeypatch, tmp_path):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    table = opu_scale.run(opu_scale.Config(300, 500, 200, 80, 1))
    found = opu_scale.speeds(table)
    assert found["equal"] == found["again"] == 80 and found["entries"] == 150_000
    monkeypatch.setattr(experiments, "table", lambda *a, **k: table)
    assert not opu_scale.measurements()[0].holds  # far fewer than 1e11 entries
