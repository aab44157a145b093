"""The table of a run on chips."""

import numpy as np
import pandas as pd
import pytest

from asyt import experiments, results
from asyt.experiments import _live
from asyt.experiments.chips import iris_optical, iris_pseudo, runs, summary


def test_stops_are_the_start_a_tenth_and_the_end():
    assert runs.stops(60) == [0, 5, 6, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]
    assert runs.stops(2) == [0, 1, 2]


def test_every_draw_is_counted_once(smoke, table):
    main = summary.select(table, encoding=smoke.encoding, part="main", split="train")
    counted = summary.select(main, quantity="accuracy", method="asyt")
    assert counted["count"].sum() == smoke.devices * smoke.trajectories
    draws = summary.draws(main, "asyt", "train")
    assert len(draws) == smoke.devices * smoke.trajectories
    assert (draws >= 0).all() and (draws <= 100).all()


def test_the_last_median_is_that_of_the_draws(smoke, table):
    main = summary.select(table, encoding=smoke.encoding, part="main", method="asyt", split="train")
    last = summary.series(main, "accuracy").iloc[-1]
    assert last.epoch == smoke.epochs
    assert 100 * last.centre == pytest.approx(np.median(summary.draws(main, "asyt", "train")))


def test_in_silico_bp_leads_as_much_as_the_other_way_round_it_lags(smoke, table):
    main = summary.select(table, encoding=smoke.encoding, part="main")
    ahead = summary.lead(main, "asyt", "insilico-bp")
    behind = summary.lead(main, "insilico-bp", "asyt")
    assert ahead["centre"] == pytest.approx(-behind["centre"])
    assert ahead["low"] <= ahead["centre"] <= ahead["high"]


def test_a_run_again_gives_the_same_table(smoke, table):
    again = runs.run(smoke)
    first = summary.select(table, **smoke.columns)[again.columns]
    pd.testing.assert_frame_equal(again, first.reset_index(drop=True))


def test_each_reading_of_pseudo_ip_bp_is_a_fleet():
    (config, *_) = iris_pseudo.EXPERIMENT.jobs("smoke")
    shares = iris_pseudo.shares(iris_pseudo.run(config).assign(**config.columns), 64.0)
    assert len(shares) == len(iris_pseudo.READINGS)
    assert set(shares.n) == {config.devices * config.trajectories}
    assert shares["within 5 points of 64 (%)"].between(0, 100).all()


def test_recomputed_runs_are_what_pages_show(monkeypatch):
    job = iris_optical.EXPERIMENT.jobs("smoke")[0]
    marked = pd.DataFrame({"quantity": ["x"], "value": [1.0]})
    monkeypatch.setitem(_live, ("iris-optical", results.config_hash(job)), marked)
    shown = experiments.table("iris-optical", "smoke", only=job.label)
    assert shown.value.tolist() == [1.0] and shown.runs.tolist() == ["ideal BP only"]


def test_a_beginning_has_the_rows_of_the_run_up_to_its_epoch(smoke, table):
    beginning = runs.first(smoke)
    whole = summary.select(table, **smoke.columns)[beginning.columns]
    expected = whole[whole.epoch <= beginning.epoch.max()].reset_index(drop=True)
    assert 0 < beginning.epoch.max() < smoke.epochs
    pd.testing.assert_frame_equal(beginning, expected, check_exact=True)
