"""The experiments on why AsyT collapses: what differs between variants, and what is measured."""

from dataclasses import replace

import pytest
import torch

from asyt.experiments import _interventions
from asyt.experiments import mnist_mechanism as mechanism
from asyt.methods import METHODS
from asyt.methods.sources import Batch, DigitalStep

TINY = mechanism.Config(
    layers=(6, 5, 3), samples=None, epochs=3, batch_size=10, rate=0.01, limit=0.3, pull=20.0
)
pytestmark = pytest.mark.usefixtures("small_task")


def trained(config=TINY, epochs=2):
    trainer = mechanism.build(config)
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def flat(weights):
    tensors = [tensor.flatten() for layer in weights for tensor in layer.tensors()]
    return torch.cat(tensors)


def a_batch(trainer, name):
    """The next batch of a variant."""
    x, target = trainer.data.train_x[:10], trainer.data.train_y[:10]
    states = trainer.twin.forward(trainer.digital, x)
    step = DigitalStep(trainer.digital, states, trainer.twin.error(states[-1], target))
    branch = trainer.branches[name]
    branch.device.at(9, 9)
    return Batch(trainer.twin, step, branch.device, branch.controls, x, target)


def test_replicas_differ_in_their_noise_alone():
    trainer = mechanism.build(TINY)
    chips = trainer.branches["mean-square"].device
    assert all(torch.equal(layer.weight[0], layer.weight[1]) for layer in chips.gain)
    trainer.run_epoch()
    one, other = (layer[0] for layer in trainer.branches["mean-square"].controls[:2])
    assert not torch.equal(one[0], one[1])
    assert not torch.equal(other[0], other[1])


def test_every_variant_is_the_chip_of_its_seed():
    of_two = mechanism.branches(replace(TINY, seed=2))
    three = mechanism.mnist.chips(TINY, 3, TINY.distortion, "cpu")
    for branch in of_two.values():
        assert torch.equal(branch.device.gain[0].weight[0], three.gain[0].weight[2])


def test_clipped_controls_stay_in_their_range():
    trainer = trained(replace(TINY, rate=1.0), 1)
    assert float(flat(trainer.branches["clipped"].controls).abs().max()) <= TINY.limit + 1e-7
    assert float(flat(trainer.branches["mean-square"].controls).abs().max()) > TINY.limit


def test_a_pull_is_a_share_of_the_distance_to_the_digital_controls():
    trainer = trained()
    batch = a_batch(trainer, "pulled")
    plain = METHODS["asyt"].update(batch)
    batch.device.at(9, 9)
    pulled = trainer.branches["pulled"].method.update(batch)
    distance = batch.controls[0].weight - trainer.digital[0].weight
    torch.testing.assert_close(pulled[0].weight - plain[0].weight, TINY.pull * distance)
    assert float(distance.abs().max()) > 0


@pytest.mark.parametrize("name", ["errors averaged", "errors centred"])
def test_without_noise_every_error_is_that_of_asyt(name):
    trainer = trained()
    quiet = a_batch(trainer, "independent")
    update = trainer.branches[name].method.update(quiet)
    plain = METHODS["asyt"].update(quiet)
    for one, other in zip(flat(update), flat(plain), strict=True):
        assert float(one) == pytest.approx(float(other), rel=1e-4, abs=1e-6)


def spread(error, batch, passes=400):
    """Mean and standard deviation of an error over many passes."""
    several = torch.stack([error(batch) for _ in range(passes)])
    return several.mean(0), several.std(0).square().mean().sqrt()


def test_averaged_errors_keep_the_mean_and_halve_the_deviation():
    trainer = trained()
    batch = a_batch(trainer, "errors averaged")
    mean, deviation = spread(lambda b: _interventions.error_of(b.device, b), batch)
    method = trainer.branches["errors averaged"].method
    averaged, smaller = spread(method.error, batch)
    assert float(smaller / deviation) == pytest.approx(0.5, rel=0.1)
    assert float((averaged - mean).abs().max()) < 6 * float(deviation) / 400**0.5


def test_centred_errors_keep_the_deviation_and_have_the_mean_of_the_quiet_chip():
    trainer = trained()
    batch = a_batch(trainer, "errors centred")
    _, deviation = spread(lambda b: _interventions.error_of(b.device, b), batch)
    method = trainer.branches["errors centred"].method
    centred, same = spread(method.error, batch)
    quiet = _interventions.error_of(mechanism.chips(TINY, None), batch)
    assert float(same / deviation) == pytest.approx(1, rel=0.1)
    assert float((centred - quiet).abs().max()) < 6 * float(deviation) / 400**0.5


def test_noise_of_one_place_leaves_the_other_exact():
    variants = mechanism.branches(replace(TINY, distortion=0.0))
    x = torch.rand(8, 6, generator=torch.Generator().manual_seed(0))
    weights = [layer.spread(1) for layer in mechanism.mnist.initial(TINY)]
    exact = mechanism.mnist.twin(TINY).forward(weights, x)
    for name, quiet in (("read-out alone", [1]), ("hidden alone", [])):
        device = variants[name].device
        device.encapsulated = False
        states = device.propagate(weights, x)
        same = [l for l in (1, 2) if torch.allclose(states[l], exact[l], rtol=1e-5, atol=1e-6)]
        assert same == quiet


def test_a_run_measures_every_variant_at_every_stop():
    table = mechanism.run(TINY)
    assert set(table.variant) == {"digital", *mechanism.branches(TINY)}
    assert set(table.epoch) == {0, 3}
    assert table.value.notna().all()
    ends = table[table.epoch == 3].set_index(["variant", "quantity", "replica"]).value
    trainer = trained(epochs=3)
    quiet, noisy = (trainer.branches[name].controls for name in ("independent", "floor"))
    excess = (flat(noisy) - flat(quiet)).square().mean().sqrt()
    assert ends["floor", "excess", 0] == pytest.approx(float(excess), rel=1e-5)
    assert ends["independent", "excess", 0] == 0
    assert ends["digital", "size", 0] == pytest.approx(
        float(flat(trainer.digital).square().mean().sqrt())
    )
    assert abs(ends["mean-square", "as its replica", 0]) <= 1


def test_larger_batches_are_the_only_other_part():
    jobs = mechanism.EXPERIMENT.jobs("paper")
    parts = [(job.part, job.batch_size, job.seed) for job in jobs]
    assert parts == [*(("main", 600, seed) for seed in (0, 1, 2)), ("batches", 2000, 0)]
    assert {job.rate for job in jobs} == {6e-4}  # of a summed gradient: an equal step a sample
    assert {job.seed for job in mechanism.EXPERIMENT.jobs("paper", seeds=(5,))} == {5}
