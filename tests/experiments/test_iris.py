"""The Iris experiment of "AsyT in ten minutes"."""

from dataclasses import replace

import pytest
import torch

from asyt.experiments import iris

SMALL = iris.PROFILES["smoke"]


def test_data_is_scaled_by_the_training_split_only():
    data = iris.task(seed=3)
    assert data.train_x.min() == 0
    assert data.train_x.max() == 1
    assert data.train_x.shape == (100, 4)
    assert sorted(data.test_y.sum(0).tolist()) == [16, 17, 17]


def test_table_has_all_methods_and_the_angle():
    table = iris.run(SMALL)
    accuracy = table[table.quantity == "accuracy"]
    assert set(accuracy.method) == {"ideal-bp", "insilico-bp", "asyt", "pseudo-ip-bp"}
    assert accuracy.value.between(0, 1).all()
    angle = table[table.quantity == "angle"]
    assert len(angle) == 2 * SMALL.devices
    assert angle.value.between(0, 180).all()


def test_a_chip_without_distortion_points_the_same_way_as_its_model():
    trainer = iris.build(replace(SMALL, distortion=0.0))
    trainer.run_epoch()
    assert float(iris.angles(trainer).abs().max()) < 0.1


def test_the_angle_is_that_of_the_flattened_scores():
    trainer = iris.build(SMALL)
    x, branch = trainer.data.train_x, trainer.branches["asyt"]
    b = trainer.twin.forward(trainer.digital, x)[-1].softmax(-1).flatten()
    a = branch.device(branch.controls, x)[1].softmax(-1).flatten()
    angle = torch.rad2deg(((a @ b) / (a.norm() * b.norm())).arccos())
    assert float(angle) > 0.1
    assert float(iris.angles(trainer)[1]) == pytest.approx(float(angle), abs=1e-2)


def test_summary_is_the_median_over_chips_and_seeds_in_percent():
    table = iris.run(SMALL)
    shown = iris.summary(table).set_index(iris.GROUP)
    chips = table[(table.quantity == "accuracy") & (table.method == "asyt")]
    chips = chips[(chips.split == "test") & (chips.epoch == SMALL.epochs)]
    row = shown.loc[("accuracy", "asyt", "test", SMALL.epochs)]
    assert (row.centre, row.n) == (pytest.approx(100 * chips.value.median()), SMALL.devices)


def test_published_runs_are_ten_seeds_with_twenty_chips():
    runs = iris.EXPERIMENT.jobs("paper")
    assert [(config.seed, config.devices) for config in runs] == [(i, 20) for i in range(10)]
    assert [config.devices for config in iris.EXPERIMENT.jobs("paper", (4,), 7)] == [7]
