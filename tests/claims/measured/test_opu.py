"""Verdicts on the optical unit."""

import pytest

from asyt import claims
from asyt.claims.measured import opu as judge
from asyt.experiments import opu


@pytest.fixture(scope="module")
def table():
    return opu.run(opu.PROFILES["smoke"]).assign(seed=0)


def test_the_unit_is_linear_and_phase_shifting_reads_four_times_as_much(table):
    linear, shifting = judge.measure(table)
    assert linear.measured == pytest.approx(1, abs=0.02) and linear.n == 1
    (row,) = (row for row in claims.rows([shifting]) if row["id"] == "opu-phase-shifting")
    assert (row["measured"], row["verdict"]) == (4, "reproduced")


@pytest.mark.parametrize(("quantity", "value"), [("slope", 1.03), ("residual", 9.0)])
def test_a_slope_or_a_residual_that_is_off_is_not_reproduced(table, quantity, value):
    bent = table.assign(value=table.value.mask(table.quantity == quantity, value))
    assert not judge.measure(bent)[0].holds


def test_a_field_that_is_not_recovered_is_not_reproduced(table):
    lost = table.assign(value=table.value.mask(table.quantity == "perfect camera", 0.1))
    assert not judge.measure(lost)[1].holds
