"""The MNIST family on data small enough for a test."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt import claims
from asyt.checkpoints import Checkpoint
from asyt.experiments import base, fashion, kmnist, mnist

TINY = mnist.Config(
    layers=(6, 5, 3),
    epochs=3,
    batch_size=10,
    rate=0.01,
    devices=2,
    population=4,
    population_epochs=(1,),
    scan=(0.6, 1.2),
)


@pytest.mark.usefixtures("small_task")
def test_table_has_every_evaluation_once():
    table = mnist.run(TINY)
    assert not table.duplicated(["epoch", "method", "fleet", "chip", "split"]).any()
    counts = table.groupby(["method", "fleet", "epoch"]).size()
    assert counts["asyt", "0.6"].to_dict() == {0: 2, 1: 2, 2: 2, 3: 2}
    assert counts["ideal-bp", "digital"].to_dict() == {0: 1, 1: 1, 2: 1, 3: 1}
    assert counts["insilico-bp", "0.6"].to_dict() == {1: 4, 3: 4}
    assert counts["insilico-bp", "1.2"].to_dict() == {3: 4}


@pytest.mark.usefixtures("small_task")
def test_noise_readings_share_the_digital_trajectory():
    tables = [mnist.run(replace(TINY, **variant)) for variant in mnist.READINGS.values()]
    ideal = [table[table.method == "ideal-bp"].accuracy.tolist() for table in tables]
    assert all(curve == ideal[0] for curve in ideal)


def controls_after_an_epoch(config, data):
    trainer = mnist.build(config, data=data)
    trainer.run_epoch()
    return trainer.branches["0.6"].controls[0].weight


def test_noise_readings_train_other_controls(small_task):
    configs = [replace(TINY, **variant) for variant in mnist.READINGS.values()]
    controls = [controls_after_an_epoch(config, small_task) for config in configs]
    for one, other in itertools.combinations(controls, 2):
        assert not torch.equal(one, other)


def test_a_floor_is_set_by_the_exact_network_at_its_start(small_task):
    config = replace(TINY, **mnist.READINGS["floor"])
    x = small_task.train_x
    expected = []
    for layer in mnist.initial(config):
        z = x @ layer.weight.T + layer.bias
        expected.append(float(z.square().mean().sqrt()))
        x = z.clamp_min(0)
    assert mnist.noise(config).levels == pytest.approx(expected)


def test_readings_are_those_of_the_register():
    assert set(mnist.READINGS) <= set(claims.readings())
    for name, settings in mnist.READINGS.items():
        assert replace(TINY, **settings).reading == name
    assert replace(TINY, noise_db=3.0).reading == "3 dB mean-square"


def test_seed_changes_the_start_but_not_the_chips(small_task):
    a, b = (mnist.build(replace(TINY, seed=seed), data=small_task) for seed in (0, 1))
    assert not torch.equal(a.digital[0].weight, b.digital[0].weight)
    ones = [layer.map(torch.ones_like) for layer in a.digital]
    read = [trainer.branches["0.6"].device(ones, small_task.test_x) for trainer in (a, b)]
    assert torch.equal(*read)


@pytest.mark.usefixtures("small_task")
def test_resumed_run_gives_the_same_table(tmp_path):
    config = replace(TINY, noise_db=10.0)
    whole = mnist.run(config)
    unfinished, half = Checkpoint(tmp_path / "half.pt"), mnist.build(config)
    half.run_epoch()
    half.run_epoch()
    unfinished.save({**half.state(), "rows": whole[whole.epoch < 3].to_dict("records")})
    resumed = mnist.run(config, base.Execution(checkpoint=unfinished))
    pd.testing.assert_frame_equal(resumed, whole, check_exact=True)


def test_runs_are_every_noise_reading_with_every_seed():
    configs = mnist.EXPERIMENT.jobs("paper")
    assert len(configs) == len({(config.reading, config.seed) for config in configs})
    assert {config.reading for config in configs} == set(mnist.READINGS)
    assert {config.seed for config in configs} == set(mnist.SEEDS)
    own = mnist.EXPERIMENT.jobs("paper", seeds=(7,), devices=3)
    assert [(config.seed, config.devices) for config in own] == [(7, 3)] * len(mnist.READINGS)


@pytest.mark.parametrize("family", [fashion, kmnist])
def test_the_family_differs_from_mnist_in_the_data_set_alone(family):
    runs = family.EXPERIMENT.jobs("paper")
    assert len(set(runs)) == len(runs)
    base, readings = mnist.PROFILES["paper"], mnist.READINGS.values()
    known = {replace(base, **settings, seed=seed) for settings in readings for seed in mnist.SEEDS}
    assert {replace(config, dataset="mnist") for config in runs} <= known
    assert [run.seed for run in runs if run.reading == "mean-square"] == list(mnist.SEEDS)
    assert {config.seed for config in family.plan("paper", seeds=(7, 8))} == {7, 8}


def test_standard_kmnist_is_a_profile_of_its_own():
    assert {config.dataset for config in kmnist.plan("standard")} == {"kmnist"}
    assert {config.dataset for config in kmnist.plan("paper")} == {"kmnist-substitute"}


def test_summary_takes_means_of_trained_chips_and_medians_of_tested_ones(fig5a):
    shown = mnist.summary(fig5a()).set_index(["reading", "method", "fleet", "epoch"])
    asyt = shown.loc["independent", "asyt", "0.6", 300]
    assert (asyt.centre, asyt.n) == (pytest.approx(95.72), 15)
    assert asyt.low < asyt.centre < asyt.high
    chips = shown.loc["independent", "insilico-bp", "0.6", 300]
    fifth = np.quantile(np.repeat(np.arange(100), 3), 0.05)
    assert (chips.centre, chips.n) == (pytest.approx(29.95), 300)
    assert chips.low == pytest.approx(25 + 0.1 * fifth)


def test_the_end_is_the_last_epoch_of_the_trained_fleet(fig5a):
    end = mnist.at_end(fig5a())
    assert set(end.epoch) == {300}
    assert set(end.fleet) == {"digital", "0.6"}
    assert len(end) == 3 * len(mnist.READINGS)
