"""The numbers of the page of errata, on small data and small tables."""

import math
from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.devices import DistortedDevice
from asyt.experiments import demo_effects, mnist, mnist_demo

TINY = replace(demo_effects.SHORT, layers=(6, 5, 4, 3), samples=None, epochs=2, batch_size=10)


@pytest.mark.usefixtures("small_task")
def test_short_trainings_give_a_chip_and_a_model_each():
    found = demo_effects.short(TINY)
    names = [*demo_effects.CHANGES, "pixels"]
    expected = {f"{name}_{end}" for name in names for end in ("asyt", "model")}
    assert found.keys() == expected | {"reach"}
    assert all(0 <= value <= 100 for value in found.values())
    assert found["pixels_asyt"] == found["base_asyt"]  # one task stands for both


@pytest.mark.usefixtures("small_task")
def test_reach_is_the_largest_hidden_value_of_its_limit():
    trainer = demo_effects.train(TINY)
    (branch,) = trainer.branches.values()
    chip = DistortedDevice(trainer.twin, 1, mnist.CHIPS, distortion=0.6, encapsulated=False)
    states = chip.propagate(branch.controls, trainer.data.test_x)
    assert torch.equal(states[-1], branch.device(branch.controls, trainer.data.test_x))
    shares = [states[1].max() / 6, states[2].max() / 5]  # A, the input width of the layer
    assert demo_effects.reach(trainer, TINY) == pytest.approx(100 * float(max(shares)))


@pytest.mark.usefixtures("small_task")
def test_accuracies_are_those_on_test_data_in_percent():
    trainer = demo_effects.train(TINY)
    found = demo_effects.accuracies("base", trainer)
    answers = trainer.twin.forward(trainer.digital, trainer.data.test_x)[-1].argmax(-1)
    right = (answers == trainer.data.test_y.argmax(-1)).float().mean()
    assert found["base_model"] == pytest.approx(100 * float(right))


def test_of_the_demo_every_variant_has_its_number(crossed):
    table = crossed(
        variant=["shipped", "written", "insilico"],
        method=["asyt", "ideal-bp", "insilico-bp"],
        fleet=["tied", "independent", "digital"],
        epoch=[1, 2],
        update_error=[0.0, 0.6],
    ).assign(seed=0)
    table["accuracy"] = torch.arange(len(table)).double().numpy() / len(table)
    table = table[(table.update_error == 0.6) | (table.epoch == 1)]
    table = table[(table.method != "asyt") | (table.fleet == "tied")]
    found = demo_effects.shipped(table)
    outcome = mnist_demo.outcome(table).set_index(["variant", "method", "fleet"]).centre
    assert found["written_model"] == outcome["written", "ideal-bp", "digital"]
    assert found["tied"] == outcome["insilico", "insilico-bp", "tied"]
    assert found["update_epochs"] == 1


def test_orders_are_of_the_demos_chip_after_the_last_epoch():
    rows = []
    for error, accuracy in ((0.0, 0.4), (0.6, 0.2)):
        for seed in (0, 1):
            ends = {"epoch": 2, "update_error": error, "accuracy": accuracy + 0.1 * seed}
            rows += [
                {"method": "insilico-bp", "fleet": fleet, **ends}
                for fleet in ("demo", "independent")
            ]
    for method, fleet in (("asyt", "demo"), ("ideal-bp", "digital")):
        rows += [
            {"method": method, "fleet": fleet, "epoch": 2, "update_error": 0.0, "accuracy": value}
            for value in (0.8, 0.9)
        ]
    early = [{**row, "epoch": 1, "accuracy": math.nan} for row in rows]
    own = pd.DataFrame(
        {
            "method": "ideal-bp",
            "reading": ["independent", "power"],
            "epoch": 9,
            "accuracy": [0.97, 0.5],
        }
    )
    found = demo_effects.orders(pd.DataFrame(early + rows), own)
    assert found["demo_wrong"] == pytest.approx(25)
    assert (found["demo_exact_low"], found["demo_exact_high"]) == pytest.approx((40, 50))
    assert found["others_exact"] == pytest.approx(45)
    assert found["own_bp"] == pytest.approx(97)
    assert found["demo_asyt_high"] == pytest.approx(90)
