"""Runs on the chip of the authors' demo, on data small enough for a test."""

from dataclasses import replace

import pytest
import torch

from asyt.devices import demo
from asyt.experiments import authors, authors_fashion, authors_kmnist
from asyt.twins import tensors

TINY = authors.Config(layers=(6, 5, 3), epochs=2, batch_size=10, rate=0.01, population=4)


def test_every_order_is_run_with_and_without_update_error():
    runs = authors.EXPERIMENT.jobs("paper")
    assert [(run.seed, run.update_error) for run in runs[:2]] == [(0, 0.0), (0, 0.6)]
    assert {run.seed for run in runs} == {0, 1, 2, 3, 4}
    assert {(run.epochs, run.rate, run.batch_size) for run in runs} == {(300, 1e-4, 600)}


@pytest.mark.parametrize("family", [authors_fashion, authors_kmnist])
def test_the_family_differs_in_the_data_set_alone(family):
    runs = family.EXPERIMENT.jobs("paper")
    assert [replace(run, dataset="mnist") for run in runs] == authors.EXPERIMENT.jobs("paper")


@pytest.mark.usefixtures("small_task")
def test_table_has_asyt_without_update_error_and_insilico_with_both():
    exact = authors.run(TINY)
    wrong = authors.run(replace(TINY, update_error=0.6))
    assert set(exact.method) == {"ideal-bp", "asyt", "insilico-bp"}
    assert set(wrong.method) == {"ideal-bp", "insilico-bp"}
    last = exact[exact.epoch == 2].groupby(["method", "fleet"]).size()
    assert last["insilico-bp", "independent"] == 4
    assert last["insilico-bp", "demo"] == last["asyt", "demo"] == 1


def test_all_orders_share_the_demo_s_start_and_chip(small_task):
    one, other = (authors.build(replace(TINY, seed=seed), data=small_task) for seed in (0, 1))
    start = tensors(demo.initial(TINY.layers))
    assert all(map(torch.equal, tensors(one.digital), start))
    assert all(map(torch.equal, tensors(other.digital), start))
    gains = [trainer.branches["demo"].device.gain[0].weight for trainer in (one, other)]
    assert torch.equal(*gains)
    assert torch.allclose(gains[0][0], 1 + demo.masks(TINY.layers)[0].weight)


def test_an_update_error_multiplies_every_digital_update(small_task):
    exact, wrong = (
        authors.build(replace(TINY, update_error=error), data=small_task) for error in (0.0, 0.6)
    )
    batch = small_task.train_x[:10], small_task.train_y[:10]
    starts = [trainer.digital[0].weight.clone() for trainer in (exact, wrong)]
    for trainer in (exact, wrong):
        trainer.step(*batch)
    exact_step, wrong_step = (
        trainer.digital[0].weight - start
        for trainer, start in zip((exact, wrong), starts, strict=True)
    )
    factor = 1 + demo.update_errors(TINY.layers)[0].weight
    assert torch.allclose(wrong_step, factor * exact_step, atol=1e-7)


def test_severities_are_chips_of_one_pattern(small_task):
    config = replace(TINY, severities=(0.5, 2.0))
    gain = authors.build(config, data=small_task).branches["demo"].device.gain[0].weight
    assert torch.allclose(4 * (gain[0] - 1), gain[1] - 1, atol=1e-6)


def test_as_fig5_takes_insilico_from_the_demo_s_own_procedure(demo5a):
    rows = authors.as_fig5(demo5a(insilico=0.25))
    assert set(rows.reading) == {"authors"}
    assert set(rows[rows.method == "insilico-bp"].update_error) == {0.6}
    assert set(rows[rows.method != "insilico-bp"].update_error) == {0.0}
    assert set(rows.fleet) == {"digital", "0.6"}
