"""Fig. 5d: which draws are run, and what their table says."""

import numpy as np
import pandas as pd
import pytest

from asyt.errors import AsytError
from asyt.experiments import mnist_distortion as distortion


@pytest.mark.parametrize(
    ("noise", "severities"),
    [("none", [*np.arange(0.25, 2.01, 0.25), 3.0, 4.0]), ("10 dB mean-square", [0.0, 1.0, 2.0])],
)
def test_every_draw_is_trained_over_the_published_range(noise, severities):
    for seed in range(5):
        runs = distortion.plan("paper", seeds=(seed,))
        fleets = [fleet for config in runs for fleet in config.trained]
        trained = [at for reading, at in fleets if reading == noise]
        assert sorted(sum(trained, ())) == severities
        assert {config.epochs for config in runs} == {300}


def test_every_draw_is_tested_once_and_beyond_the_published_range():
    runs = distortion.plan("paper")
    tested = [config.seed for config in runs if config.tested]
    assert tested == [0, 1, 2, 3, 4]
    assert distortion.SEVERITIES[:9] == distortion.PAPER_RANGE
    assert (distortion.PAPER_RANGE[-1], distortion.SEVERITIES[-1]) == (2, 4)


def test_several_chips_a_run_are_refused():
    with pytest.raises(AsytError, match="give other draws with --seed"):
        distortion.EXPERIMENT.jobs("paper", devices=5)


@pytest.fixture
def trained(crossed):
    """Two draws at 95 % without noise, but 50 and 60 % at 3 sigma_phy and 80 and 90 % at 1."""
    table = crossed(
        reading=["independent"], severity=(0.0, 1.0, 3.0), seed=(0, 1), epoch=(100, 300)
    )
    ends = {1.0: 0.80, 3.0: 0.50}
    falls = table.severity.map(ends) + 0.1 * table.seed
    accuracy = falls.where(table.epoch == 300).fillna(0.95)
    return table.assign(method="asyt", fleet="none", chip=0, accuracy=accuracy)


def test_asyt_shows_its_mean_and_its_worst_draw(trained):
    shown = distortion.asyt(trained)
    assert shown.index.tolist() == [0.0, 1.0, 3.0]
    assert shown.centre.tolist() == pytest.approx([95, 85, 55])
    assert shown.worst.tolist() == pytest.approx([95, 80, 50])
    assert set(shown.n) == {2}


def test_the_lowest_is_looked_for_in_the_papers_range(trained):
    assert distortion.lowest(trained).name == 1.0


def test_the_fall_is_paired_by_seed_and_chip(crossed):
    table = crossed(
        reading=["independent"], severity=(0.0, 1.0), seed=(0, 1), chip=(0, 1, 2), epoch=[300]
    )
    accuracy = 0.9 - 0.1 * table.seed - 0.05 * table.chip - 0.45 * table.severity
    tested = table.assign(method="insilico-bp", accuracy=accuracy)
    other = pd.concat([tested, tested.assign(reading="power", accuracy=0.1)])
    fall = distortion.fall(other, "independent")
    assert (fall.mean, fall.low, fall.high) == pytest.approx((45, 45, 45))
    assert fall.n == 6


def test_the_peak_is_the_best_mean_of_all_epochs(trained):
    peaks = distortion.peaks(trained, "independent")
    assert peaks.best.tolist() == pytest.approx([95, 95, 95])
    assert peaks.epoch.loc[3.0] == 100


def test_early_is_the_end_of_the_first_third(trained):
    assert distortion.early(trained, 3.0) == pytest.approx(95)
