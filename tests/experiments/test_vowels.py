"""The vowel runs: identities between methods, budgets, and the choice of settings."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from asyt import experiments
from asyt.experiments import vowel_draws, vowels
from asyt.training import Data

SMOKE = vowels.PROFILES["smoke"]


def random_data(samples=84):
    generator = torch.Generator().manual_seed(0)

    def part(n):
        return 2 * torch.rand(n, 12, generator=generator) - 1, torch.eye(7)[torch.arange(n) % 7]

    return Data(*part(samples), *part(14))


def test_on_perfect_benches_every_method_is_back_propagation():
    config = replace(SMOKE, strength=0.0, epochs=1)
    trainer = vowels.build(config, several=[random_data()] * config.trajectories)
    trainer.fit(lambda _epoch: False, splits=())
    for name, branch in trainer.branches.items():
        for controls, digital in zip(branch.controls, trainer.digital, strict=True):
            assert (controls.weight - digital.weight).abs().max() < 2e-3, name


def test_only_pat_reads_between_the_modules():
    trainer = vowels.build(SMOKE, several=[random_data()] * 2)
    trainer.run_epoch()
    reads = {
        name: branch.device.accesses.a_sample()["accesses"]
        for name, branch in trainer.branches.items()
    }
    neurons = sum(SMOKE.layers[1:])
    assert reads == {"pat": 2 * neurons - 7, "asyt": 7, "pseudo-ip-bp": 7}


def test_folds_hold_out_each_training_sample_once_and_touch_no_test_sample():
    data = random_data(85)
    held = torch.cat([fold.test_x for fold in vowels.folds(data, 0)])
    assert sorted(map(tuple, held.tolist())) == sorted(map(tuple, data.train_x.tolist()))


def test_benches_can_be_counted_anew():
    assert [config.devices for config in vowels.EXPERIMENT.jobs("smoke", devices=7)] == [7]


def test_the_settings_are_the_best_of_the_stored_choice():
    tried = vowel_draws.choice(experiments.table("vowels", "paper"))
    used = vowels.PROFILES["paper"]
    assert len(tried) == 8
    for name in vowels.CHOICE:
        assert tried.iloc[0][name] == getattr(used, name)


def test_a_table_has_quantiles_of_every_epoch_and_draws_of_the_last(monkeypatch):
    monkeypatch.setattr(vowels, "vowels", random_data)
    table = vowels.run(replace(SMOKE, epochs=2)).assign(part="main")
    assert set(table[table.quantity == "accuracy"].epoch) == {2}
    curve = vowel_draws.curve(table, "pat")
    assert curve.epoch.tolist() == [0, 2]
    draws = vowel_draws.draws(table, "pat")
    assert draws.shape == (SMOKE.trajectories, SMOKE.devices)
    assert curve.low.iloc[-1] <= draws.mean() <= curve.high.iloc[-1]


@pytest.mark.parametrize(("method", "share"), [("pat", 0.0), ("asyt", 100.0)])
def test_collapsed_is_below_half_of_the_twin_alone(monkeypatch, method, share):
    ends = {
        "ideal-bp": torch.tensor([90.0]),
        "pat": torch.tensor([46.0]),
        "asyt": torch.tensor([44.0]),
    }
    monkeypatch.setattr(vowel_draws, "draws", lambda _table, name: ends[name].numpy())
    assert vowel_draws.collapsed(None, method) == share


def test_collapsed_draws_are_told_by_trajectory_and_beside_the_others(monkeypatch):
    ends = {
        "ideal-bp": np.full((2, 1), 90.0),
        "asyt": np.array([[90.0, 90.0, 90.0], [90.0, 12.0, 14.0]]),
        "insilico-bp": np.array([[80.0, 80.0, 80.0], [80.0, 40.0, 60.0]]),
    }
    monkeypatch.setattr(vowel_draws, "draws", lambda _table, name: ends[name])
    told = vowel_draws.split_by_collapse(None).set_index("draws")
    assert told.loc["collapsed"].tolist() == [2, 1, 2, 50.0]
    assert told.loc["others"].tolist() == [4, 2, 3, 80.0]
    (where,) = vowel_draws.where_collapsed(None).itertuples(index=False)
    assert tuple(where) == (1, "1, 2")
