"""The perceptron against loops in NumPy, torch autograd and finite differences, in float64."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.optimize
import torch
from beartype import beartype
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Float64, jaxtyped

from asyt.errors import AsytError, UnknownNameError
from asyt.twins import Layer, Perceptron

PAIRS = [
    ("softmax", "cross-entropy"),
    ("softmax", "mse"),
    ("linear", "mse"),
    ("sigmoid", "mse"),
    ("sigmoid", "cross-entropy"),
    ("tanh", "mse"),
    ("relu", "mse"),
]
CLOSE = {"rtol": 1e-12, "atol": 1e-12}

#: All that a structure may vary in, apart from output and loss.
networks = st.fixed_dictionaries(
    {
        "layers": st.sampled_from([(3, 2), (4, 5, 3), (2, 6, 4, 3)]),
        "activation": st.sampled_from(["relu", "tanh", "sigmoid"]),
        "clip": st.sampled_from([None, 0.2, 0.5]),
        "clip_output": st.booleans(),
        "straight_through": st.booleans(),
        "bias": st.booleans(),
    }
)
many = settings(max_examples=40, deadline=None, derandomize=True)

NONLINEAR = {
    "relu": lambda z: max(z, 0.0),
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "linear": lambda z: z,
    "softmax": lambda z: z,
}
TORCH = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": torch.clone,
    "softmax": torch.clone,
}


def loop_forward(net, weights, x):
    """AsyT Eq. 1, one sample and one neuron at a time."""
    states = [x.numpy()]
    for l, (weight, bias) in enumerate(weights):
        last = l == len(weights) - 1
        limit = (
            math.inf
            if net.clip is None or (last and not net.clip_output)
            else net.clip * weight.shape[1]
        )
        out = np.empty((len(x), weight.shape[0]))
        for b, sample in enumerate(states[-1]):
            for o in range(weight.shape[0]):
                z = sum(float(weight[o, i]) * a for i, a in enumerate(sample)) + (
                    0 if bias is None else float(bias[o])
                )
                out[b, o] = NONLINEAR[net.output if last else net.activation](
                    min(max(z, -limit), limit)
                )
        states.append(out)
    return states


def loop_loss(net, readout, target):
    """Loss a sample, from its definition."""
    losses = []
    for r, t in zip(readout, target.numpy(), strict=True):
        p = np.exp(r) / np.exp(r).sum() if net.output == "softmax" else r
        if net.loss == "mse":
            losses.append(0.5 * ((p - t) ** 2).sum())
        elif net.output == "softmax":
            losses.append(-np.log(p[t == 1]).sum())
        else:
            losses.append(-np.log(p[t == 1]).sum() - np.log(1 - p[t == 0]).sum())
    return np.array(losses)


def limited(net, l, z):
    """Clip as the structure says; straight-through lets the gradient pass."""
    if net.clip is None or (l == len(net.layers) - 2 and not net.clip_output):
        return z
    bound = net.clip * net.layers[l]
    return (
        z + (z.clamp(-bound, bound) - z).detach()
        if net.straight_through
        else z.clamp(-bound, bound)
    )


def autograd(net, weights, x, target):
    """Gradients of the summed loss by torch autograd through a forward pass of its own."""
    leaves = [
        Layer(*(None if t is None else t.clone().requires_grad_() for t in layer))
        for layer in weights
    ]
    a = x
    for l, (weight, bias) in enumerate(leaves):
        z = torch.nn.functional.linear(a, weight, bias)
        a = TORCH[net.output if l == len(weights) - 1 else net.activation](limited(net, l, z))
    wanted = [t for layer in leaves for t in layer if t is not None]
    return torch.autograd.grad(net.loss_value(a, target).sum(), wanted)


def gradient(net, weights, x, target):
    states = net.forward(weights, x)
    return net.vjp(states, weights, net.error(states[-1], target))


def flat(weights):
    return [t for layer in weights for t in layer if t is not None]


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@given(options=networks, seed=st.integers(0, 99))
@many
def test_forward_and_loss_equal_a_loop(draw_weights, draw_batch, output, loss, options, seed):
    net = Perceptron(**options, output=output, loss=loss)
    weights = draw_weights(net.layers, seed, bias=net.bias)
    x, target = draw_batch(3, net.layers[0], net.layers[-1], seed)
    states = net.forward(weights, x)
    wanted = loop_forward(net, weights, x)
    assert len(states) == len(net.layers)
    for ours, theirs in zip(states, wanted, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs, **CLOSE)
    np.testing.assert_allclose(
        net.loss_value(states[-1], target).numpy(), loop_loss(net, wanted[-1], target), **CLOSE
    )


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@given(options=networks, seed=st.integers(0, 99))
@many
def test_vjp_equals_autograd_of_the_summed_loss(
    draw_weights, draw_batch, output, loss, options, seed
):
    net = Perceptron(**options, output=output, loss=loss)
    weights = draw_weights(net.layers, seed, bias=net.bias)
    x, target = draw_batch(7, net.layers[0], net.layers[-1], seed)
    ours = flat(gradient(net, weights, x, target))
    torch.testing.assert_close(ours, list(autograd(net, weights, x, target)), **CLOSE)


@pytest.mark.parametrize("straight_through", [False, True])
@pytest.mark.parametrize("clip_output", [False, True])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_error_is_the_derivative_of_the_loss_by_the_net_output(
    draw_batch, output, loss, clip_output, straight_through
):
    net = Perceptron(
        (2, 5),
        output=output,
        loss=loss,
        clip=0.4,
        clip_output=clip_output,
        straight_through=straight_through,
    )
    z, target = draw_batch(20, 5, 5)
    z.requires_grad_()
    readout = TORCH[output](limited(net, 0, z))
    (wanted,) = torch.autograd.grad(net.loss_value(readout, target).sum(), z)
    torch.testing.assert_close(net.error(readout.detach(), target), wanted, **CLOSE)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("clip", [None, 0.3])
def test_vjp_equals_finite_differences(draw_weights, draw_batch, output, loss, clip):
    net = Perceptron((3, 6, 4), activation="tanh", output=output, loss=loss, clip=clip)
    weights = draw_weights(net.layers, 3)
    x, target = draw_batch(5, 3, 4, 3)
    shapes = [t.shape for t in flat(weights)]

    def unpack(vector):
        parts = torch.from_numpy(vector).split([shape.numel() for shape in shapes])
        tensors = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        return [Layer(w, b) for w, b in zip(tensors[::2], tensors[1::2], strict=True)]

    def value(vector):
        return float(net.loss_value(net.forward(unpack(vector), x)[-1], target).sum())

    def slope(vector):
        return torch.cat(
            [t.reshape(-1) for t in flat(gradient(net, unpack(vector), x, target))]
        ).numpy()

    start = torch.cat([t.reshape(-1) for t in flat(weights)]).numpy()
    assert np.linalg.norm(slope(start)) > 0.1
    assert scipy.optimize.check_grad(value, slope, start, epsilon=1e-7) < 1e-5


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_straight_through_differs_exactly_where_a_neuron_is_clipped(
    draw_weights, draw_batch, activation
):
    exact = Perceptron((4, 30, 3), activation=activation, clip=0.3)
    through = Perceptron((4, 30, 3), activation=activation, clip=0.3, straight_through=True)
    weights = draw_weights(exact.layers, 1)
    x, target = draw_batch(1, 4, 3, 1)
    clipped = (x @ weights[0].weight.mT + weights[0].bias).abs()[0] > 0.3 * 4
    assert 5 < clipped.sum() < 25
    a, b = (gradient(net, weights, x, target)[0].bias for net in (exact, through))
    assert (a[clipped] == 0).all()
    assert (b[clipped] != 0).all()
    assert torch.equal(a[~clipped], b[~clipped])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_clipped_neuron_has_no_slope_wherever_it_lies_in_memory(activation, dtype):
    for width in range(1, 70):
        net = Perceptron((1, width, 1), activation=activation, clip=1.7)
        for sign, threshold in ((-1, 0.0), (1, 0.0), (1, 0.5)):
            net = replace(net, threshold=threshold)
            z = torch.full((1, width), 3.0 * sign, dtype=dtype)
            states = net.forward(
                [Layer(z.mT, None), Layer(torch.ones(1, width, dtype=dtype), None)],
                torch.ones(1, 1, dtype=dtype),
            )
            assert not net.derivative(0, states[1]).any()
            assert not net.pull(0, torch.ones_like(states[1]), states[1]).any()


def test_loss_of_certain_and_right_outputs_is_zero():
    net = Perceptron((1, 2), output="sigmoid")
    certain = torch.tensor([[1.0, 0.0]])
    assert net.loss_value(certain, certain).item() == 0
    assert net.loss_value(certain, 1 - certain).isinf().all()


@jaxtyped(typechecker=beartype)
def typed_readout(
    net: Perceptron, weights: list[Layer], x: Float64[torch.Tensor, "B n"]
) -> Float64[torch.Tensor, "S C B P"]:
    return net.forward(weights, x)[-1]


def test_leading_axes_equal_a_loop(draw_weights, draw_batch):
    net = Perceptron((4, 5, 3), activation="tanh", clip=0.4)
    weights = draw_weights(net.layers, 2, lead=(2, 3))  # S trajectories of C devices
    x, target = draw_batch(6, 4, 3)
    readout = typed_readout(net, weights, x)
    ours = gradient(net, weights, x, target)
    for s in range(2):
        for c in range(3):
            one = [Layer(w[s, c], b[s, c]) for w, b in weights]
            torch.testing.assert_close(readout[s, c], net.forward(one, x)[-1], **CLOSE)
            wanted = gradient(net, one, x, target)
            torch.testing.assert_close([t[s, c] for t in flat(ours)], flat(wanted), **CLOSE)


def test_errors_of_many_devices_go_back_through_one_model(draw_weights, draw_batch):
    net = Perceptron((4, 5, 3))
    weights = draw_weights(net.layers)
    x, _ = draw_batch(6, 4, 3)
    states = net.forward(weights, x)
    errors = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 3, 6, 3)))
    ours = net.vjp(states, weights, errors)
    assert [tuple(t.shape) for t in flat(ours)] == [
        (2, 3, 5, 4),
        (2, 3, 5),
        (2, 3, 3, 5),
        (2, 3, 3),
    ]
    for s in range(2):
        for c in range(3):
            wanted = net.vjp(states, weights, errors[s, c])
            torch.testing.assert_close([t[s, c] for t in flat(ours)], flat(wanted), **CLOSE)


@given(m1=st.floats(-3, 3), m2=st.floats(-3, 3), options=networks)
@many
def test_vjp_is_linear_in_the_error(draw_weights, draw_batch, m1, m2, options):
    net = Perceptron(**options)
    weights = draw_weights(net.layers, 4, bias=net.bias)
    states = net.forward(weights, draw_batch(5, net.layers[0], 1)[0])
    first, second = torch.from_numpy(
        np.random.default_rng(1).standard_normal((2, 5, net.layers[-1]))
    )
    mixed = flat(net.vjp(states, weights, m1 * first + m2 * second))
    a, b = (flat(net.vjp(states, weights, error)) for error in (first, second))
    for got, u, v in zip(mixed, a, b, strict=True):
        torch.testing.assert_close(got, m1 * u + m2 * v, rtol=1e-12, atol=1e-11)


def test_forward_leaves_its_arguments_alone(draw_weights, draw_batch):
    net = Perceptron((3, 4, 2), output="linear", loss="mse", clip=0.1, clip_output=True)
    weights, (x, _) = draw_weights(net.layers), draw_batch(5, 3, 2)
    before = [t.clone() for t in (x, *flat(weights))]
    net.forward(weights, x)
    assert all(torch.equal(a, b) for a, b in zip(before, (x, *flat(weights)), strict=True))


def test_initial_weights_follow_their_seed_and_scale():
    net = Perceptron((60, 50, 40))
    drawn = net.initial(3, 0.1, 0.5, torch.float64)
    assert [tuple(w.shape) for w, _ in drawn] == [(50, 60), (40, 50)]
    assert abs(torch.cat([w.flatten() for w, _ in drawn]).std() - 0.1) < 5 * 0.1 / math.sqrt(
        2 * 5000
    )
    assert abs(torch.cat([b for _, b in drawn]).std() - 0.5) < 5 * 0.5 / math.sqrt(2 * 90)
    assert all(
        torch.equal(a, b)
        for a, b in zip(flat(drawn), flat(net.initial(3, 0.1, 0.5, torch.float64)), strict=True)
    )
    assert not torch.equal(drawn[0].weight, net.initial(4, 0.1, 0.5, torch.float64)[0].weight)
    unbiased = Perceptron((60, 50, 40), bias=False).initial(3, 0.1, 0.5, torch.float64)
    assert all(
        b is None and torch.equal(w, v) for (w, b), (v, _) in zip(unbiased, drawn, strict=True)
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"layers": ()}, AsytError, r"layers \(\): give at least"),
        ({"layers": (4,)}, AsytError, r"layers \(4,\): give at least"),
        ({"layers": (4, 0, 3)}, AsytError, r"layers \(4, 0, 3\).*positive"),
        (
            {"activation": "relo"},
            UnknownNameError,
            "unknown activation 'relo': did you mean 'relu'",
        ),
        ({"output": "softmx"}, UnknownNameError, "unknown output 'softmx': did you mean 'softmax'"),
        (
            {"loss": "cross-entropi"},
            UnknownNameError,
            "unknown loss .* did you mean 'cross-entropy'",
        ),
        ({"output": "linear"}, AsytError, "output 'linear' gives none: use loss 'mse'"),
        ({"clip": 0.0}, AsytError, r"clip 0\.0: give a positive"),
        ({"clip": -1.0}, AsytError, r"clip -1\.0: give a positive"),
        ({"clip": math.nan}, AsytError, "clip nan: give a positive"),
    ],
)
def test_impossible_structure_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        Perceptron(**{"layers": (4, 3), **options})
