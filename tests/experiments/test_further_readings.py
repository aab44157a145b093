"""Which runs try further readings of Figs. 5a to 5f."""

import pytest

from asyt.experiments import (
    authors_distortion,
    authors_scale,
    authors_structure,
    distortion_readings,
    fashion_long,
    input_scale,
    mnist_distortion,
    mnist_structure,
    structure_readings,
    tasks,
)


@pytest.mark.parametrize(
    "module",
    [
        authors_distortion,
        authors_scale,
        authors_structure,
        distortion_readings,
        fashion_long,
        input_scale,
        structure_readings,
    ],
)
def test_every_run_is_told_apart(module):
    runs = module.EXPERIMENT.jobs("paper")
    assert len({run.label for run in runs}) == len(set(runs)) == len(runs)


def test_pixels_are_tried_in_the_readings_of_the_issue_and_at_the_lower_rate():
    runs = input_scale.EXPERIMENT.jobs("paper")
    tried = {(run.dataset, run.reading) for run in runs}
    assert tried == {
        ("fashion-mnist", "independent"),
        ("fashion-mnist", "floor"),
        ("mnist", "independent"),
    }
    low = [run for run in runs if run.rate == input_scale.LOW_RATE]
    assert {(run.dataset, run.reading) for run in low} == tried
    assert {(run.seed, run.epochs) for run in low} == {(0, 300)}


def test_pixels_are_not_scaled_to_unit_length(monkeypatch):
    asked = {}
    monkeypatch.setattr(tasks, "load", lambda name, **options: asked.update(options, name=name))
    input_scale.PROFILES["paper"].data()
    assert asked["scale"] is tasks.pixels
    assert tasks.SCALES["unit-rows"] is tasks.unit_rows


def test_fashion_is_trained_four_times_as_long():
    (run,) = fashion_long.EXPERIMENT.jobs("paper")
    assert (run.epochs, run.dataset, run.reading) == (1200, "fashion-mnist", "independent")


def test_every_distortion_is_run_in_three_draws_of_a_reading():
    runs = distortion_readings.EXPERIMENT.jobs("paper")
    assert {run.trained[0][1] for run in runs} == {mnist_distortion.PAPER_RANGE}
    assert {(run.trained[0][0], run.seed) for run in runs} == {
        (name, seed) for name in ("floor", "common-gain") for seed in (0, 1, 2)
    }
    assert {run.epochs for run in runs} == {300}


def test_every_structure_is_run_in_three_draws_of_every_reading():
    runs = structure_readings.EXPERIMENT.jobs("paper")
    assert {run.layers for run in runs} == set(mnist_structure.STRUCTURES)
    assert {run.epochs for run in runs} == {100}
    assert {run.seed for run in runs} == {0, 1, 2}
    trained = {tuple(name for name, _ in run.trained) for run in runs}
    assert trained == {("independent", "floor", "common-gain")}


@pytest.mark.parametrize("name", structure_readings.READINGS)
def test_a_sweep_calls_a_reading_by_its_name(name):
    assert structure_readings.PROFILES["smoke"].base(name).reading == name


def test_the_demo_s_chip_is_drawn_for_every_structure_and_distortion():
    structures = authors_structure.EXPERIMENT.jobs("paper")
    assert {run.layers for run in structures} == set(mnist_structure.STRUCTURES)
    assert {(run.epochs, run.update_error) for run in structures} == {(100, 0.0)}
    swept = authors_distortion.EXPERIMENT.jobs("paper")
    assert {run.severities for run in swept} == {mnist_distortion.PAPER_RANGE[1:]}
    assert {run.update_error for run in swept} == {0.0, 0.6}


def test_the_demo_s_chip_is_given_pixels_of_both_data_sets():
    runs = authors_scale.EXPERIMENT.jobs("paper")
    assert {(run.dataset, run.update_error) for run in runs} == {
        (dataset, error) for dataset in ("mnist", "fashion-mnist") for error in (0.0, 0.6)
    }
    assert {(run.scale, run.epochs) for run in runs} == {("pixels", 300)}
