"""The stored curves of cells."""

import numpy as np
import pytest
import torch

from asyt.experiments.chips import mzi_cells
from asyt.photonics import PROFILES, populations

CONFIG = mzi_cells.Config(devices=3, band=5, drawn=2, points=21)


@pytest.fixture(scope="module")
def table():
    return mzi_cells.run(CONFIG)


def test_single_cells_are_a_thinned_and_rounded_copy(table):
    single = mzi_cells.single_cells(table)
    volts = torch.tensor(list(single.index), dtype=torch.float64)
    exact = populations.curves(volts, CONFIG.drawn).flatten(1)
    np.testing.assert_allclose(single.to_numpy(), exact, rtol=0, atol=0.5 * 10**-mzi_cells.DIGITS)
    assert single.shape == (6, 64)


def test_quantiles_are_ordered_and_say_how_many_cells_they_speak_of(table):
    band = mzi_cells.at_each_voltage(table, "low", "centre", "high")
    assert len(band) == CONFIG.points and set(band.n) == {CONFIG.band * 32}
    assert (band.low < band.centre).all() and (band.centre < band.high).all()
    ends = mzi_cells.at_each_voltage(table, "minimum", "maximum")
    assert set(ends.n) == {CONFIG.drawn * 32}


@pytest.mark.parametrize("name", PROFILES)
def test_estimates_end_where_the_profile_does(table, name):
    line = mzi_cells.estimate(table, name)
    assert line.volts.max() <= PROFILES[name].v_pi
    assert line.value.iloc[0] == pytest.approx(1) and line.value.is_monotonic_decreasing


def test_devices_can_be_varied_and_come_first_in_any_population(table):
    (config,) = mzi_cells.EXPERIMENT.jobs("smoke", devices=2)
    assert config.devices == 2
    few = mzi_cells.mismatch(mzi_cells.run(mzi_cells.Config(devices=2, points=21)))
    np.testing.assert_array_equal(few, mzi_cells.mismatch(table).iloc[:2])
