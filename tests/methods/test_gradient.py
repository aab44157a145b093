"""The gradient family against two-pass Eq. 3, torch autograd, single-chip runs and each other, in float64."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asyt.devices import DistortedDevice
from asyt.errors import UnknownNameError
from asyt.methods import METHODS, method
from asyt.methods.gradient import DigitalStep
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Layer, Perceptron

LAYERS = (4, 6, 5, 3)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}
NETS = {
    "relu": Perceptron(LAYERS),
    "relu, clipped": Perceptron(LAYERS, clip=0.5),
    "tanh, clipped, straight-through": Perceptron(LAYERS, activation="tanh", clip=0.5, straight_through=True),
    "sigmoid, squared error": Perceptron(LAYERS, activation="sigmoid", output="sigmoid", loss="mse"),
    "tanh, no bias": Perceptron(LAYERS, activation="tanh", output="linear", loss="mse", bias=False),
}
nets = pytest.mark.parametrize("net", NETS.values(), ids=NETS.keys())


def chips(net, population=3, distortion=0.6, **options):
    return DistortedDevice(net, population, 7, distortion=distortion, dtype=torch.float64, **options)


def flat(weights):
    return [t for layer in weights for t in layer if t is not None]


def digital_step(net, weights, x, target, scale=1.0):
    states = net.forward(weights, x)
    return DigitalStep(weights, states, net.error(states[-1], target) * scale)


@nets
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_all_methods_coincide_on_a_perfect_device(draw_weights, blobs, net, reduction):
    asyt = {f"asyt {m1}": METHODS["asyt"].mixing(m1, 1 - m1) for m1 in (0.0, 0.1, 0.5, 0.75, 1.0)}
    rows = {**asyt, "pseudo-ip-bp": METHODS["pseudo-ip-bp"]}
    trainer = Trainer(
        net, draw_weights(LAYERS, bias=net.bias), blobs,
        Schedule(3, 15, 0.01 if reduction == "sum" else 0.15, reduction=reduction),
        branches={name: Branch(row, chips(net, 2, 0.0)) for name, row in rows.items()},
        insilico={"perfect": chips(net, 2, 0.0)},
    )  # fmt: skip
    start = flat(trainer.digital)[0].clone()
    steps = 0
    for epoch in range(3):
        for batch in trainer._order(epoch).split(15):
            with torch.no_grad():
                trainer.step(blobs.train_x[batch], blobs.train_y[batch])
            steps += 1
            for branch in trainer.branches.values():
                for ours, digital in zip(flat(branch.controls), flat(trainer.digital), strict=True):
                    assert (ours - digital).abs().max() <= 1e-12
        trainer.evaluate(("train", "test"))
    assert steps == 18
    assert (flat(trainer.digital)[0] - start).abs().max() > 1e-3
    for split in ("train", "test"):
        digital = [r["accuracy"] for r in trainer.rows if r["fleet"] == "digital" and r["split"] == split]
        for fleet in ("perfect", *rows):
            for chip in range(2):
                own = [
                    r["accuracy"] for r in trainer.rows if (r["fleet"], r["chip"], r["split"]) == (fleet, chip, split)
                ]
                assert own == digital


@nets
@given(m1=st.floats(0, 2), m2=st.floats(0, 2), scale=st.sampled_from([1.0, 1 / 9]))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_one_pass_is_the_two_pass_equation_3(draw_weights, draw_batch, net, m1, m2, scale):
    weights, controls = (draw_weights(LAYERS, s, lead, bias=net.bias) for s, lead in ((0, ()), (1, (3,))))
    x, target = draw_batch(9, 4, 3)
    device = chips(net, acts_on="outputs", offset=0.1)
    step = digital_step(net, weights, x, target, scale)
    ours = METHODS["asyt"].mixing(m1, m2).gradient(net, step, device, controls, x, target, scale)
    digital = net.vjp(step.states, weights, step.error)
    physical = net.vjp(step.states, weights, scale * net.error(device(controls, x), target))
    for got, d, p in zip(flat(ours), flat(digital), flat(physical), strict=True):
        torch.testing.assert_close(got, m1 * d + m2 * p, rtol=1e-12, atol=1e-11)


@nets
def test_pseudo_ip_bp_is_the_device_error_through_a_twin_at_its_controls(draw_weights, draw_batch, net):
    weights, controls = (draw_weights(LAYERS, s, lead, bias=net.bias) for s, lead in ((0, ()), (1, (3,))))
    x, target = draw_batch(9, 4, 3)
    device = chips(net)
    ours = METHODS["pseudo-ip-bp"].gradient(net, digital_step(net, weights, x, target), device, controls, x, target)
    error = net.error(device(controls, x), target)
    for chip in range(3):
        own = [Layer(w[chip], None if b is None else b[chip]) for w, b in controls]
        wanted = net.vjp(net.forward(own, x), own, error[chip])
        torch.testing.assert_close([t[chip] for t in flat(ours)], flat(wanted), **CLOSE)


def test_asyt_reads_the_outputs_of_a_closed_device_once(draw_weights, draw_batch):
    net = NETS["relu"]
    x, target = draw_batch(9, 4, 3)
    for name in ("asyt", "pseudo-ip-bp"):
        device = chips(net)
        step = digital_step(net, draw_weights(LAYERS), x, target)
        METHODS[name].gradient(net, step, device, draw_weights(LAYERS, 1, (3,)), x, target)
        assert device.accesses.samples == 9
        assert device.accesses.a_sample() == {"reads": 3, "writes": 0, "accesses": 3, "time_steps": 1}


def test_digital_step_is_not_changed_by_the_devices(draw_weights, draw_batch):
    net = NETS["relu"]
    x, target = draw_batch(9, 4, 3)
    step = digital_step(net, draw_weights(LAYERS), x, target)
    before = [t.clone() for t in (step.error, *step.states, *flat(step.weights))]
    for row in ("asyt", "pseudo-ip-bp"):
        METHODS[row].gradient(net, step, chips(net), draw_weights(LAYERS, 1, (3,)), x, target)
    assert all(torch.equal(a, b) for a, b in zip(before, (step.error, *step.states, *flat(step.weights)), strict=True))


@pytest.mark.parametrize("name", ["asyt", "pseudo-ip-bp"])
def test_many_chips_at_once_are_as_many_runs(draw_weights, blobs, name):
    net = Perceptron(LAYERS, activation="tanh", clip=0.5)
    masks = [Layer(0.6 * w, 0.6 * b) for w, b in draw_weights(LAYERS, 9, lead=(4,))]

    def controls(some):
        device = DistortedDevice.from_masks(net, [Layer(w[some], b[some]) for w, b in masks])
        trainer = Trainer(
            net, draw_weights(LAYERS), blobs, Schedule(3, 15, 0.01), branches={"chips": Branch(METHODS[name], device)}
        )
        trainer.fit(lambda epoch: False)
        return flat(trainer.branches["chips"].controls)

    together = controls(slice(0, 4))
    assert (together[0][0] - together[0][1]).abs().max() > 1e-3
    for chip in range(4):
        torch.testing.assert_close(
            [t[chip] for t in together], [t[0] for t in controls(slice(chip, chip + 1))], **CLOSE
        )


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "AdamW", "NAdam", "RMSprop"])
def test_asyt_through_any_optimizer_equals_a_loop_with_autograd(draw_weights, blobs, optimizer):
    net = Perceptron(LAYERS, activation="tanh")
    m1, m2, device = 0.3, 0.6, chips(net, 2)
    schedule = Schedule(2, 15, 0.01, optimizer=optimizer)
    trainer = Trainer(net, draw_weights(LAYERS), blobs, schedule,
                      branches={"chips": Branch(METHODS["asyt"].mixing(m1, m2), device)})  # fmt: skip
    trainer.fit(lambda epoch: False)

    digital = [t.clone().requires_grad_() for t in flat(draw_weights(LAYERS))]
    controls = [[t.clone().requires_grad_() for t in flat(draw_weights(LAYERS))] for _ in range(2)]
    steppers = [getattr(torch.optim, optimizer)(group, lr=0.01) for group in (digital, *controls)]
    for epoch in range(2):
        for batch in trainer._order(epoch).split(15):
            x, target = blobs.train_x[batch], blobs.train_y[batch]
            a = x
            for l in range(3):
                z = torch.nn.functional.linear(a, digital[2 * l], digital[2 * l + 1])
                a = torch.tanh(z)
            stacked = [torch.stack(both).detach() for both in zip(*controls, strict=True)]
            readout = device([Layer(w, b) for w, b in zip(stacked[::2], stacked[1::2], strict=True)], x)
            errors = [z.detach().softmax(-1) - target, *(readout.softmax(-1) - target)]
            pulls = [errors[0], *(m1 * errors[0] + m2 * e for e in errors[1:])]
            gradients = [torch.autograd.grad((z * pull).sum(), digital, retain_graph=True) for pull in pulls]
            for group, gradient, stepper in zip((digital, *controls), gradients, steppers, strict=True):
                for t, g in zip(group, gradient, strict=True):
                    t.grad = g
                stepper.step()
    tolerance = {"rtol": 1e-9, "atol": 1e-9}  # Adam divides by gradients as small as rounding
    torch.testing.assert_close(flat(trainer.digital), [t.detach() for t in digital], **tolerance)
    for chip in range(2):
        ours = [t[chip] for t in flat(trainer.branches["chips"].controls)]
        torch.testing.assert_close(ours, [t.detach() for t in controls[chip]], **tolerance)


def test_asyt_estimate_feeds_an_optimizer_with_momentum(draw_weights, draw_batch):
    net = NETS["relu"]
    x, target = draw_batch(9, 4, 3)
    step = digital_step(net, draw_weights(LAYERS), x, target)
    device, controls = chips(net), draw_weights(LAYERS, 1, (3,))
    stepper = torch.optim.SGD(flat(controls), lr=0.01, momentum=0.9)
    position = [t.clone() for t in flat(controls)]
    velocity = [torch.zeros_like(t) for t in position]
    for _ in range(4):
        estimate = flat(METHODS["asyt"].gradient(net, step, device, controls, x, target))
        for t, g in zip(flat(controls), estimate, strict=True):
            t.grad = g
        velocity = [0.9 * v + g for v, g in zip(velocity, estimate, strict=True)]
        position = [p - 0.01 * v for p, v in zip(position, velocity, strict=True)]
        stepper.step()
        torch.testing.assert_close(flat(controls), position, **CLOSE)


def test_table_has_the_methods_under_their_names():
    assert list(METHODS) == ["ideal-bp", "insilico-bp", "pseudo-ip-bp", "asyt"]
    assert [row.name for row in METHODS.values()] == list(METHODS)
    assert [name for name, row in METHODS.items() if row.trains_device] == ["pseudo-ip-bp", "asyt"]
    assert (method("asyt").digital, method("asyt").physical) == (0.5, 0.5)


def test_mixing_gives_another_row_and_keeps_the_table():
    other = method("asyt").mixing(0.2, 0.9)
    assert (other.name, other.digital, other.physical) == ("asyt", 0.2, 0.9)
    assert method("asyt").digital == 0.5


def test_unknown_method_is_refused():
    with pytest.raises(UnknownNameError, match="unknown method 'asty': did you mean 'asyt'"):
        method("asty")
