"""Which runs an experiment on chips has, and what trains on them."""

from dataclasses import replace

import pytest
import torch

from asyt.experiments.chips import digits_chip, fleets, iris_chip, iris_optical, iris_pseudo
from asyt.photonics.mzi import IDEAL


@pytest.mark.parametrize("module", [iris_optical, iris_chip, digits_chip, iris_pseudo])
def test_every_encoding_has_every_part_and_names_its_runs_apart(module):
    jobs = module.EXPERIMENT.jobs("paper")
    labels = {config.label for config in jobs}
    assert len(labels) == len(jobs)
    assert {config.encoding for config in jobs} == {e.encoding for e in module.STUDY.encodings}
    parts = {config.part for config in jobs if config.fleets}
    assert parts == set(module.STUDY.fleets)


def test_chips_asked_for_are_chips_trained_and_ideal_bp_alone_needs_none():
    jobs = iris_chip.EXPERIMENT.jobs("smoke", devices=7)
    assert {config.devices for config in jobs if config.fleets} == {7}
    assert {config.devices for config in jobs if not config.fleets} == {1}


def test_first_seeds_give_runs_of_their_own():
    jobs = digits_chip.EXPERIMENT.jobs("smoke", seeds=(3, 9))
    assert [config.seed for config in jobs] == [3] * 9 + [9] * 9


def test_on_ideal_chips_asyt_and_pseudo_ip_bp_are_ideal_bp(smoke):
    config = replace(smoke, spreads=IDEAL, levels=2**22, bits=40, epochs=3)
    trainer = fleets.build(config)
    for _ in range(3):
        trainer.run_epoch()
    for branch in trainer.branches.values():
        for ours, digital in zip(branch.controls, trainer.digital, strict=True):
            expected = digital.weight.expand_as(ours.weight)
            torch.testing.assert_close(ours.weight, expected, rtol=0, atol=2e-2)


def test_initial_weights_span_the_range_of_the_digital_model(smoke):
    low, high = smoke.limits
    for layer in fleets.initial(smoke, 0):
        assert float(layer.weight.min()) >= low and float(layer.weight.max()) <= high
    assert fleets.encoding_of(smoke, 0.5).limits == (2 * low, 2 * high)
