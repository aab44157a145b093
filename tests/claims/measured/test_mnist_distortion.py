"""Verdicts on Fig. 5d."""

import pandas as pd
import pytest

from asyt.claims.measured import mnist_distortion as judge
from asyt.experiments.mnist_distortion import PAPER_RANGE

STRONG = "mean-square"
ALL = "0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2"


@pytest.fixture
def swept(crossed):
    """AsyT at 95.8 %, two draws; in-silico BP loses 50 points from 0 to 1, 20 with noise."""
    draws = crossed(severity=PAPER_RANGE, seed=(0, 1), epoch=[300]).assign(chip=0, fleet="one")
    asyt = [
        draws.assign(method="asyt", reading=name, accuracy=0.958)
        for name in ("independent", STRONG)
    ]
    tested = []
    for name in ("independent", "power", STRONG):
        lost = 0.2 if name == STRONG else 0.5
        accuracy = 0.9 - lost * draws.severity.clip(upper=1)
        tested.append(draws.assign(method="insilico-bp", reading=name, accuracy=accuracy))
    return pd.concat([*asyt, *tested], ignore_index=True)


def lowered(swept, reading, severity, accuracy):
    at = (swept.method == "asyt") & (swept.reading == reading) & (swept.severity == severity)
    return swept.assign(accuracy=swept.accuracy.mask(at, accuracy))


def found(swept, claim):
    return {one.reading: one for one in judge.measure(swept) if one.claim == claim}


def test_a_bound_for_every_distortion_breaks_at_the_lowest(swept):
    table = lowered(lowered(swept, STRONG, 1, 0.6), "independent", 2, 0.93)
    bounds = found(table, "asyt-5d-asyt")
    assert list(bounds) == ["independent", STRONG]
    strong, quiet = bounds[STRONG], bounds["independent"]
    assert (strong.measured, strong.n, strong.holds) == (pytest.approx(60), 2, False)
    assert strong.note == f"the lowest mean, at 1 sigma_phy, of those at {ALL}"
    assert (quiet.measured, quiet.holds) == (pytest.approx(93), True)


def test_the_bound_is_that_of_the_interval(swept):
    table = lowered(swept, STRONG, 1, 0.91)
    unlucky = (table.method == "asyt") & (table.severity == 1) & (table.seed == 1)
    table = table.assign(accuracy=table.accuracy.mask(unlucky, 0.895))
    bound = found(table, "asyt-5d-asyt")[STRONG]
    assert bound.measured > 90 > bound.low
    assert not bound.holds


def test_every_distortion_must_hold_not_the_lowest_mean_alone(swept):
    table = lowered(swept, STRONG, 1, 0.94)
    apart = (table.method == "asyt") & (table.severity == 1.5) & (table.reading == STRONG)
    table.loc[apart, "accuracy"] = 0.945 + 0.04 * table.seed[apart]
    bound = found(table, "asyt-5d-asyt")[STRONG]
    assert (bound.measured, bound.holds) == (pytest.approx(94), False)
    assert bound.low == pytest.approx(94)


def few(swept):
    """Runs at three distortions alone."""
    return swept[swept.severity.isin([0, 1, 2])]


def test_the_bound_is_left_open_where_no_distortion_that_was_run_breaks_it(swept):
    for bound in found(few(swept), "asyt-5d-asyt").values():
        assert (bound.measured, bound.holds) == (None, None)
        assert bound.note == "not below it at 0, 1, 2 sigma_phy"


def test_one_distortion_breaks_the_bound_whatever_was_not_run(swept):
    bound = found(few(lowered(swept, STRONG, 1, 0.6)), "asyt-5d-asyt")[STRONG]
    assert (bound.measured, bound.holds) == (pytest.approx(60), False)


def test_without_noise_no_distortion_is_ideal_bp_itself(swept):
    untrained = (swept.method == "asyt") & (swept.severity == 0)
    bounds = found(swept[~untrained], "asyt-5d-asyt")
    assert (bounds["independent"].holds, bounds[STRONG].holds) == (True, None)


@pytest.fixture
def chip(crossed):
    """Three orders on the demo's chip at 91 % at 2 sigma_phy; in-silico BP falls from 97 to 25."""
    runs = crossed(update_error=(0.0, 0.6), seed=range(3), epoch=(290, 300))
    digital = runs.assign(method="ideal-bp", fleet="digital", chip=0, accuracy=0.97)
    chips = runs.merge(pd.DataFrame({"chip": range(8)}), how="cross").assign(fleet="demo")
    trained = chips[chips.update_error == 0].assign(method="asyt", accuracy=0.95)
    trained["accuracy"] = trained.accuracy.mask(trained.chip == 7, 0.91)
    tested = chips.assign(method="insilico-bp", accuracy=0.25)
    elsewhere = tested.assign(fleet="independent", accuracy=0.0)
    return pd.concat([digital, trained, tested, elsewhere], ignore_index=True)


def further(swept):
    """A floor and a common gain, in one of which AsyT is at 89 % at 1.75 sigma_phy."""
    named = {"independent": "floor", STRONG: "common-gain"}
    runs = swept[swept.reading.isin(named)].replace({"reading": named})
    return lowered(runs, "floor", 1.75, 0.89)


def test_readings_of_all_experiments_are_judged(swept, chip):
    measured = judge.measure(swept, chip, further(swept))
    bounds = {one.reading: one for one in measured if one.claim == "asyt-5d-asyt"}
    assert list(bounds) == ["authors", "independent", "floor", "common-gain", STRONG]
    assert [one.holds for one in bounds.values()] == [True, True, False, True, True]
    authors = bounds["authors"]
    assert (authors.measured, authors.n) == (pytest.approx(91), 3)
    assert authors.note.endswith("1.75, 2; orders of the samples on one chip")
    falls = {one.reading: one for one in measured if one.claim == "asyt-5d-insilico"}
    assert list(falls) == ["authors", "independent", "floor", "common-gain", "power", STRONG]


def test_on_the_demo_s_chip_insilico_falls_from_its_own_digital_model(swept, chip):
    wrong = (chip.update_error == 0.6) & (chip.fleet == "digital")
    chip = chip.assign(accuracy=chip.accuracy.mask(wrong, 0.96))
    measured = judge.measure(swept, chip)
    fall = next(one for one in measured if (one.claim, one.reading) == (judge.FALL, "authors"))
    assert (fall.measured, fall.n, fall.holds) == (pytest.approx(96 - 25), 3, True)
    assert "at 0 the digital model itself" in fall.note


def test_the_fall_of_insilico_is_judged_in_every_reading(swept):
    falls = found(swept, "asyt-5d-insilico")
    assert {name: round(one.measured) for name, one in falls.items()} == {
        "independent": 50,
        "power": 50,
        STRONG: 20,
    }
    assert [one.holds for one in falls.values()] == [True, True, False]
