"""The draws behind Figs. 5d to 5f on data small enough for a test."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.checkpoints import Checkpoint
from asyt.devices import DistortedDevice
from asyt.experiments import _sweep, mnist
from asyt.experiments.base import Execution

TINY = _sweep.Config(
    layers=(6, 5, 3),
    epochs=3,
    trained=(("none", (0.0, 1.0, 2.0)), ("10 dB power", (1.0,))),
    tested=(("none", (0.0, 1.0)), ("10 dB mean-square", (0.0, 1.0))),
    population=3,
    seed=2,
)
FIG5A = _sweep.Config.base


@pytest.fixture(autouse=True)
def tiny(small_task, monkeypatch):  # noqa: ARG001
    """The settings of Fig. 5a with batches and a rate that suit 40 samples."""

    def base(config, noise="none"):
        return replace(FIG5A(config, noise), batch_size=10, rate=0.01)

    monkeypatch.setattr(_sweep.Config, "base", base)


def test_at_no_distortion_the_chip_is_the_digital_model_and_elsewhere_it_is_not():
    trainer = _sweep.build(TINY)
    trainer.run_epoch()
    controls = trainer.branches["none"].controls[0].weight
    assert torch.equal(controls[0], trainer.digital[0].weight)
    assert not torch.equal(controls[0], controls[1])
    assert not torch.equal(controls[1], controls[2])


def test_at_no_distortion_the_curve_is_that_of_ideal_bp():
    table = _sweep.run(TINY).set_index("epoch")
    asyt = table[(table.method == "asyt") & (table.noise == "none") & (table.severity == 0)]
    ideal = table[table.method == "ideal-bp"]
    assert asyt.accuracy.to_dict() == ideal.accuracy.to_dict()


def test_every_distortion_is_the_chip_of_the_seed():
    trainer = _sweep.build(TINY)
    ones = [layer.map(torch.ones_like) for layer in trainer.digital]
    x, device = trainer.data.test_x, trainer.branches["none"].device
    population = DistortedDevice(trainer.twin, 3, mnist.CHIPS, distortion=1.2)
    assert torch.allclose(device(ones, x)[2], population(ones, x)[TINY.seed])


def test_table_has_every_evaluation_once_and_names_noise_and_severity():
    table = _sweep.run(TINY)
    keys = ["noise", "severity", "epoch", "method", "fleet", "chip", "split"]
    assert not table.duplicated(keys).any()
    counts = table[table.epoch == 3].groupby("method").size().to_dict()
    assert counts == {"ideal-bp": 1, "asyt": 4, "insilico-bp": 12}
    power = table[(table.method == "asyt") & (table.noise == "10 dB power")]
    assert set(power.severity) == {1.0}


def test_resumed_run_gives_the_same_table(tmp_path):
    whole, trainer = _sweep.run(TINY), _sweep.build(TINY)
    trainer.evaluate()
    trainer.run_epoch()
    trainer.evaluate()
    unfinished = Checkpoint(tmp_path / "run.pt")
    unfinished.save(trainer.state())
    resumed = _sweep.run(TINY, Execution(checkpoint=unfinished))
    pd.testing.assert_frame_equal(resumed, whole)


def test_runs_of_one_draw_count_ideal_bp_once():
    table = TINY.read(_sweep.run(TINY)).assign(seed=2)
    again = pd.concat([table, table[table.method == "ideal-bp"]])
    shown = _sweep.summary(again, "severity")
    assert shown[shown.method == "ideal-bp"].n.tolist() == [1]


def test_label_names_layers_noise_and_distortions():
    assert TINY.label == "mnist, 6-5-3, none at 0/1/2 + 10 dB power at 1, seed 2"
    assert replace(TINY, trained=()).label == "mnist, 6-5-3, digital, seed 2"
    assert TINY.columns == {"width": 5, "depth": 1, "seed": 2}
