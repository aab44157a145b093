"""Noise: its measured strength, what shares a draw, and when it is drawn."""

import math

import numpy as np
import pytest
import torch

from asyt import streams
from asyt.devices import DistortedDevice, Noise
from asyt.errors import AsytError, UnknownNameError
from asyt.methods import METHODS
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Layer, Perceptron

LAYERS = (4, 6, 3)
KINDS = [(reading, common) for reading in ("mean-square", "power") for common in (False, True)]


def added(noise, z, *moment):
    """What one pass of the noise adds to z."""
    return noise.add(z.clone(), noise.draw(z.shape, z, noise.generator(z.device, *moment))) - z


def signal(population, samples=400, neurons=50):
    """Net outputs (C, B, n) of chips of very different strength."""
    z = torch.from_numpy(np.random.default_rng(2).standard_normal((population, samples, neurons)))
    return z * torch.logspace(-2, 2, population, dtype=torch.float64).reshape(-1, 1, 1)


@pytest.mark.parametrize(
    ("decibel", "reading", "share"),
    [
        (10, "mean-square", math.sqrt(0.1)),
        (10, "power", 0.1),
        (20, "mean-square", 0.1),
        (0, "power", 1.0),
    ],
)
def test_independent_noise_has_the_ratio_of_its_reading(decibel, reading, share):
    noise, z = Noise(decibel, reading), signal(3)
    assert noise.share == pytest.approx(share, rel=1e-14)
    error = 5 / math.sqrt(2 * z[0].numel())  # five standard errors of a relative standard deviation
    for chip, drawn in zip(z, added(noise, z, 0), strict=True):
        rms = chip.square().mean().sqrt()
        assert float(drawn.std() / rms) == pytest.approx(share, rel=error)
        assert abs(drawn.mean()) < 5 * share * rms / math.sqrt(drawn.numel())
        if (
            reading == "mean-square"
        ):  # 10 log10(mean-square signal / noise variance) is the number of decibels
            measured = 10 * math.log10(chip.square().mean() / drawn.var())
            assert measured == pytest.approx(decibel, abs=20 / math.log(10) * error)


def test_common_gain_has_the_ratio_of_its_reading():
    z = torch.ones(20000, 1, 1, dtype=torch.float64)
    for reading, share in (("mean-square", math.sqrt(0.1)), ("power", 0.1)):
        gain = added(Noise(10, reading, common=True), z, 0)
        assert float(gain.std()) == pytest.approx(share, rel=5 / math.sqrt(2 * len(z)))
        assert abs(gain.mean()) < 5 * share / math.sqrt(len(z))


def test_common_gain_is_one_factor_a_chip_layer_and_pass():
    net = Perceptron(LAYERS, output="linear", loss="mse", bias=False)
    rng = np.random.default_rng(0)
    weights = [
        Layer(torch.from_numpy(rng.uniform(0.5, 1, (o, i))), None)
        for i, o in zip(LAYERS, LAYERS[1:], strict=False)
    ]
    x = torch.from_numpy(rng.uniform(0.5, 1, (8, 4)))  # all positive: the ReLU passes everything
    chips = DistortedDevice(
        net,
        3,
        0,
        distortion=0.0,
        noise=Noise(10, "power", common=True),
        encapsulated=False,
        dtype=torch.float64,
    )
    gains = []
    for _ in range(2):
        states = chips.layer_by_layer(weights, x)
        for l, (weight, _) in enumerate(weights):
            ratio = states[l + 1] / (states[l] @ weight.mT)
            assert (ratio - ratio[:, :1, :1]).abs().max() < 1e-12
            gains += ratio[:, 0, 0].tolist()
    assert len(np.unique(np.round(gains, 9))) == 3 * 2 * 2  # chips, layers, passes


def test_independent_noise_is_independent_between_chips_samples_and_neurons():
    z = torch.ones(2, 300, 40, dtype=torch.float64)
    drawn = added(Noise(10), z, 0).numpy()
    for a, b in (
        (drawn[0], drawn[1]),
        (drawn[:, 0::2], drawn[:, 1::2]),
        (drawn[:, :, 0::2], drawn[:, :, 1::2]),
    ):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / math.sqrt(a.size)


@pytest.mark.parametrize(("reading", "common"), KINDS)
def test_moment_decides_the_noise(draw_weights, draw_batch, reading, common):
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)

    def passes(seed, *moment):
        noise = Noise(10, reading, common)
        chips = DistortedDevice(
            Perceptron(LAYERS), 2, seed, distortion=0.3, noise=noise, dtype=torch.float64
        )
        chips.at(*moment)
        return [chips(weights, x), chips(weights, x)]

    first, second = passes(0, 4, 1, 0)
    again = passes(0, 4, 1, 0)
    assert torch.equal(first, again[0])
    assert torch.equal(second, again[1])
    others = [passes(0, *moment)[0] for moment in ((4, 1, 1), (4, 2, 0), (5, 1, 0))]
    assert all((first - other).abs().max() > 1e-3 for other in (second, *others))


@pytest.mark.parametrize("common", [False, True])
def test_evaluation_does_not_change_training(draw_weights, blobs, common):
    def train(when):
        chips = DistortedDevice(
            Perceptron(LAYERS),
            2,
            0,
            distortion=0.3,
            noise=Noise(10, common=common),
            dtype=torch.float64,
        )
        trainer = Trainer(
            Perceptron(LAYERS),
            draw_weights(LAYERS),
            blobs,
            Schedule(4, 20, 0.01),
            branches={"chips": Branch(METHODS["asyt"], chips)},
            insilico={"chips": chips},
        )
        rows = trainer.fit(when, splits=("train", "test"))
        return trainer.branches["chips"].controls, [row for row in rows if row["epoch"] == 4]

    often, rows = train(lambda _: True)
    never, last_rows = train(lambda _: False)
    assert rows == last_rows
    assert all(
        torch.equal(a, b)
        for one, two in zip(often, never, strict=True)
        for a, b in zip(one, two, strict=True)
    )


def test_kinds_of_noise_have_streams_of_their_own():
    assert Noise(10).stream != Noise(10, common=True).stream
    assert {Noise(10).stream, Noise(10, common=True).stream} <= set(streams.STREAMS)


def test_unknown_reading_is_refused():
    with pytest.raises(UnknownNameError, match="'mean-squared': did you mean 'mean-square'"):
        Noise(10, "mean-squared")


@pytest.mark.parametrize("decibel", [float("nan"), float("inf"), float("-inf")])
def test_infinite_ratio_is_refused(decibel):
    with pytest.raises(AsytError, match=f"ratio {decibel} dB: give a finite number"):
        Noise(decibel)


@pytest.mark.parametrize("layers", [(0,), (1,), (0, 1)])
def test_noise_of_some_layers_is_that_of_all_where_it_acts(draw_weights, draw_batch, layers):
    weights, (x, _) = draw_weights(LAYERS), draw_batch(8, 4, 3)
    net = Perceptron(LAYERS, output="linear", loss="mse")

    def states(noise):
        chips = DistortedDevice(
            net, 2, 0, distortion=0.0, noise=noise, encapsulated=False, dtype=torch.float64
        )
        return chips.layer_by_layer(weights, x)

    exact, everywhere, some = states(None), states(Noise(10)), states(Noise(10, layers=layers))
    first = everywhere if 0 in layers else exact
    assert torch.equal(some[1], first[1])
    assert torch.equal(some[2], everywhere[2]) == (layers == (0, 1))
    assert not torch.equal(some[2], exact[2])


@pytest.mark.parametrize("layers", [(), (-1,), (0, -2)])
def test_noise_in_no_layer_is_refused(layers):
    with pytest.raises(AsytError, match="name at least one, counted from 0, or None"):
        Noise(10, layers=layers)


def test_noise_in_a_layer_that_a_chip_has_not_is_refused():
    with pytest.raises(AsytError, match=r"noise in layers \(2,\) of 2"):
        DistortedDevice(Perceptron(LAYERS), 1, 0, distortion=0.0, noise=Noise(10, layers=(2,)))


FLOOR = Noise(10, "floor", levels=(2.0, 5.0))


@pytest.mark.parametrize("layer", [0, 1])
def test_a_floor_keeps_its_deviation_whatever_the_signal(layer):
    z = signal(3)
    drawn = FLOOR.draw(z.shape, z, FLOOR.generator(z.device, 0, 0, 0))
    noise = FLOOR.add(z.clone(), drawn, layer) - z
    expected = FLOOR.levels[layer] / math.sqrt(10)
    assert noise.std((-2, -1)).tolist() == pytest.approx([expected] * 3, rel=0.02)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reading": "floor"},
        {"levels": (1.0,)},
        {"reading": "floor", "levels": (1.0,), "common": True},
    ],
)
def test_a_floor_and_only_a_floor_has_levels(wrong):
    with pytest.raises(AsytError, match="needs the signal a layer"):
        Noise(10, **wrong)


def test_a_floor_has_a_level_for_every_layer():
    with pytest.raises(AsytError, match="1 levels for 2 layers"):
        DistortedDevice(
            Perceptron(LAYERS), 1, 0, distortion=0.0, noise=Noise(10, "floor", levels=(1.0,))
        )


def test_the_second_layer_of_a_device_has_the_second_level():
    twin = Perceptron((4, 4, 3), output="linear", loss="mse", bias=False)
    device = DistortedDevice(twin, 1, 0, distortion=0.0, noise=FLOOR)
    zero = [Layer(torch.zeros(1, n_out, n_in)) for n_out, n_in in twin.shapes]
    read = device(zero, torch.zeros(5000, 4))
    assert read.std().item() == pytest.approx(5 / math.sqrt(10), rel=0.05)
