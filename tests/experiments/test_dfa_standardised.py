"""Light-in-the-loop on standardised pixels: the same runs, another scale of the inputs."""

from dataclasses import replace

import numpy as np
import pytest

from asyt.experiments import dfa, dfa_standardised, tasks


def test_runs_are_those_of_the_claims_and_their_ceiling():
    runs = dfa_standardised.EXPERIMENT.jobs("paper")
    judged = {(run.method, run.rate, run.seed) for run in runs}
    published = {(run.method, run.rate, run.seed) for run in dfa.EXPERIMENT.jobs("paper")}
    assert judged <= published
    assert {(method, rate) for method, rate, _ in judged} == {
        ("dfa-optical", 0.01),
        ("dfa-ternary", 0.001),
        ("dfa", 0.001),
        ("bp", 0.001),
    }
    assert len([run for run in runs if run.method == "dfa-optical"]) == 10


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper"])
def test_nothing_else_differs(profile):
    config = dfa_standardised.PROFILES[profile]
    assert vars(config) == vars(dfa.PROFILES[profile])
    assert config.columns == {"reading": "standardised", **dfa.PROFILES[profile].columns}


def test_inputs_are_asked_for_standardised(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "load", lambda name, **options: asked.append({name: options}))
    for config in (dfa_standardised.PROFILES["smoke"], dfa.PROFILES["smoke"]):
        replace(config, samples=7).data()
    assert asked == [
        {"mnist": {"samples": 7, "scale": tasks.standardised}},
        {"mnist": {"samples": 7, "scale": tasks.pixels}},
    ]


def test_standardised_inputs_are_measured_by_the_training_inputs_alone():
    draw = np.random.default_rng(0)
    train, test = draw.uniform(0, 1, (50, 4)), draw.uniform(0, 9, (20, 4))
    scaled, other = tasks.standardised(train, test)
    assert scaled.mean() == pytest.approx(0)
    assert scaled.std() == pytest.approx(1)
    assert other * train.std() + train.mean() == pytest.approx(test)
