"""Chips whose first layer's errors are tied to its initial weights, on data small enough."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.devices import demo
from asyt.experiments import tied_errors
from asyt.experiments.tied_errors import Config

TINY = Config(layers=(6, 5, 4, 3), epochs=2, batch_size=10)


def origins(chip, other):
    """A layer: whether the weights' errors of two chips are the same."""
    layers = zip(chip, other, strict=True)
    return ["same" if torch.equal(a.weight, b.weight) else "other" for a, b in layers]


def test_every_run_is_told_apart():
    runs = tied_errors.EXPERIMENT.jobs("paper")
    assert len({run.label for run in runs}) == len(runs) == 12
    assert {run.task for run in runs} == {"4 hidden layers", "pixels from 0 to 1"}


def test_first_layer_of_the_demo_is_six_times_its_start():
    chip = tied_errors.chips(TINY)["demo"]
    start = tied_errors.initial(TINY)[0].weight
    assert torch.allclose(chip[0].weight[0], 6 * start)
    assert not torch.allclose(chip[1].weight[0], 6 * tied_errors.initial(TINY)[1].weight)


def test_tied_and_untied_differ_from_the_demo_in_the_other_layers_and_in_the_first():
    chips = tied_errors.chips(TINY)
    assert list(chips) == ["demo", "tied", "untied", "independent"]
    assert origins(chips["tied"], chips["demo"]) == ["same", "other", "other"]
    assert origins(chips["untied"], chips["demo"]) == ["other", "same", "same"]
    assert origins(chips["independent"], chips["demo"]) == ["other", "other", "other"]


def test_a_chip_of_a_draw_is_tied_to_the_start_of_that_draw():
    config = replace(TINY, start="own", seed=3)
    tied, independent = tied_errors.chips(config).values()
    assert torch.allclose(tied[0].weight[0], 6 * tied_errors.initial(config)[0].weight)
    assert torch.equal(tied[0].bias, independent[0].bias)
    assert origins(tied, independent) == ["other", "same", "same"]
    spread = tied_errors.chips(replace(config, layers=(400, 100, 3)))["independent"][0].weight
    assert spread.std().item() == pytest.approx(demo.DISTORTION, rel=0.02)


def test_a_tied_layer_adds_a_share_of_the_inputs():
    weight = tied_errors.initial(replace(TINY, layers=(784, 256, 10)))[0].weight
    added = (weight * tied_errors.TIE * weight).sum(1).mean().item() / 784
    assert added == pytest.approx(0.06, rel=0.02)


@pytest.mark.usefixtures("small_task")
def test_a_table_names_the_errors_of_every_chip():
    table = tied_errors.run(TINY)
    asyt = table[table.method == "asyt"]
    assert set(asyt.errors) == set(tied_errors.chips(TINY))
    assert set(table[table.method == "ideal-bp"].errors) == {"none"}


def test_asyt_fails_below_half_of_ideal_bp():
    draw = {"task": "a", "start": "own", "seed": 0, "epoch": 2, "split": "test"}
    rows = [{**draw, "method": "ideal-bp", "errors": "none", "accuracy": 0.9}]
    for errors, accuracy in (("tied", 0.44), ("independent", 0.46)):
        rows.append({**draw, "method": "asyt", "errors": errors, "accuracy": accuracy})
    found = tied_errors.ends(pd.DataFrame(rows)).set_index("errors")
    assert found.fails.to_dict() == {"tied": True, "independent": False}
    assert set(found.ideal) == {0.9}
