"""The optics: energy, ranges, inverses, tiles, budgets."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asyt.errors import AsytError, UnknownNameError
from asyt.photonics import (
    EDFA,
    PROFILES,
    Cells,
    Control,
    Element,
    Encoding,
    Filter,
    Module,
    PowerBudget,
    Spreads,
    Tiling,
)
from asyt.photonics import profile as named
from asyt.photonics.fabrication import TYPICAL, phase_offset
from asyt.photonics.mzi import IDEAL

WILD = Spreads(1.5, 0.3, 15.0, 6.0, 1.0, 2.0, 0.1)
spreads = st.builds(
    Spreads,
    st.floats(0, 3),
    st.floats(0, 1),
    st.floats(1, 40),
    st.floats(0, 9),
    st.floats(0, 5),
    st.floats(0, 5),
    st.floats(0, 0.2),
)


def volts(*shape, seed=0, top=32.0):
    return top * torch.rand(
        *shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


@settings(max_examples=25, deadline=None)
@given(spreads, st.integers(0, 1000))
def test_transmissions_lie_between_0_and_1_and_a_module_never_creates_energy(spread, seed):
    cells = Cells((2, 4, 4), 3, spread, seed, 0, dtype=torch.float64)
    through = cells.transmission(volts(3, 2, 4, 4, seed=seed))
    assert through.min() >= 0 and through.max() <= 1
    power = torch.rand(4, dtype=torch.float64)
    out = (Module().transfer(through) * power).sum(-1)
    assert (out.sum(-1) <= power.sum() + 1e-12).all()


@pytest.mark.parametrize("row", PROFILES.values(), ids=PROFILES)
def test_profile_inverse_returns_within_one_level(row):
    control = Control(row)
    wanted = torch.linspace(0, 1, 1001, dtype=torch.float64)
    reached = row.transmission(control.volts(wanted).clamp(max=row.v_pi))
    assert float((reached - wanted).abs().max()) <= 1 / (control.levels - 1)
    assert float(row.transmission(torch.tensor(0.0))) == pytest.approx(1)
    assert float(row.transmission(torch.tensor(row.v_pi))) == pytest.approx(0, abs=1e-6)
    assert (reached.diff() >= -1e-9).all()


def test_the_first_profile_and_an_ideal_cell_are_equation_4():
    v = torch.linspace(0, 20, 41, dtype=torch.float64)
    gamma = math.pi / (2 * 20.0**2)
    expected = 0.5 * (1 + torch.cos(2 * gamma * v**2))
    torch.testing.assert_close(named("eq4").transmission(v), expected, rtol=0, atol=1e-12)
    cell = (
        Cells((1, 1, 1), 1, IDEAL, 0, 0, dtype=torch.float64)
        .transmission(v[:, None, None, None, None])
        .flatten()
    )
    torch.testing.assert_close(cell, expected, rtol=0, atol=1e-12)


def test_a_cell_is_its_formula_written_out():
    cells = Cells(
        (1, 1, 1), 1, Spreads(0.5, 0.1, 20.0, 2.0, 0.5, 0.2, 0.0), 4, 2, dtype=torch.float64
    )
    from asyt import streams

    phase, heater, extinction, loss = (
        float(n) for n in streams.normal((4, 1, 1), "fabrication", 4, 0, 2, 0).flatten()
    )
    v = 13.0
    phi = 0.5 * phase + (1 + 0.1 * heater) * math.pi * v**2 / 20.0**2
    floor = 10 ** (-(20 + 2 * extinction) / 10)
    expected = 10 ** (-(0.5 + 0.2 * loss) / 10) * (floor + (1 - floor) * (1 + math.cos(phi)) / 2)
    assert float(cells.transmission(torch.tensor([[[[v]]]]).double())) == pytest.approx(
        expected, rel=1e-12
    )


def test_crosstalk_reaches_the_next_cells_of_the_same_module_only():
    cells = Cells((2, 4, 4), 1, Spreads(0, 0, math.inf, 0, 0, 0, 0.1), 0, 0, dtype=torch.float64)
    hot = torch.zeros(1, 2, 4, 4, dtype=torch.float64)
    hot[0, 0, 1, 1] = 15.0
    touched = (1 - cells.transmission(hot)[0] > 1e-9).nonzero().tolist()
    assert touched == [[0, 0, 1], [0, 1, 0], [0, 1, 1], [0, 1, 2], [0, 2, 1]]


def test_chips_are_the_same_in_a_population_of_any_size_and_differ_between_modules():
    few, many = (Cells((2, 4, 4), n, WILD, 7, 1, dtype=torch.float64) for n in (2, 5))
    v = volts(1, 2, 4, 4)
    assert torch.equal(few.transmission(v), many.transmission(v)[:2])
    other = few.transmission(torch.full((1, 2, 4, 4), 10.0, dtype=torch.float64))
    assert not torch.allclose(other[:, 0], other[:, 1])


@pytest.mark.parametrize(
    ("n_in", "n_out", "modules"), [(8, 4, 2), (5, 3, 2), (8, 8, 4), (4, 4, 1), (2, 2, 1)]
)
def test_tiles_without_errors_are_one_big_module(n_in, n_out, modules):
    tiling = Tiling(n_in, n_out, 0, Module(), 2, IDEAL, 0, dtype=torch.float64)
    assert tiling.modules == modules
    v = volts(2, n_out, n_in, top=20.0)
    torch.testing.assert_close(
        tiling.transmission(v), named("eq4").transmission(v), rtol=0, atol=1e-12
    )


def test_each_tile_has_errors_of_its_own():
    tiling = Tiling(8, 4, 0, Module(), 1, TYPICAL, 0)
    through = tiling.transmission(torch.full((1, 4, 8), 12.0))
    assert not torch.allclose(through[..., :4], through[..., 4:])


def test_splitting_and_combining_cost_what_the_budget_says():
    module = Module(4, excess_db=0.3)
    assert module.passive_db == pytest.approx(4 * (10 * math.log10(2) + 0.3))
    assert float(Module(4).transfer(torch.tensor(1.0))) == pytest.approx(1 / 16)
    budget = PowerBudget(
        10e-3, (Element("chip", module.passive_db), Element("amplifier", gain_db=20.0))
    )
    assert budget.received == pytest.approx(
        10e-3 * float(module.transfer(torch.tensor(1.0))) * 100, rel=1e-6
    )
    assert budget.table()["power (dBm)"].iloc[-1] == pytest.approx(10 - module.passive_db + 20)
    assert "amplifier" in str(budget)


def test_amplifier_is_linear_for_little_light_and_saturates():
    edfa = EDFA(20.0, saturation=1e-2)
    weak = torch.tensor([1e-7, 2e-7], dtype=torch.float64)
    torch.testing.assert_close(edfa.amplify(weak), 100 * weak, rtol=1e-5, atol=0)
    strong = edfa.amplify(torch.tensor([1e-4, 1.0, 100.0], dtype=torch.float64))
    assert float(strong[0]) == pytest.approx(1e-2 * math.tanh(1)) and float(strong[-1]) <= 1e-2


def test_amplifier_noise_is_that_of_beating_light():
    edfa = EDFA(20.0, noise_figure_db=5.0, filter=Filter(1e11, 3.0), detection=1e9)
    power = torch.full((200_000,), 1e-4, dtype=torch.float64)
    out = edfa.amplify(power, torch.Generator().manual_seed(0))
    photon = 6.62607015e-34 * 299_792_458 / 1550e-9
    s = 10**0.5 * photon * 100 / 2
    assert float(out.mean()) == pytest.approx(1e-2 + 2 * s * 1e11, rel=1e-5)
    assert float(out.std()) == pytest.approx(
        math.sqrt(4 * s * 1e9 * 1e-2 + 4 * s * s * 1e11 * 1e9), rel=0.01
    )


def test_phase_offset_is_the_width_difference_of_two_arms():
    expected = (
        2
        * math.pi
        / 1550
        * 1e6
        * 1.5e-4
        * 28
        * math.sqrt(2 * (1 - math.exp(-((1e5 / 4.5e6) ** 2))))
    )
    assert phase_offset() == pytest.approx(expected)
    assert TYPICAL.phase == pytest.approx(expected, abs=0.005)
    assert phase_offset(distance=2e5) == pytest.approx(2 * expected, rel=1e-2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: named("eq4").transmission(torch.tensor([25.0])),
            r"25 volts given; stay within 0 to 20",
        ),
        (lambda: named("eq4").volts(torch.tensor([1.2])), r"1\.2 power given; stay within 0 to 1"),
        (
            lambda: Control(named("eq4")).quantise(torch.tensor([-0.5, 0.2])),
            r"-0\.5 to 0\.2: .*powers in \[0, 1\]",
        ),
        (
            lambda: Control(named("eq4")).convert(torch.tensor([40.0])),
            r"40 volts: the DAC gives 0 to 32",
        ),
        (
            lambda: Control(named("eq4"), v_max=10.0),
            r"needs 20 volts, the DAC ends at 10: raise v_max",
        ),
        (lambda: Control(named("eq4"), levels=1), r"1 levels .*at least two"),
        (lambda: Encoding(4.0).transmission(torch.tensor([-0.1, 1.0])), r"reaches 0 to 4; confine"),
        (lambda: Encoding(4.0, signed=True).transmission(torch.tensor([5.0])), r"reaches -4 to 4"),
        (lambda: Encoding(0.0), r"span 0\.0: .*positive"),
        (lambda: Encoding(1.0).digital_limits(1.5), r"headroom 1\.5: .*\(0, 1\]"),
        (lambda: Tiling(8, 4, 0, Module(), 1, IDEAL, 0, grid=(1, 1)), r"1 x 1 modules .*use 1 x 2"),
        (lambda: Module(3), r"module size 3: .*2, 4, 8"),
        (lambda: Module(excess_db=-1.0), r"excess_db -1\.0: a loss is a positive"),
        (
            lambda: EDFA(10.0).amplify(torch.tensor([-1e-3])),
            r"-0\.001 W: light has no negative power",
        ),
        (lambda: EDFA(10.0, saturation=0.0), r"saturation 0\.0 W"),
        (lambda: EDFA(10.0, noise_figure_db=-1.0), r"noise figure -1\.0 dB"),
        (lambda: Element("filter", -3.0), r"'filter' -3\.0 dB: a loss is a positive"),
        (lambda: PowerBudget(-1.0, ()), r"launched power -1\.0 W"),
        (
            lambda: Spreads(0.5, 0.1, 20.0, 1.0, -0.5, 0.1, 0.0),
            r"loss_db -0\.5: .*below 0 it is gain",
        ),
        (
            lambda: Spreads(-0.5, 0.1, 20.0, 1.0, 0.5, 0.1, 0.0),
            r"phase -0\.5: a standard deviation",
        ),
        (lambda: Spreads(0.5, 0.1, 20.0, 1.0, 0.5, 0.1, 0.3), r"crosstalk 0\.3"),
        (
            lambda: Cells((1, 1, 1), 1, IDEAL, 0, 0).transmission(torch.tensor([[[[-1.0]]]])),
            r"-1 .*takes 0 or more",
        ),
        (lambda: Filter(0.0, 1.0), r"filter of 0 Hz"),
    ],
)
def test_bad_input_names_the_value_and_the_remedy(wrong, message):
    with pytest.raises(AsytError, match=message):
        wrong()


def test_unknown_profile_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="linear-phase"):
        named("linear-fase")
