"""The device contract: shapes, encapsulation, counters, and devices of other people."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asyt.devices import Accesses, Device, DistortedDevice
from asyt.errors import AsytError, DeviceOutputError, EncapsulationError
from asyt.methods import METHODS
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Layer, Perceptron


class Instrument(Device):
    """A user's chips, one after the other through NumPy: crosstalk, uneven detectors."""

    def __init__(self, layers, population):
        super().__init__(layers, population)
        rng = np.random.default_rng(11)
        self.mixing = [
            [np.eye(n) + 0.3 * rng.standard_normal((n, n)) for n in layers[:-1]]
            for _ in range(population)
        ]
        self.detectors = rng.uniform(0.2, 1.8, (population, layers[-1]))

    def propagate(self, controls, x):
        readouts = []
        for chip in range(self.population):
            a = x.numpy()
            for l, (weight, bias) in enumerate(controls):
                w, b = (
                    t[chip].numpy() if t.ndim == t_dim else t.numpy()
                    for t, t_dim in ((weight, 3), (bias, 2))
                )
                a = a @ (w @ self.mixing[chip][l]).T + b
                a = np.maximum(a, 0) if l < len(controls) - 1 else a * self.detectors[chip]
            readouts.append(a)
        return [x, torch.from_numpy(np.stack(readouts))]


class Constant(Device):
    """Returns the same read-out whatever it is given."""

    def __init__(self, readout, encapsulated=True):
        super().__init__((4, 3), 2, encapsulated)
        self.readout = readout

    def propagate(self, _controls, x):
        return [x, self.readout]


def test_device_of_a_user_trains_under_asyt(draw_weights, blobs):
    net = Perceptron((4, 8, 3))
    chips = Instrument(net.layers, 4)
    trainer = Trainer(
        net,
        draw_weights(net.layers),
        blobs,
        Schedule(40, 10, 0.05, reduction="mean"),
        branches={"instrument": Branch(METHODS["asyt"], chips)},
        insilico={"instrument": chips},
    )
    rows = [r for r in trainer.fit(lambda _: False) if r["epoch"] == 40]
    found = {
        m: [r["accuracy"] for r in rows if r["method"] == m]
        for m in ("ideal-bp", "insilico-bp", "asyt")
    }
    assert [len(v) for v in found.values()] == [1, 4, 4]
    assert found["ideal-bp"][0] > 0.9
    assert min(found["asyt"]) > 0.9
    assert np.mean(found["insilico-bp"]) < 0.8
    assert chips.accesses.a_sample() == {"reads": 3, "writes": 0, "accesses": 3, "time_steps": 1}


@pytest.mark.parametrize(
    "shape", [(5, 3), (2, 3, 5), (3, 5, 3), (2, 5, 4), (2, 4, 3), (1, 5, 3), (3,)]
)
@pytest.mark.parametrize("encapsulated", [True, False])
def test_readout_of_the_wrong_shape_is_refused(draw_weights, shape, encapsulated):
    device = Constant(torch.zeros(shape), encapsulated)
    read = device if encapsulated else device.layer_by_layer
    message = rf"Constant returned shape {re.escape(str(shape))}; .* \(C, B, P\) = \(2, 5, 3\)"
    with pytest.raises(DeviceOutputError, match=message):
        read(draw_weights((4, 3)), torch.zeros(5, 4))
    assert device.accesses == Accesses()


def test_wrong_shape_stops_training(draw_weights, blobs):
    device = Constant(torch.zeros(2, 3, 10, dtype=torch.float64))
    trainer = Trainer(
        Perceptron((4, 3)),
        draw_weights((4, 3)),
        blobs,
        Schedule(1, 10, 0.1),
        branches={"bad": Branch(METHODS["asyt"], device)},
    )
    with pytest.raises(DeviceOutputError, match=r"\(2, 3, 10\).*\(2, 10, 3\)"):
        trainer.run_epoch()


def test_encapsulated_device_shows_no_hidden_state(draw_weights):
    device = DistortedDevice(Perceptron((4, 5, 3)), 2, 0, distortion=0.1, dtype=torch.float64)
    with pytest.raises(
        EncapsulationError, match=r"only its 3 outputs can be read.*AsyT.*encapsulated=False"
    ):
        device.layer_by_layer(draw_weights((4, 5, 3)), torch.zeros(2, 4, dtype=torch.float64))
    assert device.accesses == Accesses()


@given(
    layers=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    batch=st.integers(1, 7),
    calls=st.integers(1, 3),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_counters_are_those_of_the_paper(draw_weights, layers, batch, calls):
    net = Perceptron(tuple(layers))
    neurons, outputs, hidden_layers = sum(layers[1:]), layers[-1], len(layers) - 2  # M, P, N
    x = torch.zeros(batch, layers[0], dtype=torch.float64)
    closed = DistortedDevice(net, 3, 0, distortion=0.1, dtype=torch.float64)
    opened = DistortedDevice(net, 3, 0, distortion=0.1, dtype=torch.float64, encapsulated=False)
    for _ in range(calls):
        closed(draw_weights(net.layers), x)
        states = opened.layer_by_layer(draw_weights(net.layers), x)
    assert [s.shape[-1] for s in states] == layers
    assert closed.accesses.samples == opened.accesses.samples == batch * calls
    assert closed.accesses.a_sample() == {
        "reads": outputs,
        "writes": 0,
        "accesses": outputs,
        "time_steps": 1,
    }
    assert opened.accesses.a_sample() == {
        "reads": neurons,
        "writes": neurons - outputs,
        "accesses": 2 * neurons - outputs,
        "time_steps": hidden_layers + 1,
    }


def test_open_and_closed_readout_agree(draw_weights, draw_batch):
    net = Perceptron((4, 5, 3))
    weights, (x, _) = draw_weights(net.layers), draw_batch(6, 4, 3)
    device = DistortedDevice(net, 2, 0, distortion=0.3, dtype=torch.float64, encapsulated=False)
    assert torch.equal(device(weights, x), device.layer_by_layer(weights, x)[-1])


def test_counters_before_the_first_sample_are_refused():
    with pytest.raises(AsytError, match="no sample has passed"):
        Accesses().a_sample()


@pytest.mark.parametrize("between", [[], [4], [3, 3]])
def test_an_opened_device_gives_one_state_a_layer(draw_weights, between):
    class Opened(Device):
        def propagate(self, _controls, x):
            return [x, *(torch.zeros(2, 5, n) for n in between), torch.zeros(2, 5, 3)]

    with pytest.raises(
        DeviceOutputError, match=r"it must give one a layer, input first: \[4, 3, 3\]"
    ):
        Opened((4, 3, 3), 2, encapsulated=False).layer_by_layer(
            draw_weights((4, 3, 3)), torch.zeros(5, 4)
        )


@pytest.mark.parametrize("population", [0, -2])
def test_empty_population_is_refused(population):
    with pytest.raises(AsytError, match=f"population of {population} chips: give at least 1"):
        Instrument((4, 3), population)


def test_device_without_physics_cannot_be_made():
    class Nothing(Device):
        pass

    with pytest.raises(TypeError, match="propagate"):
        Nothing((4, 3), 1)


def test_device_without_a_clock_ignores_the_moment(draw_weights, draw_batch):
    device = Instrument((4, 5, 3), 2)
    weights, (x, _) = draw_weights((4, 5, 3)), draw_batch(6, 4, 3)
    before = device(weights, x)
    device.at(1, 2, 3)
    assert torch.equal(device(weights, x), before)
    stacked = [Layer(w.expand(2, -1, -1), b.expand(2, -1)) for w, b in weights]
    assert torch.equal(device(stacked, x), before)
