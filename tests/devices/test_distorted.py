"""The distorted device against Eq. 9 written out in NumPy, and the identity of its chips."""

import numpy as np
import pytest
import torch

from asyt import streams
from asyt.devices import DistortedDevice, Noise, distorted
from asyt.errors import AsytError, UnknownNameError
from asyt.twins import Layer, Perceptron

LAYERS = (4, 6, 5, 3)
NET = Perceptron(LAYERS)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


def chips(net=NET, population=3, seed=7, **options):
    options = {"distortion": 0.6, "dtype": torch.float64, **options}
    return DistortedDevice(net, population, seed, **options)


def fabrication(seed, chip, l, which, shape):
    return streams.generator("fabrication", seed, chip, l, which).standard_normal(shape)


def eq9(weights, x, chip, seed, distortion, offset, acts_on, bound, activation):
    """(1 + P_sys) * (f_m(W) + N_init) of one chip, f_m parameters or net outputs of a layer."""
    a = x.numpy()
    for l, (weight, bias) in enumerate(weights):
        n_out, n_in = weight.shape[-2:]
        w, b = weight[chip].numpy(), bias[chip].numpy()
        if acts_on == "weights":
            p, n = (fabrication(seed, chip, l, which, (n_out, n_in + 1)) for which in (0, 1))
            w = (1 + distortion * p[:, :-1]) * (w + offset * n[:, :-1])
            b = (1 + distortion * p[:, -1]) * (b + offset * n[:, -1])
            z = a @ w.T + b
        else:
            p, n = (fabrication(seed, chip, l, which, (n_out, 1))[:, 0] for which in (0, 1))
            z = (1 + distortion * p) * (a @ w.T + b + offset * n)
        last = l == len(weights) - 1
        a = z if last else activation(np.clip(z, -bound * n_in, bound * n_in))
    return a


@pytest.mark.parametrize("acts_on", ["weights", "outputs"])
@pytest.mark.parametrize("offset", [0.0, 0.2])
@pytest.mark.parametrize(
    ("activation", "formula"), [("relu", lambda z: np.maximum(z, 0)), ("tanh", np.tanh)]
)
def test_device_is_equation_9(draw_weights, draw_batch, acts_on, offset, activation, formula):
    net = Perceptron(LAYERS, activation=activation, clip=0.5)
    weights, (x, _) = draw_weights(LAYERS, 1, lead=(3,)), draw_batch(8, 4, 3)
    readout = chips(net, acts_on=acts_on, offset=offset)(weights, x)
    for chip in range(3):
        wanted = eq9(weights, x, chip, 7, 0.6, offset, acts_on, 0.5, formula)
        np.testing.assert_allclose(readout[chip].numpy(), wanted, **CLOSE)


@pytest.mark.parametrize("acts_on", ["weights", "outputs"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("clip", [None, 0.5])
@pytest.mark.parametrize("bias", [True, False])
def test_perfect_device_is_the_twin(draw_weights, draw_batch, acts_on, activation, clip, bias):
    net = Perceptron(LAYERS, activation=activation, clip=clip, clip_output=True, bias=bias)
    weights, (x, _) = draw_weights(LAYERS, 1, lead=(3,), bias=bias), draw_batch(8, 4, 3)
    perfect = chips(net, acts_on=acts_on, distortion=0.0)
    assert torch.equal(perfect(weights, x), net.forward(weights, x)[-1])


@pytest.mark.parametrize("acts_on", ["weights", "outputs"])
def test_digital_weights_are_put_on_every_chip(draw_weights, draw_batch, acts_on):
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)
    stacked = [Layer(w.expand(3, -1, -1), b.expand(3, -1)) for w, b in weights]
    torch.testing.assert_close(
        chips(acts_on=acts_on)(weights, x), chips(acts_on=acts_on)(stacked, x), **CLOSE
    )


@pytest.mark.parametrize("acts_on", ["weights", "outputs"])
def test_chip_is_the_same_in_any_population_and_any_noise(draw_weights, draw_batch, acts_on):
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)
    few = chips(population=2, acts_on=acts_on, offset=0.1)(weights, x)
    many = chips(population=6, acts_on=acts_on, offset=0.1)(weights, x)
    torch.testing.assert_close(many[:2], few, **CLOSE)
    for common in (False, True):
        faint = Noise(240.0, common=common)  # 1e-12 of the signal
        noisy = chips(population=2, acts_on=acts_on, offset=0.1, noise=faint, encapsulated=False)(
            weights, x
        )
        assert not torch.equal(noisy, few)
        torch.testing.assert_close(noisy, few, rtol=0, atol=1e-9)


@pytest.mark.parametrize("acts_on", ["weights", "outputs"])
def test_chips_and_seeds_differ(draw_weights, draw_batch, acts_on):
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)
    readouts = torch.cat([chips(acts_on=acts_on, seed=seed)(weights, x) for seed in (7, 8)])
    assert len({tuple(r.flatten().tolist()) for r in readouts}) == 6


def test_distortion_and_offset_have_the_given_spread():
    net = Perceptron((80, 80), output="linear", loss="mse", bias=False)
    eye, ones = torch.eye(80, dtype=torch.float64), torch.ones(80, 80, dtype=torch.float64)
    gain = (
        chips(net, 4, distortion=0.6)([Layer(ones, None)], eye) - 1
    )  # its effective weights are the read-out
    error = 5 * 0.6 / np.sqrt(2 * gain.numel())  # five standard errors
    assert abs(gain.std() - 0.6) < error
    assert abs(gain.mean()) < np.sqrt(2) * error
    offset = chips(net, 4, distortion=0.0, offset=0.2)([Layer(0 * ones, None)], eye)
    assert abs(offset.std() - 0.2) < error / 3
    assert abs(np.corrcoef(gain.flatten(), offset.flatten())[0, 1]) < 5 / np.sqrt(gain.numel())


def test_given_masks_act_on_the_parameters(draw_weights, draw_batch):
    net = Perceptron(LAYERS)
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)
    masks = [Layer(0.6 * w, 0.6 * b) for w, b in draw_weights(LAYERS, 9, lead=(2,))]
    readout = DistortedDevice.from_masks(net, masks)(weights, x)
    effective = [
        Layer((1 + m) * w, (1 + n) * b) for (w, b), (m, n) in zip(weights, masks, strict=True)
    ]
    torch.testing.assert_close(readout, net.forward(effective, x)[-1], **CLOSE)


def test_single_precision_has_the_same_chips(draw_weights, draw_batch):
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)
    single = chips(dtype=torch.float32)(
        [Layer(w.float(), b.float()) for w, b in weights], x.float()
    )
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), chips()(weights, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["distortion", "offset"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_impossible_spread_is_refused(name, value):
    with pytest.raises(AsytError, match=f"{name} {value}: a standard deviation"):
        chips(**{name: value})


def test_unknown_place_of_distortion_is_refused():
    with pytest.raises(UnknownNameError, match="'weight': did you mean 'weights'"):
        chips(acts_on="weight")


def test_one_chip_at_many_distortions_keeps_its_pattern():
    twin = Perceptron((3, 2))
    chips = DistortedDevice(
        twin, 3, 7, distortion=[0.0, 0.5, 1.0], chips=[4, 4, 4], dtype=torch.float64
    )
    whole = DistortedDevice(twin, 5, 7, distortion=1.0, dtype=torch.float64)
    error = [chips.gain[0].weight[k] - 1 for k in range(3)]
    assert torch.equal(error[0], torch.zeros(2, 3, dtype=torch.float64))
    assert torch.allclose(2 * error[1], error[2])
    assert torch.equal(error[2], whole.gain[0].weight[4] - 1)


@pytest.mark.parametrize("options", [{"distortion": [0.1, 0.2]}, {"distortion": 0.1, "chips": [1]}])
def test_other_than_one_distortion_and_chip_each_is_refused(options):
    with pytest.raises(AsytError, match="give one each"):
        DistortedDevice(Perceptron((3, 2)), 3, 0, **options)


@pytest.mark.parametrize("options", [{}, {"offset": 0.3}, {"acts_on": "outputs", "offset": 0.3}])
@pytest.mark.parametrize("encapsulated", [True, False])
@pytest.mark.parametrize("shape", [(), (5,), (2, 1), (2, 5)])
def test_a_population_in_blocks_is_the_population(shape, encapsulated, options, monkeypatch):
    twin, generator = Perceptron((4, 6, 3), clip=1.0), torch.Generator().manual_seed(0)
    chips = DistortedDevice(
        twin, 5, 0, distortion=0.5, encapsulated=encapsulated, dtype=torch.float64, **options
    )
    controls = [
        Layer(
            torch.randn(*shape, *w.shape, generator=generator, dtype=torch.float64),
            torch.randn(*shape, *b.shape, generator=generator, dtype=torch.float64),
        )
        for w, b in twin.initial(0, 1.0, 1.0)
    ]
    x = torch.randn(
        *([2, 1] if len(shape) == 2 else []), 7, 4, generator=generator, dtype=torch.float64
    )
    whole = chips.propagate(controls, x)
    monkeypatch.setattr(
        distorted, "BLOCK", 2 * 7 * 6 * (2 if len(shape) == 2 else 1)
    )  # two chips together
    assert len(chips.blocks(x)) == 3
    blocks = chips.propagate(controls, x)
    assert len(whole) == len(blocks) == (2 if encapsulated else 3)
    for a, b in zip(whole, blocks, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-14, atol=1e-14)
