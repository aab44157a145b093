"""The size of controls under noise."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.experiments import mnist_growth as growth

TINY = growth.Config(layers=(6, 5, 3), epochs=3, batch_size=10, rate=0.01, devices=2)


def rms(weights, chip=...):
    tensors = [tensor[chip].flatten() for layer in weights for tensor in layer.tensors()]
    return pytest.approx(float(torch.cat(tensors).square().mean().sqrt()))


@pytest.mark.usefixtures("small_task")
def test_size_is_the_root_mean_square_of_all_parameters():
    trainer = growth.build(TINY)
    trainer.run_epoch()
    size = {(row["method"], row["chip"]): row["value"] for row in growth.sizes(trainer)}
    (branch,) = trainer.branches.values()
    assert size["asyt", 1] == rms(branch.controls, chip=1)
    assert size["ideal-bp", 0] == rms(trainer.digital)


@pytest.mark.usefixtures("small_task")
def test_limited_controls_stay_in_their_range_and_the_digital_model_does_not():
    trainer = growth.build(replace(TINY, rate=1.0, limit=0.3))
    trainer.run_epoch()
    (branch,) = trainer.branches.values()
    largest = [max(float(t.abs().max()) for t in layer.tensors()) for layer in branch.controls]
    assert max(largest) <= 0.3 + 1e-7
    assert max(float(layer.weight.abs().max()) for layer in trainer.digital) > 0.3


def test_variants_differ_in_noise_and_range_only():
    configs = growth.EXPERIMENT.jobs("paper")
    assert len({config.label for config in configs}) == len(configs) == 5
    assert [config.limit for config in configs] == [None, None, None, None, 1.0]
    assert {config.seed for config in configs} == {0}
    assert {config.devices for config in growth.EXPERIMENT.jobs("paper", devices=4)} == {4}


@pytest.mark.usefixtures("small_task")
def test_outcome_has_the_best_and_the_last_accuracy_of_every_variant():
    configs = [replace(TINY, **variant) for variant in growth.VARIANTS]
    table = pd.concat([growth.run(config).assign(**config.columns) for config in configs])
    outcome = growth.outcome(table).set_index("reading")
    tested = table[(table.quantity == "accuracy") & (table.method == "asyt")]
    last = tested[(tested.epoch == 3) & (tested.reading == "independent")].value.mean()
    assert outcome.loc["independent", "end (%)"] == pytest.approx(100 * last)
    assert (outcome["peak (%)"] >= outcome["end (%)"]).all()
    assert list(outcome.index) == [config.columns["reading"] for config in configs]
