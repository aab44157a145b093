"""Populations of cells against the estimate."""

import pytest
import torch

from asyt.photonics import populations, profile
from asyt.photonics.mzi import IDEAL
from asyt.photonics.profiles import V_PI

VOLTS = torch.linspace(0, V_PI, 81, dtype=torch.float64)


def test_profile_and_tables_take_the_bytes_that_they_hold():
    found = populations.memory((1, 4, 10), levels=100)
    assert found["profile (bytes)"].tolist() == [400] * 3
    assert found["tables (bytes)"].tolist() == [400, 6400, 40000]
    assert found.ratio.tolist() == [1, 16, 100]


def test_real_cells_are_far_from_the_estimate_and_from_one_another():
    found = populations.curves(VOLTS, 3)
    apart = populations.mismatch(VOLTS, found, profile("eq4"))
    assert len(apart) == 3
    assert (apart.worst > 0.2).all() and (apart["shift"] > 0).all()


def test_ideal_cells_are_the_estimate():
    found = populations.curves(VOLTS, 2, IDEAL)
    apart = populations.mismatch(VOLTS, found, profile("eq4"))
    assert float(apart.worst.max()) < 1e-12 and float(apart["shift"].max()) == 0
    assert populations.equation_4_error() < 1e-12


def test_another_seed_is_another_population():
    one, other = (populations.curves(VOLTS, 1, seed=seed) for seed in (0, 1))
    assert one.shape == (81, 1, 32)
    assert float((one - other).abs().max()) == pytest.approx(1, abs=0.5)
