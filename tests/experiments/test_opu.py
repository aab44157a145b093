"""What is measured of the optical unit."""

import numpy as np
import pytest

from asyt.experiments import opu, store

SMALL = opu.Config(16, 256, 8, wells=(1e3,), bits=(8,), full_scales=(10, 30))


@pytest.fixture(scope="module")
def table():
    return opu.run(SMALL).assign(seed=0)


def test_a_run_measures_each_holography(table):
    assert set(table.scheme) == {*opu.SCHEMES, "medium"}
    measured = opu.wide(table)
    np.testing.assert_allclose(measured[measured.scheme != "medium"].slope, 1, atol=0.05)
    assert (measured["perfect camera"].dropna() < 1e-9).all()


def test_a_low_full_scale_saturates(table):
    saturated = table[table.quantity == "saturated"].set_index("x").value
    assert saturated[10] > 0 == saturated[30]


def test_schemes_show_what_a_holography_costs(table):
    costs = opu.schemes(table).set_index("scheme")
    assert costs.pixels.tolist() == [4, 1, 1]
    assert costs.frames.tolist() == [2, 8, 6]


def test_printed_schemes_have_words_for_headings(table):
    printed = opu.shown(table)
    assert list(printed.columns) == list(opu.HEADINGS.values())
    assert printed["frames a projection"].tolist() == [2, 8, 6]


def test_vectors_are_ternary_and_differ_between_parts():
    first, other = opu.vectors(SMALL, 0), opu.vectors(SMALL, 1)
    assert set(first.flatten().tolist()) == {-1, 0, 1}
    assert not first.equal(other)


def test_a_stored_medium_is_measured_again(monkeypatch, tmp_path):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    store.compute(opu.EXPERIMENT, SMALL)
    agreement = opu.again(SMALL)
    assert agreement.worst < 1e-9 and len(agreement.rows) > 100
