"""The counters on Fig. 1 of Light-in-the-loop."""

import pytest

from asyt import experiments
from asyt.experiments import opu_concept
from asyt.experiments.opu_concept import METHOD


def test_frames_are_those_of_the_stored_runs():
    (counted,) = experiments.table(opu_concept.EXPERIMENT, "paper").itertuples()
    runs = experiments.table("dfa", "paper", only=METHOD)
    exposures = runs[runs.quantity == "exposures"].value.mean()
    assert counted.frames == pytest.approx(exposures / (10 * 60_000))
    assert counted.seconds == pytest.approx(exposures / 1500)


def test_a_trained_network_is_used_without_light():
    assert opu_concept.inference() == (True, 0)


def test_a_unit_returns_a_value_a_hidden_neuron():
    run = next(config for config in experiments.jobs("dfa", "smoke") if config.method == METHOD)
    counted = opu_concept.counters(run, exposures=0.5 * run.samples * run.epochs)
    assert counted["frames"] == 0.5
    assert counted["values"] == 2 * counted["hidden"] == sum(run.layers[1:-1])
    assert counted["pixels"] >= counted["frames"] * counted["values"]
