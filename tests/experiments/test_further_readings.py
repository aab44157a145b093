"""Which runs try further readings of Figs. 5a to 5f."""

import pytest

from asyt.experiments import (
    authors_sweeps,
    fashion_long,
    input_scale,
    mnist_distortion,
    mnist_structure,
    sweep_readings,
    tasks,
)


@pytest.mark.parametrize("module", [authors_sweeps, fashion_long, input_scale, sweep_readings])
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


def test_sweeps_have_nine_distortions_and_every_structure_in_three_draws():
    runs = sweep_readings.EXPERIMENT.jobs("paper")
    distortions = [run for run in runs if run.tested]
    assert {run.trained[0][1] for run in distortions} == {mnist_distortion.PAPER_RANGE}
    assert {run.epochs for run in distortions} == {300}
    structures = [run for run in runs if not run.tested]
    assert {run.layers for run in structures} == set(mnist_structure.STRUCTURES)
    assert {run.epochs for run in structures} == {100}
    assert {run.seed for run in runs} == {0, 1, 2}


def test_a_sweep_calls_a_reading_by_its_name():
    config = sweep_readings.PROFILES["smoke"]
    assert [config.base(name).reading for name in sweep_readings.ALL] == list(sweep_readings.ALL)


def test_the_demo_s_chip_is_drawn_for_every_structure_and_distortion():
    runs = authors_sweeps.EXPERIMENT.jobs("paper")
    assert {run.layers for run in runs} == set(mnist_structure.STRUCTURES) | {(784, 256, 256, 10)}
    swept = [run for run in runs if len(run.severities) > 1]
    assert {run.severities for run in swept} == {mnist_distortion.PAPER_RANGE[1:]}
    assert {run.update_error for run in swept} == {0.0, 0.6}
