"""Figs. 5e and 5f: which draws are run, and what their table says."""

import pandas as pd
import pytest

from asyt.experiments import _sweep
from asyt.experiments import mnist_structure as structure


def test_runs_cover_the_published_widths_and_depths_with_five_draws():
    runs = structure.EXPERIMENT.jobs("paper")
    shapes = [(config.columns["width"], config.columns["depth"]) for config in runs]
    assert {width for width, depth in shapes if depth == 2} == {32, 64, 128, 256, 512, 1024}
    assert {depth for width, depth in shapes if width == 128} == set(range(1, 9))
    assert {config.seed for config in runs} == set(range(5))
    quiet = [config for config in runs if len(config.trained) < 3]
    assert {config.layers for config in quiet} == {(784, 1024, 1024, 10)}


@pytest.fixture
def table(crossed):
    """Two widths: ideal BP at 90 % + seed, AsyT below it by 1 and 2 points, 10 with noise."""
    draws = crossed(width=(64, 32), seed=(1, 0), depth=[2], epoch=[20], chip=[0])
    ideal = draws.assign(method="ideal-bp", reading="independent", accuracy=0.9 + 0.01 * draws.seed)
    below = draws.width.map({32: 0.01, 64: 0.02})
    asyt = ideal.assign(method="asyt", accuracy=ideal.accuracy - below)
    noisy = asyt.assign(reading="power", accuracy=ideal.accuracy - 0.1)
    return _sweep.shared(pd.concat([noisy, ideal, asyt], ignore_index=True))


def test_a_gap_is_that_of_one_draw(table):
    gaps = structure.each_gap(table, "width")
    assert gaps.reading.tolist() == ["independent"] * 4 + ["power"] * 4
    assert gaps.seed.tolist() == [0, 1] * 4
    assert gaps.gap.tolist() == pytest.approx([0.01] * 2 + [0.02] * 2 + [0.1] * 4)


def test_gaps_are_paired_means(table):
    gaps = structure.gaps(table, "width").set_index(["reading", "width"])
    assert gaps.centre.tolist() == pytest.approx([1, 2, 10, 10])
    assert gaps.high.tolist() == pytest.approx([1, 2, 10, 10])  # seeds differ, the gap does not
    assert set(gaps.n) == {2}


def test_a_draw_that_fails_has_lost_what_it_learnt_or_never_learnt(crossed):
    table = crossed(depth=[8], method=["asyt"], reading=["floor"], epoch=(1, 2), seed=(0, 1, 2))
    learnt, lost, never = (0.4, 0.9), (0.9, 0.1), (0.1, 0.2)
    accuracy = pd.DataFrame([learnt, lost, never], columns=[1, 2])
    table["accuracy"] = [accuracy.loc[row.seed, row.epoch] for row in table.itertuples()]
    (found,) = structure.failures(table, "depth").reset_index().to_dict("records")
    assert found == {"reading": "floor", "depth": 8, "failed": 2, "lost": 1, "n": 3}


def test_figures_take_their_share_of_the_runs(crossed):
    table = crossed(width=(64, 128), depth=(1, 2))
    assert structure.by_width(table).width.tolist() == [64, 128]
    assert structure.by_depth(table).depth.tolist() == [1, 2]


def test_another_draw_is_held_against_the_published_ones():
    run = {"epoch": 2, "method": "asyt", "reading": "independent"}
    published = pd.DataFrame({**run, "accuracy": [0.88, 0.90, 0.92]})
    drawn = pd.DataFrame({**run, "epoch": [1, 2], "accuracy": [0.1, 0.91]})
    (row,) = structure.another_draw(published, drawn).to_dict("records")
    reach = 4.30265 * 2 * (4 / 3) ** 0.5  # Student's t with two degrees of freedom
    assert (row["low"], row["high"]) == pytest.approx((90 - reach, 90 + reach), rel=1e-4)
    assert (row["this draw"], row["inside"]) == (pytest.approx(91), True)
    assert not structure.another_draw(published, drawn.assign(accuracy=0.7)).inside.item()
