"""The Iris experiment of "AsyT in ten minutes"."""

from dataclasses import replace

import pytest
import torch

from asyt import claims
from asyt.figures import iris

SMALL = replace(iris.PROFILES["smoke"], epochs=10)


def test_data_is_scaled_by_the_training_split_only():
    data = iris.tensors(seed=3)
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
    assert float(iris.alignment_angle(trainer, "asyt").abs().max()) < 0.1
    distorted = iris.build(SMALL)
    assert float(iris.alignment_angle(distorted, "asyt").min()) > 0.1


def test_alignment_angle_is_that_of_the_flattened_scores():
    trainer = iris.build(SMALL)
    x, twin = trainer.data.train_x, trainer.twin
    b = twin.forward(trainer.digital, x)[-1].softmax(-1).flatten()
    branch = trainer.branches["asyt"]
    a = branch.device(branch.controls, x)[1].softmax(-1).flatten()
    angle = torch.rad2deg(((a @ b) / (a.norm() * b.norm())).arccos())
    assert float(iris.alignment_angle(trainer, "asyt")[1]) == pytest.approx(float(angle), abs=1e-2)


def concept_verdict():
    return next(
        row["verdict"] for row in claims.rows(iris.measurements()) if row["id"] == "asyt-1-concept"
    )


def test_counters_are_those_of_the_paper():
    counted = iris.accesses()
    assert counted["encapsulated"] == {"reads": 3, "writes": 0, "accesses": 3, "time_steps": 1}
    assert counted["truncated"] == {"reads": 7, "writes": 4, "accesses": 2 * 7 - 3, "time_steps": 2}
    assert concept_verdict() == "reproduced"


def test_wrong_counters_are_not_reproduced(monkeypatch):
    counted = iris.accesses()
    counted["truncated"]["accesses"] += 1
    monkeypatch.setattr(iris, "accesses", lambda config: counted)
    assert concept_verdict() == "not-reproduced"
