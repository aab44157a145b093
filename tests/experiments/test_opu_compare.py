"""AsyT and optical DFA on the same chips."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.checkpoints import Checkpoint
from asyt.experiments import opu_compare
from asyt.experiments.base import Execution
from asyt.training import Data

TINY = opu_compare.Config(
    samples=60, layers=(6, 8, 8, 3), epochs=2, batch_size=10, devices=2, threshold=0.05
)


@pytest.fixture(autouse=True)
def easy(monkeypatch):
    y = torch.eye(3)[torch.arange(90) % 3]
    x = y.repeat(1, 2)
    data = Data(x[:60], y[:60], x[60:], y[60:])
    monkeypatch.setattr("asyt.experiments.tasks.load", lambda *_, **__: data)


def test_every_method_is_tested_and_the_trained_ones_counted():
    table = opu_compare.run(TINY)
    tested = table[table.quantity == "accuracy"].groupby("method").size()
    assert tested.to_dict() == {name: 1 if name == "ideal-bp" else 2 for name in opu_compare.NAMES}
    counted = table[table.chip == 0].set_index(["method", "quantity"]).value
    assert counted["asyt", "accesses"] == counted["dfa-closed", "accesses"] == 3
    assert counted["dfa-opened", "accesses"] == 2 * 19 - 3
    assert counted["dfa-closed", "frames"] > 0 == counted["asyt", "frames"]


def test_a_resumed_run_counts_the_frames_of_those_before_it(tmp_path):
    shorter, kept = replace(TINY, epochs=1), tmp_path / "run.pt"
    opu_compare.build(shorter).fit(checkpoint=Checkpoint(kept), when=lambda _: False, every=1)
    trainer = opu_compare.build(TINY)
    trainer.load_state(Checkpoint(kept).load())
    before = trainer.branches["dfa-closed"].method.unit.exposures
    trainer.rows = []
    Checkpoint(kept).save(trainer.state())
    resumed = opu_compare.run(TINY, Execution(checkpoint=Checkpoint(kept)))
    assert before > 0
    pd.testing.assert_frame_equal(resumed, opu_compare.run(TINY), check_exact=True)


def test_the_number_of_chips_can_be_chosen():
    (config,) = opu_compare.EXPERIMENT.jobs("smoke", devices=3)
    assert config.devices == 3
    device = opu_compare.chips(config)
    assert device.population == 3 and device.encapsulated


def test_costs_are_those_of_the_optical_unit():
    costs = opu_compare.costs(opu_compare.run(TINY)).set_index("method")
    assert costs.loc["In-silico BP", "AD accesses"] == costs.loc["AsyT", "frames"] == 0
    optical = costs.loc["Optical DFA, digital states"]
    assert optical["frames"] > 0
    assert optical["its energy (mJ)"] == pytest.approx(20 * optical["frames"])


def test_an_interval_of_two_chips_is_wider_than_what_lies_between_them():
    rows = [{"seed": 0, "chip": 0, "value": 0.9}, {"seed": 0, "chip": 1, "value": 0.92}]
    mean = opu_compare.mean(pd.DataFrame(rows).assign(method="asyt", quantity="accuracy"), "asyt")
    assert mean["centre"] == pytest.approx(91) and mean["n"] == 2
    assert mean["low"] < 90 < 92 < mean["high"]


def test_a_lead_is_paired_by_chip_and_seed():
    chips = pd.DataFrame(
        [{"seed": 0, "chip": 0, "value": 0.8}, {"seed": 0, "chip": 1, "value": 0.9}]
    )
    ahead = chips.assign(value=chips.value + 0.01)[::-1]
    table = pd.concat([chips.assign(method="asyt"), ahead.assign(method="dfa-opened")])
    lead = opu_compare.lead(table.assign(quantity="accuracy"), "dfa-opened", "asyt")
    assert [lead["low"], lead["centre"], lead["high"]] == pytest.approx([1, 1, 1])
    assert lead["n"] == 2
