"""The changes that take possible causes of the late collapse away, and the verdicts on them."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.experiments import vowels, vowels_collapse
from asyt.training import Data

SMOKE = vowels_collapse.PROFILES["smoke"]


def random_data(samples=84):
    generator = torch.Generator().manual_seed(0)

    def part(n):
        return 2 * torch.rand(n, 12, generator=generator) - 1, torch.eye(7)[torch.arange(n) % 7]

    return Data(*part(samples), *part(14))


def controls(trainer):
    return torch.stack([layer.weight for layer in trainer.branches["asyt"].controls])


def trained(epochs=2, **change):
    trainer = vowels_collapse.build(replace(SMOKE, **change), random_data())
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def test_the_reference_repeats_the_draws_of_the_published_runs():
    config = replace(vowels.PROFILES["smoke"], devices=2)
    published = vowels.build(config, several=[random_data()] * 2)
    published.run_epoch()
    assert torch.equal(controls(published), controls(trained(1)))


@pytest.mark.parametrize("cause", sorted(vowels_collapse.CHANGES))
def test_every_change_but_a_reference_changes_the_training(cause):
    change = {**vowels_collapse.CHANGES[cause]}
    fast = {"rate": 0.2} if cause in ("range", "reference") else {}
    same = torch.equal(controls(trained(3, **{**fast, **change})), controls(trained(3, **fast)))
    assert same == (cause == "reference")


def test_a_held_digital_model_is_that_of_the_moment():
    trainer = trained(4, held_from=0.5)
    method = trainer.branches["asyt"].method
    at_two = trained(2).digital
    # the last step that updated it began before the last update of epoch 2
    moved = [
        (held.weight - now.weight).abs().max()
        for held, now in zip(method.weights, at_two, strict=True)
    ]
    assert 0 < max(map(float, moved)) <= SMOKE.rate * 1.01
    assert method.left == 0


def test_without_limits_controls_leave_the_range():
    assert float(controls(trained(rate=0.5)).abs().max()) <= 1
    assert float(controls(trained(rate=0.5, limit=None)).abs().max()) > 1


def table(cause, accuracies):
    rows = []
    for chip, accuracy in enumerate(accuracies):
        place = {"cause": cause, "epoch": 200, "method": "asyt", "trajectory": 0, "chip": chip}
        rows.append({**place, "quantity": "accuracy", "value": accuracy})
        rows.append({**place, "quantity": "step", "value": 0.01})
    return pd.DataFrame(rows)


def test_verdicts_count_draws_below_one_half():
    parts = [
        table("reference", [0.1, 0.9, 0.9, 0.9]),
        table("noise", [0.2, 0.3, 0.9, 0.9]),
        table("digital", [0.8, 0.9, 0.9, 1.0]),
    ]
    verdicts = vowels_collapse.verdicts(pd.concat(parts)).set_index("cause removed")
    assert verdicts["collapsed (%)"].to_dict() == {"reference": 25, "noise": 50, "digital": 0}
    assert verdicts["prediction"].to_dict() == {
        "reference": "",
        "noise": "contradicts",
        "digital": "agrees",
    }
    assert verdicts["benches"].to_dict() == {"reference": "0", "noise": "0, 1", "digital": ""}
    assert verdicts["median step (1e-3)"].tolist() == pytest.approx([10, 10, 10])


def test_a_run_has_accuracy_and_steps_of_every_draw(monkeypatch):
    monkeypatch.setattr(vowels, "vowels", random_data)
    rows = vowels_collapse.run(replace(SMOKE, epochs=6))
    assert set(rows.epoch) == {5, 6}
    ours = rows[rows.method == "asyt"]
    assert ours.groupby(["epoch", "quantity"]).size().tolist() == [4] * 4
    assert rows.value.notna().all()
