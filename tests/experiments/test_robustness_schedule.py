"""AsyT against PAT on the paper's schedule: which chips, which noise, differences by draw."""

import pandas as pd
import pytest
import torch

from asyt.devices import demo
from asyt.experiments import mnist, robustness_schedule
from asyt.experiments.robustness_schedule import Config
from asyt.twins import tensors

TINY = {"layers": (6, 5, 3), "epochs": 2}
JOBS = robustness_schedule.EXPERIMENT.jobs("paper")


@pytest.fixture
def small_batches(small_task, monkeypatch):
    """Batches that fit the small task."""
    monkeypatch.setattr(
        Config,
        "fig5a",
        property(lambda config: mnist.Config(layers=config.layers, epochs=2, batch_size=10)),
    )
    return small_task


def test_schedule_is_that_of_fig5a():
    for job in JOBS:
        fig5a = mnist.PROFILES["paper"]
        ours = job.fig5a.schedule()
        assert (ours.epochs, ours.batch_size, ours.rate) == (300, 600, 1e-4)
        assert job.layers == fig5a.layers
        assert ours.reduction == fig5a.reduction


def test_every_panel_has_four_readings_and_three_draws():
    drawn = pd.DataFrame({"noisy": bool(job.decibels), **job.columns} for job in JOBS)
    panels = drawn.groupby("noisy").reading.unique().map(list)
    assert panels[False] == ["authors", "independent", "floor", "common-gain"]
    assert panels[True] == ["authors", "floor", "common-gain", "mean-square"]
    assert (drawn.groupby(["noisy", "reading"]).seed.nunique() == 3).all()
    assert len({job.label for job in JOBS}) == len(JOBS)


@pytest.mark.parametrize("job", JOBS[::5], ids=lambda job: job.label)
def test_a_reading_is_that_of_fig5a(job):
    if job.reading == "authors":
        assert robustness_schedule.noise(job, None) is None
        assert robustness_schedule.noise(job, 0.0).common
    else:
        assert job.fig5a.reading == job.reading


@pytest.mark.usefixtures("small_task")
def test_noise_of_another_ratio_keeps_its_kind():
    floor = Config("floor", samples=40, **TINY)
    at_10, at_0 = (robustness_schedule.noise(floor, decibel) for decibel in (None, 0.0))
    assert at_10.levels == at_0.levels
    assert (at_10.decibel, at_0.decibel) == (10.0, 0.0)


def test_chips_of_a_draw_are_one_chip_struck_by_several_sizes(small_batches):
    config = Config(**TINY)
    device = robustness_schedule.devices(config, "cpu")["perturbation"]
    controls = [layer.spread(3) for layer in robustness_schedule.initial(config)]
    x = small_batches.test_x
    device.at(0, 0, 0)
    before = device(controls, x)
    device.at(0, 1, 0)
    after = device(controls, x)
    assert torch.equal(before[0], before[2])
    moved = (after - before).norm(dim=(-2, -1))
    assert (moved > 0).all()
    assert not torch.allclose(after[0], after[2])


def test_the_demo_s_chip_and_start_are_those_of_the_authors():
    config = Config("authors", **TINY)
    device = robustness_schedule.chips(config, 2, None, "cpu")
    assert torch.equal(device.gain[0].weight[0], 1 + demo.masks(TINY["layers"])[0].weight)
    start = tensors(robustness_schedule.initial(config))
    assert all(map(torch.equal, start, tensors(demo.initial(TINY["layers"]))))


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("panel", "conditions"),
    [
        ({}, {"digital", "perturbation 0.6", "perturbation 1.2", "perturbation 2.4"}),
        ({"struck": (), "decibels": (10.0, 0.0)}, {"digital", "10 dB", "0 dB"}),
    ],
)
def test_rows_name_what_a_chip_suffers_from(panel, conditions):
    reading = "authors" if panel else "independent"
    table = robustness_schedule.run(Config(reading, **TINY, **panel))
    assert set(table.condition) == conditions
    assert set(table[table.condition != "digital"].method) == {"asyt", "pat"}
    assert set(table.epoch) == {0, 1, 2}


def test_curves_name_a_condition_with_its_reading(crossed):
    draws = {"method": ["asyt", "pat"], "seed": (0, 1), "epoch": [0, 300], "chip": [0]}
    table = crossed(reading=["floor", "authors"], condition=["digital", "0 dB"], **draws)
    table["accuracy"] = table.reading.map({"floor": 0.6, "authors": 0.2}) + 0.1 * table.seed
    curves = robustness_schedule.curves(table)
    assert len(curves) == 2 * 2 * 2
    means = curves.groupby("condition").centre.unique().map(list)
    assert means["floor, 0 dB"] == pytest.approx([65.0])
    assert means["authors, 0 dB"] == pytest.approx([25.0])


def test_differences_are_paired_by_draw_within_a_reading(crossed):
    draws = {"method": ["asyt", "pat"], "seed": range(5), "epoch": [0, 300], "chip": [0]}
    table = crossed(reading=["floor", "authors"], condition=["digital", "0 dB"], **draws)
    lead = table.method.eq("asyt") * table.reading.map({"floor": 0.02, "authors": -0.01})
    table["accuracy"] = 0.5 + 0.1 * table.seed + lead
    leads = robustness_schedule.differences(table).set_index("reading")
    assert leads.condition.tolist() == ["0 dB", "0 dB"]
    assert leads.centre["floor"] == pytest.approx(2.0)
    assert leads.high["authors"] == pytest.approx(-1.0)
    assert (leads.n == 5).all()
