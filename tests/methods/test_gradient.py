"""The gradient family against two-pass Eq. 3, autograd, single chips and each other, in float64."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asyt.devices import DistortedDevice
from asyt.errors import EncapsulationError, UnknownNameError
from asyt.figures import _style as style
from asyt.methods import METHODS, method
from asyt.methods.sources import DigitalStep, Path
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Layer, Perceptron

LAYERS = (4, 6, 5, 3)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}
NETS = {
    "relu": Perceptron(LAYERS),
    "relu, clipped": Perceptron(LAYERS, clip=0.5),
    "tanh, clipped, straight-through": Perceptron(
        LAYERS, activation="tanh", clip=0.5, straight_through=True
    ),
    "sigmoid, squared error": Perceptron(
        LAYERS, activation="sigmoid", output="sigmoid", loss="mse"
    ),
    "tanh, no bias": Perceptron(LAYERS, activation="tanh", output="linear", loss="mse", bias=False),
}
nets = pytest.mark.parametrize("net", NETS.values(), ids=NETS.keys())


def chips(net, population=3, distortion=0.6, **options):
    return DistortedDevice(
        net, population, 7, distortion=distortion, dtype=torch.float64, **options
    )


def flat(weights):
    return [t for layer in weights for t in layer if t is not None]


def digital_step(net, weights, x, target, scale=1.0):
    states = net.forward(weights, x)
    return DigitalStep(weights, states, net.error(states[-1], target) * scale)


@nets
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_all_methods_coincide_on_a_perfect_device(draw_weights, blobs, net, reduction):
    asyt = {f"asyt {m1}": METHODS["asyt"].mixing(m1, 1 - m1) for m1 in (0.0, 0.1, 0.5, 0.75, 1.0)}
    rows = {**asyt, **{name: METHODS[name] for name in ("pseudo-ip-bp", "pat", "pat-readout")}}
    trainer = Trainer(
        net,
        draw_weights(LAYERS, bias=net.bias),
        blobs,
        Schedule(3, 15, 0.01 if reduction == "sum" else 0.15, reduction=reduction),
        branches={
            name: Branch(row, chips(net, 2, 0.0, encapsulated=False)) for name, row in rows.items()
        },
        insilico={"perfect": chips(net, 2, 0.0)},
    )
    start = flat(trainer.digital)[0].clone()
    steps = 0
    for epoch in range(3):
        for batch in trainer.order(epoch).split(15):
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
        digital = [
            r["accuracy"] for r in trainer.rows if r["fleet"] == "digital" and r["split"] == split
        ]
        for fleet in ("perfect", *rows):
            for chip in range(2):
                own = [
                    r["accuracy"]
                    for r in trainer.rows
                    if (r["fleet"], r["chip"], r["split"]) == (fleet, chip, split)
                ]
                assert own == digital


@nets
@given(m1=st.floats(0, 2), m2=st.floats(0, 2), scale=st.sampled_from([1.0, 1 / 9]))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_one_pass_is_the_two_pass_equation_3(draw_weights, draw_batch, net, m1, m2, scale):
    weights, controls = (
        draw_weights(LAYERS, s, lead, bias=net.bias) for s, lead in ((0, ()), (1, (3,)))
    )
    x, target = draw_batch(9, 4, 3)
    device = chips(net, acts_on="outputs", offset=0.1)
    step = digital_step(net, weights, x, target, scale)
    ours = METHODS["asyt"].mixing(m1, m2).gradient(net, step, device, controls, x, target, scale)
    digital = net.vjp(step.states, weights, step.error)
    physical = net.vjp(step.states, weights, scale * net.error(device(controls, x), target))
    for got, d, p in zip(flat(ours), flat(digital), flat(physical), strict=True):
        torch.testing.assert_close(got, m1 * d + m2 * p, rtol=1e-12, atol=1e-11)


@nets
def test_pseudo_ip_bp_is_the_device_error_through_a_twin_at_its_controls(
    draw_weights, draw_batch, net
):
    weights, controls = (
        draw_weights(LAYERS, s, lead, bias=net.bias) for s, lead in ((0, ()), (1, (3,)))
    )
    x, target = draw_batch(9, 4, 3)
    device = chips(net)
    ours = METHODS["pseudo-ip-bp"].gradient(
        net, digital_step(net, weights, x, target), device, controls, x, target
    )
    error = net.error(device(controls, x), target)
    for chip in range(3):
        own = [Layer(w[chip], None if b is None else b[chip]) for w, b in controls]
        wanted = net.vjp(net.forward(own, x), own, error[chip])
        torch.testing.assert_close([t[chip] for t in flat(ours)], flat(wanted), **CLOSE)


def pat_by_autograd(net, device, controls, x, target):
    """Wright et al. 2022: each layer forward on the device, back through the twin at its input."""

    class Physical(torch.autograd.Function):
        @staticmethod
        def forward(_ctx, _twin, measured):
            return measured.clone()

        @staticmethod
        def backward(_ctx, gradient):
            return gradient, None

    leaves = [layer.map(lambda t: t.clone().requires_grad_()) for layer in controls]
    measured = device.layer_by_layer(controls, x)
    a = x
    for l, layer in enumerate(leaves):
        z = torch.matmul(a, layer.weight.mT)
        z = z if layer.bias is None else z + layer.bias.unsqueeze(-2)
        if net.clip and l < net.depth - 1:
            limited = z.clamp(-net.bound(l), net.bound(l))
            z = z + (limited - z).detach() if net.straight_through else limited
        gate = net.activation if l < net.depth - 1 else "linear"
        z = getattr(torch, gate)(z) if gate != "linear" else z
        a = Physical.apply(z, measured[l + 1] if l < net.depth - 1 else z.detach())
    (a * net.error(measured[-1], target)).sum().backward()
    return [t.grad for t in flat(leaves)]


@nets
def test_pat_is_the_custom_autograd_function_of_its_paper(draw_weights, draw_batch, net):
    weights, controls = (
        draw_weights(LAYERS, s, lead, bias=net.bias) for s, lead in ((0, ()), (1, (3,)))
    )
    x, target = draw_batch(9, 4, 3)
    device = chips(net, encapsulated=False, offset=0.1)
    ours = METHODS["pat"].gradient(
        net, digital_step(net, weights, x, target), device, controls, x, target, 0.5
    )
    wanted = [0.5 * g for g in pat_by_autograd(net, device, controls, x, target)]
    torch.testing.assert_close(flat(ours), wanted, **CLOSE)


def test_reading_the_slope_from_the_device_is_the_same_where_the_slope_needs_no_model(
    draw_weights, draw_batch
):
    net = Perceptron(LAYERS, activation="tanh", output="linear", loss="mse")
    controls, (x, target) = draw_weights(LAYERS, 1, (3,)), draw_batch(9, 4, 3)
    step = digital_step(net, draw_weights(LAYERS), x, target)
    device = chips(net, encapsulated=False)
    ours = METHODS["pat-readout"].gradient(net, step, device, controls, x, target)
    states = device.layer_by_layer(controls, x)
    delta = states[3] - target
    for l in (2, 1, 0):  # by hand
        torch.testing.assert_close(
            ours[l].weight, torch.einsum("cbi,cbj->cij", delta, states[l].expand(3, -1, -1))
        )
        delta = torch.einsum("cbi,cij->cbj", delta, controls[l].weight) * (1 - states[l] ** 2)
    pat = METHODS["pat"].gradient(net, step, device, controls, x, target)
    assert (pat[0].weight - ours[0].weight).abs().max() > 1e-3


@pytest.mark.parametrize("name", ["fa", "dfa"])
def test_feedback_alignment_leads_the_output_layer_as_pat_does_and_the_others_its_own_way(
    draw_weights, draw_batch, name
):
    net = NETS["relu"]
    controls, (x, target) = draw_weights(LAYERS, 1, (3,)), draw_batch(9, 4, 3)
    step = digital_step(net, draw_weights(LAYERS), x, target)
    device = chips(net, encapsulated=False)
    ours = METHODS[name].gradient(net, step, device, controls, x, target)
    pat = METHODS["pat"].gradient(net, step, device, controls, x, target)
    torch.testing.assert_close(ours[-1].weight, pat[-1].weight, **CLOSE)
    other = [Layer(*layer) for layer in controls]
    other[1] = Layer(-controls[1].weight, controls[1].bias)
    states = device.layer_by_layer(controls, x)
    error = net.error(states[-1], target)
    for weights in (controls, other):  # backward signals do not know the weights
        again = METHODS[name].backward(net, Path(states, weights), error)
        torch.testing.assert_close(again[0].weight, ours[0].weight, **CLOSE)


@pytest.mark.parametrize("name", ["pat", "pat-readout", "fa", "dfa"])
def test_methods_that_need_hidden_states_are_counted_and_refused_by_a_closed_device(
    draw_weights, draw_batch, name
):
    net = NETS["relu"]
    controls, (x, target) = draw_weights(LAYERS, 1, (3,)), draw_batch(9, 4, 3)
    step = digital_step(net, draw_weights(LAYERS), x, target)
    device = chips(net, encapsulated=False)
    METHODS[name].gradient(net, step, device, controls, x, target)
    assert device.accesses.samples == 9
    m, p = 6 + 5 + 3, 3
    assert device.accesses.a_sample() == {
        "reads": m,
        "writes": m - p,
        "accesses": 2 * m - p,
        "time_steps": 3,
    }
    with pytest.raises(EncapsulationError):
        METHODS[name].gradient(net, step, chips(net), controls, x, target)


def test_asyt_reads_the_outputs_of_a_closed_device_once(draw_weights, draw_batch):
    net = NETS["relu"]
    x, target = draw_batch(9, 4, 3)
    for name in ("asyt", "pseudo-ip-bp"):
        device = chips(net)
        step = digital_step(net, draw_weights(LAYERS), x, target)
        METHODS[name].gradient(net, step, device, draw_weights(LAYERS, 1, (3,)), x, target)
        assert device.accesses.samples == 9
        assert device.accesses.a_sample() == {
            "reads": 3,
            "writes": 0,
            "accesses": 3,
            "time_steps": 1,
        }


def test_digital_step_is_not_changed_by_the_devices(draw_weights, draw_batch):
    net = NETS["relu"]
    x, target = draw_batch(9, 4, 3)
    step = digital_step(net, draw_weights(LAYERS), x, target)
    before = [t.clone() for t in (step.error, *step.states, *flat(step.weights))]
    for row in ("asyt", "pseudo-ip-bp"):
        METHODS[row].gradient(net, step, chips(net), draw_weights(LAYERS, 1, (3,)), x, target)
    assert all(
        torch.equal(a, b)
        for a, b in zip(before, (step.error, *step.states, *flat(step.weights)), strict=True)
    )


@pytest.mark.parametrize("name", ["asyt", "pseudo-ip-bp", "pat", "pat-readout", "fa", "dfa"])
def test_many_chips_at_once_are_as_many_runs(draw_weights, blobs, name):
    net = Perceptron(LAYERS, activation="tanh", clip=0.5)
    masks = [Layer(0.6 * w, 0.6 * b) for w, b in draw_weights(LAYERS, 9, lead=(4,))]

    def controls(some):
        device = DistortedDevice.from_masks(
            net, [Layer(w[some], b[some]) for w, b in masks], encapsulated=False
        )
        trainer = Trainer(
            net,
            draw_weights(LAYERS),
            blobs,
            Schedule(3, 15, 0.01),
            branches={"chips": Branch(METHODS[name], device)},
        )
        trainer.fit(lambda _: False)
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
    trainer = Trainer(
        net,
        draw_weights(LAYERS),
        blobs,
        schedule,
        branches={"chips": Branch(METHODS["asyt"].mixing(m1, m2), device)},
    )
    trainer.fit(lambda _: False)

    digital = [t.clone().requires_grad_() for t in flat(draw_weights(LAYERS))]
    controls = [[t.clone().requires_grad_() for t in flat(draw_weights(LAYERS))] for _ in range(2)]
    steppers = [getattr(torch.optim, optimizer)(group, lr=0.01) for group in (digital, *controls)]
    for epoch in range(2):
        for batch in trainer.order(epoch).split(15):
            x, target = blobs.train_x[batch], blobs.train_y[batch]
            a = x
            for l in range(3):
                z = torch.nn.functional.linear(a, digital[2 * l], digital[2 * l + 1])
                a = torch.tanh(z)
            stacked = [torch.stack(both).detach() for both in zip(*controls, strict=True)]
            readout = device(
                [Layer(w, b) for w, b in zip(stacked[::2], stacked[1::2], strict=True)], x
            )
            errors = [z.detach().softmax(-1) - target, *(readout.softmax(-1) - target)]
            pulls = [errors[0], *(m1 * errors[0] + m2 * e for e in errors[1:])]
            gradients = [
                torch.autograd.grad((z * pull).sum(), digital, retain_graph=True) for pull in pulls
            ]
            for group, gradient, stepper in zip(
                (digital, *controls), gradients, steppers, strict=True
            ):
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
    assert [name for name, row in METHODS.items() if not row.trains_device] == [
        "ideal-bp",
        "insilico-bp",
    ]
    assert [row.name for row in METHODS.values()] == list(METHODS)
    assert set(METHODS) <= set(style.LOOKS)
    assert (method("asyt").digital, method("asyt").physical) == (0.5, 0.5)


def test_mixing_gives_another_row_and_keeps_the_table():
    other = method("asyt").mixing(0.2, 0.9)
    assert (other.name, other.digital, other.physical) == ("asyt", 0.2, 0.9)
    assert method("asyt").digital == 0.5


def test_unknown_method_is_refused():
    with pytest.raises(UnknownNameError, match="unknown method 'asty': did you mean 'asyt'"):
        method("asty")
