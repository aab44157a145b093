"""Short runs beyond Light-in-the-loop."""

import pandas as pd

from asyt.experiments import dfa_sweeps


def test_the_run_that_sweeps_share_stands_in_each():
    configs = dfa_sweeps.plan("paper")
    assert len(set(configs)) == len(configs)
    rows = [{**config.columns, "value": i / 100} for i, config in enumerate(configs)]
    table = pd.DataFrame(rows).assign(epoch=5, quantity="accuracy", split="test")
    accuracy = dfa_sweeps.finals(table).set_index(["sweep", "x", "method"]).accuracy
    shared = accuracy["threshold", 0.1, "dfa-optical"]
    for sweep, x in (("bits", 8), ("width", 1024), ("dark", 0)):
        assert accuracy[sweep, x, "dfa-optical"] == shared


def test_small_profiles_are_narrow():
    widths = {config.layers[1] for config in dfa_sweeps.plan("quick") if config.sweep == "width"}
    assert widths == {64}


def test_a_run_is_named_by_what_is_swept():
    labels = [config.label for config in dfa_sweeps.plan("paper")]
    assert labels[0] == "threshold 0, dfa-optical, rate 0.01, seed 0"
    assert labels[5] == "dark 1, dfa-optical, rate 0.01, seed 0"
