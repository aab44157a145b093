"""The experiments on simulated chips: AsyT Figs. 2 to 4."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt import claims, experiments
from asyt.errors import ResultError
from asyt.figures import chip_results, chip_runs, digits_chip, iris_chip, optical_chip, pseudo_chip
from asyt.methods.pseudo import readings
from asyt.photonics.mzi import IDEAL
from asyt.training import Data

SMOKE = next(job for job in iris_chip.jobs("smoke") if job.fleets)


@pytest.fixture(scope="module")
def table():
    parts = [iris_chip.run(job).assign(**job.columns) for job in iris_chip.jobs("smoke")]
    return pd.concat(parts, ignore_index=True)


def test_two_species_are_split_by_class_and_scaled_by_the_training_part():
    data = chip_runs.iris_two(3)
    assert data.train_x.shape == (66, 2) and data.test_x.shape == (34, 2)
    assert data.train_y.sum(0).tolist() == [33, 33] and data.test_y.sum(0).tolist() == [17, 17]
    assert float(data.train_x.min()) == 0 and float(data.train_x.max()) == 1
    assert float(data.test_x.min()) >= 0 and float(data.test_x.max()) <= 1


def test_components_are_those_of_the_training_data_alone():
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(50, 6)) * np.arange(1, 7), rng.normal(size=(20, 6))
    ours, theirs = chip_runs.principal(train, test, 2)
    axes = np.linalg.svd(train - train.mean(0))[2][:2]
    for found, data in ((ours, train), (theirs, test)):
        expected = (data - train.mean(0)) @ axes.T
        np.testing.assert_allclose(np.abs(found), np.abs(expected), rtol=1e-8, atol=1e-8)


def test_on_ideal_chips_asyt_and_pseudo_ip_bp_are_ideal_bp():
    config = replace(SMOKE, spreads=IDEAL, levels=2**22, bits=40, epochs=3)
    trainer = chip_runs.build(config)
    for _ in range(3):
        trainer.run_epoch()
    for branch in trainer.branches.values():
        for ours, digital in zip(branch.controls, trainer.digital, strict=True):
            torch.testing.assert_close(
                ours.weight, digital.weight.expand_as(ours.weight), rtol=0, atol=2e-2
            )


def test_every_draw_is_counted_once(table):
    main = {"encoding": SMOKE.encoding, "part": "main", "split": "train"}
    rows = chip_results.select(table, quantity="accuracy", method="asyt", **main)
    assert rows["count"].sum() == SMOKE.devices * SMOKE.trajectories
    values = chip_results.draws(table, "asyt", **main)
    assert (
        values.size == SMOKE.devices * SMOKE.trajectories
        and (0 <= values).all()
        and (values <= 100).all()
    )
    last = chip_results.select(
        table, quantity="accuracy median", method="asyt", epoch=SMOKE.epochs, **main
    )
    assert 100 * last.value.iloc[0] == pytest.approx(np.median(values))


def test_confusion_shares_of_a_class_add_up(table):
    main = {"encoding": SMOKE.encoding, "part": "main"}
    for true in range(3):
        names = [f"confusion {true}-{told}" for told in range(3)]
        cells = [chip_results.select(table, quantity=name, method="asyt", **main) for name in names]
        assert sum(cell.value.iloc[0] for cell in cells) == pytest.approx(1)


def test_the_reading_that_decides_is_the_one_whose_ideal_bp_is_nearest():
    rows = [
        {
            "quantity": "accuracy",
            "method": "ideal-bp",
            "split": "train",
            "runs": "ideal BP only",
            "encoding": name,
            "value": value,
            "count": 1,
        }
        for name, value in (("a", 0.80), ("b", 0.94), ("c", 0.99))
    ]
    assert chip_results.primary(pd.DataFrame(rows), 96) == "b"
    assert chip_results.primary(pd.DataFrame(rows), 70) == "a"


def test_misalignment_is_equation_8():
    a, b = torch.tensor([[[[1.0, 0.0]]]]), torch.tensor([[[[1.0, 1.0]], [[-2.0, 0.0]]]])
    angle, magnitude = chip_runs.misalignment(b, a)
    assert angle.flatten().tolist() == pytest.approx([45, 180])
    assert magnitude.flatten().tolist() == pytest.approx([2**0.5 - 1, 1])


def test_readings_of_pseudo_ip_bp_differ_in_what_they_withhold():
    trainer = chip_runs.build(
        replace(SMOKE, fleets=pseudo_chip.FLEETS["readings"]), methods=readings()
    )
    start = {
        name: [w.clone() for w, _ in branch.controls] for name, branch in trainer.branches.items()
    }
    trainer.run_epoch()
    moved = {
        name: [
            float((w - s).abs().max())
            for (w, _), s in zip(branch.controls, start[name], strict=True)
        ]
        for name, branch in trainer.branches.items()
    }
    assert moved["output-layer-only, eq4, 1"][0] == 0 and moved["output-layer-only, eq4, 1"][1] > 0
    for name in ("frozen-twin, eq4, 1", "unknown-hidden, eq4, 1", "no-digital-error, eq4, 1"):
        assert min(moved[name]) > 0
    finals = [
        torch.cat([w.flatten() for w, _ in branch.controls]) for branch in trainer.branches.values()
    ]
    for i, one in enumerate(finals):
        assert all(not torch.equal(one, other) for other in finals[i + 1 :])


def test_first_step_of_the_readings_agrees_where_they_must():
    named = readings()
    trainer = chip_runs.build(SMOKE)
    (branch, _) = trainer.branches.values()
    twin, x, y = trainer.twin, trainer.data.train_x, trainer.data.train_y
    from asyt.methods.sources import DigitalStep

    states = twin.forward(trainer.digital, x)
    step = DigitalStep(trainer.digital, states, twin.error(states[-1], y))
    found = {
        name: method.gradient(twin, step, branch.device, branch.controls, x, y)
        for name, method in named.items()
    }
    for name in ("no-digital-error", "frozen-twin"):  # controls, model and start are still the same
        for ours, fair in zip(found[name], found["pseudo-ip-bp"], strict=True):
            torch.testing.assert_close(ours.weight, fair.weight, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(
        found["output-layer-only"][-1].weight, found["pseudo-ip-bp"][-1].weight
    )
    assert not torch.allclose(found["unknown-hidden"][-1].weight, found["pseudo-ip-bp"][-1].weight)


def test_profile_and_tables_take_the_bytes_that_they_hold():
    found = optical_chip.memory((1, 4, 10), levels=100)
    assert found["profile (bytes)"].tolist() == [400] * 3
    assert found["tables (bytes)"].tolist() == [400, 6400, 40000]


def test_mismatch_of_ideal_devices_would_be_none(monkeypatch):
    assert (optical_chip.mismatch(3).worst > 0.2).all()
    monkeypatch.setattr(optical_chip, "TYPICAL", IDEAL)
    ideal = optical_chip.mismatch(2)
    assert float(ideal.worst.max()) < 1e-12 and float(ideal["shift"].max()) == 0


@pytest.mark.parametrize(
    "module", [optical_chip, iris_chip, digits_chip], ids=lambda m: m.EXPERIMENT
)
def test_every_row_has_a_value_an_interval_enough_draws_and_a_verdict(module):
    rows = {row["id"]: row for row in claims.rows(module.measurements())}
    for claim in module.CLAIMS:
        row = rows[claim]
        assert row["verdict"] not in ("not-measured", "not-testable"), claim
        if claim.startswith(("asyt-2", "asyt-3", "asyt-4")):
            assert (
                row["measured"] is not None and row["low"] is not None and row["high"] is not None
            ), claim
            assert row["n"] >= 100, claim
            assert row["page"].startswith(module.PAGE), claim


def test_recomputed_runs_are_what_pages_show(monkeypatch):
    monkeypatch.setattr(experiments, "_live", {})
    job = optical_chip.jobs("smoke")[0]
    marked = pd.DataFrame({"quantity": ["x"], "value": [1.0]})
    experiments._live["iris-optical", experiments.results.config_hash(job)] = marked
    shown = experiments.table("iris-optical", "smoke", only=job.label)
    assert shown.value.tolist() == [1.0] and shown.runs.tolist() == ["ideal BP only"]


def test_data_of_trajectories_must_be_equally_long():
    one = chip_runs.iris_two(0)
    other = Data(one.train_x[:-1], one.train_y[:-1], one.test_x, one.test_y)
    with pytest.raises(RuntimeError, match="equal size"):
        Data.stack([one, other])


def test_a_missing_population_is_an_error(table):
    with pytest.raises(ResultError, match="no row with"):
        chip_results.draws(table, "dfa", "train")
